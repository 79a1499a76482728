"""A plan as text: the Dockerfile, with the reason for each decision above its line, and the ``.dockerignore``."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Sequence

from lightship.errors import UsageError
from lightship.projects.model import Entry, Plan, StagePlan, Step, Wishes

_WIDTH = 110
_ROOT_BASES = re.compile(
    r"(?:docker\.io/)?(?:library/)?(?:python|node|golang|debian)(?:[:@].*)?|gcr\.io/distroless/(?!.*nonroot).*"
)
"""Images that are known to start as root."""


def dockerfile(plan: Plan) -> str:
    """The Dockerfile."""
    return "\n".join("".join(_stage(stage)) for stage in plan.stages)


def dockerignore(plan: Plan) -> str:
    """The ``.dockerignore`` that goes with it."""
    return "".join(f"{line}\n" for line in plan.ignored)


def _stage(stage: StagePlan) -> Iterable[str]:
    yield _comment(stage.why)
    yield f"FROM {stage.base} AS {stage.name}\n" if stage.name else f"FROM {stage.base}\n"
    for step in stage.steps:
        yield "\n" + _comment(step.why) if step.why else ""
        yield f"{step.text}\n"


def _comment(text: str) -> str:
    """A reason, one paragraph a line of ``text``, wrapped."""
    lines = [
        line
        for paragraph in text.split("\n")
        for line in textwrap.wrap(paragraph, _WIDTH, break_on_hyphens=False, break_long_words=False)
    ]
    return "".join(f"# {_printable(line)}\n" for line in lines)


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in line)


def exec_form(keyword: str, words: Sequence[str]) -> str:
    """``CMD ["program", "argument"]``."""
    return f"{keyword} {json.dumps(list(words), ensure_ascii=False)}"


def environment(pairs: Iterable[tuple[str, str]]) -> str:
    """An ENV; values that need it are quoted, and nothing in them is expanded."""
    return "ENV " + " ".join(f"{name}={_quoted(value)}" for name, value in pairs)


def _quoted(value: str) -> str:
    if re.fullmatch(r"[\w./:@%+,=-]+", value):
        return value
    return '"' + re.sub(r'(["\\$])', r"\\\1", value) + '"'


def apt_install(packages: Sequence[str], why: str) -> Step:
    """Debian packages, without recommendations and without the lists that finding them needs."""
    lines = [
        "RUN apt-get update \\",
        f"    && apt-get install -y --no-install-recommends {' '.join(packages)} \\",
        "    && rm -rf /var/lib/apt/lists/*",
    ]
    return Step("\n".join(lines), why)


def last_steps(entry: Entry, wishes: Wishes, base: str) -> tuple[Step, ...]:
    """ENV, USER, EXPOSE and CMD of the final stage. Raises UsageError when the user is no number."""
    steps = []
    pairs = list(entry.environment)
    if wishes.port is not None and entry.reads_port:
        pairs.append(("PORT", str(wishes.port)))
    if pairs:
        by = ["the start command"] if entry.environment else []
        by += ["--port"] if len(pairs) > len(entry.environment) else []
        steps.append(Step(environment(pairs), f"Set by {' and '.join(by)}."))
    if wishes.user:
        if not re.fullmatch(r"\d+(?::\d+)?", wishes.user):
            help_ = "write a number, such as 10001: a cluster that forbids root cannot check a name"
            raise UsageError("not a numeric user", where=f"--user {wishes.user}", help=help_)
        steps.append(Step(f"USER {wishes.user}", "The user that --user names; a number needs no entry in /etc/passwd."))
    if wishes.port is not None:
        steps.append(Step(f"EXPOSE {wishes.port}", "The port that --port names."))
    elif entry.port is not None:
        steps.append(Step(f"EXPOSE {entry.port.value}", _sentence(f"{entry.port.reason}.")))
    why = f"Start: {entry.why}."
    if entry.argv[0] not in ("/bin/sh", "npm"):
        why += " In exec form the program itself gets the signals."
    is_root = wishes.user.partition(":")[0].strip("0") == "" if wishes.user else bool(_ROOT_BASES.fullmatch(base))
    if is_root and not wishes.user:
        why += "\nlightship ignore=root_user nothing in the project names a user; --user NUMBER sets one"
    return (*steps, Step(exec_form("CMD", entry.argv), why))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def copy(sources: Sequence[str], destination: str) -> str:
    """A COPY from the context; in JSON form where a name has a space, and with nothing in it expanded."""
    words = [re.sub(r"([\\$])", r"\\\1", word) for word in (*sources, destination)]
    if any(re.search(r"[\s\"']", word) for word in words):
        return f"COPY {json.dumps(words, ensure_ascii=False)}"
    return f"COPY {' '.join(words)}"
