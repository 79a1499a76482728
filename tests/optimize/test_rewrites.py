"""What each rewrite makes of a Dockerfile, and which it leaves as it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lightship.commands import optimize as command
from lightship.dockerfile import Comment, parse
from lightship.errors import UsageError
from lightship.evidence.observation import (
    Exchange,
    HardenedFact,
    HttpAnswer,
    HttpRequest,
    ImageFacts,
    Mention,
    Observation,
    RunFact,
)
from lightship.oci import ImageConfig
from lightship.optimize import IgnoreFile, Options, rewrites
from lightship.optimize.ignored import ignore_file_for
from lightship.optimize.model import DEFAULT_REWRITES
from lightship.optimize.proposals import HEADER, completed
from lightship.optimize.rewrites import REWRITES, Known, Rewritten, Step, rewritten
from lightship.optimize.rewrites.source_last import COMMENT
from lightship.semantic.ignore import load
from oci.archives import Member, file
from reports.examples import NOTHING

from .originals import evidence_of

PACKAGE = '{"name": "a", "scripts": {"start": "node a.js"}, "dependencies": {"ms": "2.1.3"}}'


@dataclass(frozen=True)
class Case:
    """A Dockerfile and its context; ``expected`` is None when nothing changes. ``made``: what RUNs left behind."""

    text: str
    context: Mapping[str, str]
    expected: str | None = None
    made: Mapping[str, list[Member]] = field(default_factory=dict)


def steps(folder: Path, case: Case, *names: str, seen: Observation | None = None) -> tuple[Step, ...]:
    for path, content in case.context.items():
        (folder / "context" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "context" / path).write_text(content)
    evidence = evidence_of(folder, case.text, case.context, case.made)
    ignore = load(folder / "context")
    known = Known(
        folder / "context", seen or Observation("", ImageFacts(ImageConfig())), cache_mounts=True, ignore=ignore
    )
    return tuple(rewritten(Rewritten(evidence), names, known))


def text_after(found: Iterable[Step]) -> str | None:
    done = [step for step in found if not step.idle]
    return done[-1].after.evidence.dockerfile.text if done else None


PIP = Case(
    "# app\nFROM python:3.11\n\n# the source\nADD --chown=7:7 . /srv/app\nWORKDIR /srv/app\n\n"
    "# what it needs\nRUN pip install --no-cache-dir \\\n    -r requirements/live.txt\nRUN python manage.py collect\n",
    {"requirements/live.txt": "-r base.txt  # ours\nflask==3\n", "requirements/base.txt": "ms @ https://a/ms.whl\n",
     "manage.py": ""},
    "# app\nFROM python:3.11\n\n"
    f"{COMMENT}\nCOPY --chown=7:7 requirements/base.txt requirements/live.txt /srv/app/requirements/\n"
    "WORKDIR /srv/app\n\n"
    "# what it needs\nRUN pip install --no-cache-dir \\\n    -r requirements/live.txt\n"
    "# the source\nADD --chown=7:7 . /srv/app\nRUN python manage.py collect\n",
)  # fmt: skip
MOVED = {
    "pip": PIP,
    "npm": Case(
        "FROM node\nWORKDIR /app\nCOPY . .\nENV NODE_ENV=production\nRUN npm ci --omit=dev",
        {"package.json": PACKAGE, "package-lock.json": "{}", ".npmrc": "fund=false\n", "a.js": ""},
        f"FROM node\nWORKDIR /app\n{COMMENT}\nCOPY .npmrc package-lock.json package.json ./\n"
        "ENV NODE_ENV=production\nRUN npm ci --omit=dev\nCOPY . .\n",
        {"npm ci": [file("app/node_modules/ms/index.js", b"")]},
    ),
    "go": Case(
        "FROM golang\r\nWORKDIR /src\r\nCOPY . .\r\nRUN go mod download\r\nRUN go build -o /bin/a .\r\n",
        {"go.mod": "module a\nreplace b => c v1.0.0\n", "go.sum": "", "a.go": ""},
        f"FROM golang\r\nWORKDIR /src\r\n{COMMENT}\r\nCOPY go.mod go.sum ./\r\n"
        "RUN go mod download\r\nCOPY . .\r\nRUN go build -o /bin/a .\r\n",
    ),
    "an install of names needs nothing of it": Case(
        "FROM python:3.11\nCOPY app.py /app/\n\nRUN apt-get update && apt-get install -y gcc\nRUN pip install flask\n",
        {"app.py": ""},
        "FROM python:3.11\n\nRUN apt-get update && apt-get install -y gcc\nRUN pip install flask\nCOPY app.py /app/\n",
    ),
    "several, in their order": Case(
        "FROM node\nWORKDIR /app\nCOPY src src\nCOPY public public\nCOPY package.json .\nRUN npm install\nCMD a\n",
        {"src/a.js": "", "public/a.css": "", "package.json": PACKAGE},
        "FROM node\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY src src\nCOPY public public\nCMD a\n",
    ),
    "a folder of the context": Case(
        "FROM python:3.11\nCOPY services/api/ /api\nRUN cd /api && python3 -m pip install -r requirements.txt\n",
        {"services/api/requirements.txt": "flask\n", "services/api/a.py": "", "README.md": ""},
        f"FROM python:3.11\n{COMMENT}\nCOPY services/api/requirements.txt /api/\n"
        "RUN cd /api && python3 -m pip install -r requirements.txt\nCOPY services/api/ /api\n",
    ),
}


@pytest.mark.parametrize("case", MOVED.values(), ids=MOVED)
def test_dependencies_go_before_source(tmp_path: Path, case: Case) -> None:
    (step,) = steps(tmp_path, case, "source_last")
    found = step.after
    text = found.evidence.dockerfile.text
    assert text == case.expected
    before, after = parse(case.text), parse(text)
    kept = {item.text.strip() for item in before.items if isinstance(item, Comment)}
    assert kept <= {item.text.strip() for item in after.items if isinstance(item, Comment)}, "comments survive"
    lines = case.text.split("\n")
    for effect in found.evidence.effects:
        if effect.layer is not None:
            assert (
                lines[found.line(effect.instruction.line) - 1].strip() == effect.instruction.text.split("\n")[0].strip()
            )
    assert [hunk.line for hunk in found.hunks] and all("fewer" in hunk.reason for hunk in found.hunks)
    (tmp_path / "again").mkdir()
    again = Case(text, case.context, None, case.made)
    assert steps(tmp_path / "again", again, "source_last") == (), "a second run changes nothing"


PLAIN = "FROM x\nWORKDIR /app\nCOPY . .\nRUN {}\n"
KEPT = {
    "a local requirement": Case(PLAIN.format("pip install -r r.txt"), {"r.txt": "flask\n-e .\n", "a.py": ""}),
    "a requirement that is a path": Case(PLAIN.format("pip install -r r.txt"), {"r.txt": "./libs/a\n", "a.py": ""}),
    "a requirement in an included file": Case(
        PLAIN.format("pip install -r r.txt"), {"r.txt": "-rb.txt\n", "b.txt": "a @ file:///app/a.whl\n", "a.py": ""}
    ),
    "the project itself": Case(PLAIN.format("pip install ."), {"setup.py": "", "a.py": ""}),
    "a requirements file of another name": Case(PLAIN.format("pip install -r $FILE"), {"r.txt": "", "a.py": ""}),
    "wheels of the source": Case(PLAIN.format("pip install --find-links=wheels flask"), {"wheels/a.whl": ""}),
    "a script of the project's own": Case(
        PLAIN.format("npm ci"), {"package.json": '{"scripts": {"postinstall": "node a.js"}}', "a.js": ""}
    ),
    "workspaces": Case(PLAIN.format("npm ci"), {"package.json": '{"workspaces": ["a"]}', "a/package.json": "{}"}),
    "a local module": Case(
        PLAIN.format("yarn"), {"package.json": '{"dependencies": {"b": "file:./b"}}', "b/package.json": "{}"}
    ),
    "a native module": Case(PLAIN.format("npm i"), {"package.json": "{}", "binding.gyp": "{}", "a.cc": ""}),
    "a lock file that the install changes": Case(
        PLAIN.format("npm install"),
        {"package.json": PACKAGE, "package-lock.json": "{}", "a.js": ""},
        made={"npm": [file("app/package-lock.json", b"{ }")]},
    ),
    "a module beside it": Case(
        PLAIN.format("go mod download"), {"go.mod": "module a\nreplace b => ../b\n", "a.go": ""}
    ),
    "a workspace of Go": Case(PLAIN.format("go mod download"), {"go.mod": "module a", "go.work": "", "a.go": ""}),
    "install and build in one": Case(PLAIN.format("npm ci && npm run build"), {"package.json": "{}", "a.js": ""}),
    "what nobody knows": Case(PLAIN.format("./setup.sh && pip install flask"), {"setup.sh": ""}),
    "a mount of the context": Case(
        PLAIN.format("--mount=type=bind,target=/x pip install flask"), {"a.py": ""}
    ),
    "a package of the context": Case(PLAIN.format("apt-get install -y ./a.deb"), {"a.deb": ""}),
    "what is in order": Case(
        "FROM x\nWORKDIR /app\nCOPY r.txt .\nRUN pip install -r r.txt\nCOPY . .\n", {"r.txt": "flask", "a.py": ""}
    ),
    "a place that hangs on WORKDIR": Case(
        "FROM x\nWORKDIR /a\nCOPY . .\nWORKDIR /b\nRUN pip install flask\n", {"a.py": ""}
    ),
    "a place that hangs on a variable": Case(
        "FROM x\nCOPY . /${D}\nENV D=a\nRUN pip install flask\n", {"a.py": ""}
    ),
    "settings of the system": Case("FROM x\nCOPY . /\nRUN pip install flask\n", {"etc/pip.conf": ""}),
    "settings in a home": Case("FROM x\nCOPY . /root\nRUN pip install flask\n", {".config/pip/pip.conf": ""}),
    "pip told by a variable": Case(
        "FROM x\nCOPY . /app\nENV PIP_CONFIG_FILE=/app/pip.conf\nRUN pip install flask\n", {"pip.conf": ""}
    ),
    "a part of it is taken away": Case(
        "FROM x\nCOPY . /app\nRUN rm -rf /app/tests && pip install flask\n",
        {"tests/t.py": "", "a.py": ""},
        made={"rm -rf": [file("app/.wh.tests")]},
    ),
    "nothing is installed": Case(PLAIN.format("mkdir -p /data"), {"a.py": ""}),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_source_that_may_be_read_stays_where_it_is(tmp_path: Path, case: Case) -> None:
    assert steps(tmp_path, case, "source_last") == ()


def test_apt_update_joins_its_install(tmp_path: Path) -> None:
    case = Case("FROM x\n# lists\nRUN apt-get update\nRUN apt-get install -y gcc\nRUN make\n", {})
    (step,) = steps(tmp_path, case, "apt_in_one")
    found = step.after
    assert found.evidence.dockerfile.text == (
        "FROM x\n# lists\nRUN apt-get update \\\n    && apt-get install -y gcc\nRUN make\n"
    )
    assert [effect.layer for effect in found.evidence.effects] == [2, 3]
    assert {"var/log/line-3", "var/log/line-4"} <= set(found.evidence.effects[0].added)
    assert found.line(5) == 5 and found.hunks[0].line == 3
    (idle,) = steps(tmp_path, Case("FROM x\nRUN apt-get update && apt-get install -y gcc\n", {}), "apt_in_one")
    assert idle.idle


def test_caches_are_mounted_where_they_are_used(tmp_path: Path) -> None:
    case = Case(
        "FROM x\nRUN pip install --no-cache-dir -U pip \\\n  && python -m pip install --no-cache-dir flask\n"
        "RUN npm ci && npm cache clean --force\nRUN npm ci\nRUN pip install --cache-dir /c flask\n"
        "RUN --network=none go mod download\nRUN CGO_ENABLED=0 go build .\n",
        {},
    )
    (step,) = steps(tmp_path, case, "cache_mounts")
    go = "--mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build"
    assert step.after.evidence.dockerfile.text == (
        "FROM x\nRUN --mount=type=cache,target=/root/.cache/pip pip install -U pip \\\n"
        "  && python -m pip install flask\n"
        "RUN npm ci && npm cache clean --force\nRUN --mount=type=cache,target=/root/.npm npm ci\n"
        "RUN pip install --cache-dir /c flask\n"
        f"RUN {go} --network=none go mod download\nRUN {go} CGO_ENABLED=0 go build .\n"
    )
    assert len(step.after.hunks) == 4


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n",
        "FROM x\nUSER 7\nRUN pip install flask\n",
        "FROM x\nRUN pip install flask && rm -rf /root/.cache\n",
        "FROM x\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask\n",
        "FROM x\nRUN go mod download\nRUN make\n",
    ],
)
def test_no_cache_is_mounted_that_nobody_fills_or_somebody_reads(tmp_path: Path, text: str) -> None:
    (step,) = steps(tmp_path, Case(text, {}), "cache_mounts")
    assert step.idle


IGNORED = Case(
    "FROM x\nWORKDIR /app\nCOPY . .\nRUN pip install flask\nCMD a\n",
    {
        ".git/HEAD": "ref",
        "a.py": "",
        "__pycache__/a.pyc": "x" * 99_990,
        ".env": "",
        "Dockerfile": "FROM x",
        "sub/Dockerfile": "",
    },
)


def test_what_nobody_reads_stays_out_of_the_build(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, IGNORED, "ignore_file")
    assert step.after.ignore == (".git", "Dockerfile*", "**/__pycache__")
    gone = {item.pattern for item in step.after.left}
    assert gone == {"app/.git/HEAD", "app/Dockerfile", "app/__pycache__/a.pyc", "app/.git", "app/__pycache__"}
    assert gone.isdisjoint(step.after.evidence.files) and "app/.env" in step.after.evidence.files
    assert step.after.hunks[0].saves == -99_999


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("FROM x\nCOPY . /app\nRUN go build -C /app .\n", {}, ("Dockerfile*", "**/__pycache__")),
        ("FROM x\nCOPY Dockerfile .git /app/\nCOPY . /app\n", {}, ("**/__pycache__",)),
        ("FROM x\nCOPY . /app\n", {".dockerignore": ".dockerignore\n*\n!.git\n!a.py\n"}, ()),
        ("FROM x\nRUN --mount=type=bind,target=/x true\nCOPY . /app\n", {}, ()),
        ("FROM x\nARG D\nCOPY $D /app\n", {}, ()),
    ],
)
def test_what_may_be_read_is_not_kept_out(
    tmp_path: Path, text: str, more: dict[str, str], expected: tuple[str, ...]
) -> None:
    (step,) = steps(tmp_path, Case(text, {**IGNORED.context, **more}), "ignore_file")
    assert step.after.ignore == expected


def test_modules_that_are_installed_anew_are_not_missed(tmp_path: Path) -> None:
    modules = {"package.json": "{}", "a.js": "", "node_modules/ms/index.js": "of this machine"}
    installed = {"npm ci": [file("app/node_modules/ms/index.js", b"of the image")]}
    after = Case("FROM x\nCOPY . /app\nRUN cd /app && npm ci\n", modules, made=installed)
    (step, moved) = steps(tmp_path, after, "ignore_file", "source_last")
    assert step.after.ignore == ("**/node_modules",) and not step.after.left
    assert "COPY package.json /app/\nRUN" in moved.after.evidence.dockerfile.text, "what is not sent is not in the way"
    (tmp_path / "over").mkdir()
    over = Case("FROM x\nRUN cd /app && npm ci\nCOPY . /app\n", modules, made=installed)
    (step,) = steps(tmp_path / "over", over, "ignore_file")
    assert step.idle, "the image has this machine's modules, and would have others"


def test_a_user_is_set_only_when_the_program_was_seen_to_run_as_one(tmp_path: Path) -> None:
    case = Case("FROM x\nRUN make\n# how it starts\nEXPOSE 80\nCMD a\n", {})
    plain = RunFact(ended=True, exit_code=0)
    seen = Observation("", ImageFacts(ImageConfig()), (plain,), hardened=(HardenedFact("another user", plain),))
    (step,) = steps(tmp_path, case, "non_root", seen=seen)
    text = step.after.evidence.dockerfile.text
    assert text.startswith("FROM x\nRUN make\n# The program") and text.endswith("\n# how it starts\nEXPOSE 80\nCMD a\n")
    assert "\nUSER 65532:65532\n" in text
    writing = replace(seen, facts=replace(seen.facts, writes="/app/a.js"))
    (step,) = steps(tmp_path, case, "non_root", seen=writing)
    assert step.idle.startswith("/app/a.js writes files")
    calling = replace(seen, facts=replace(seen.facts, mentions=(Mention("ssh", "/app/a.js", command=True),)))
    (step,) = steps(tmp_path, case, "non_root", seen=calling)
    assert step.idle.startswith("/app/a.js calls ssh")
    answer = Exchange(HttpRequest(80), (HttpAnswer(404),))
    silent = replace(plain, ended=False, ports=(80,), exchanges=(answer,))
    unasked = replace(seen, runs=(silent,), hardened=(HardenedFact("another user", silent),))
    (step,) = steps(tmp_path, case, "non_root", seen=unasked)
    assert step.idle == "no request was answered with 2xx or 3xx"
    failed = Observation(
        "",
        ImageFacts(ImageConfig()),
        (plain,),
        hardened=(HardenedFact("another user", RunFact(ended=True, exit_code=1)),),
    )
    (step,) = steps(tmp_path, case, "non_root", seen=failed)
    assert step.idle


def test_all_of_them_together_keep_lines_and_layers_apart(tmp_path: Path) -> None:
    text = "FROM x\nRUN apt-get update\nRUN apt-get install -y gcc\nCOPY . /app\nRUN pip install flask\nCMD a\n"
    found = steps(tmp_path, Case(text, {"a.py": ""}), *REWRITES)
    done = [step for step in found if not step.idle]
    assert len(done) == 3
    assert done[-1].after.evidence.dockerfile.text == (
        "FROM x\nRUN apt-get update \\\n    && apt-get install -y gcc\n"
        "RUN --mount=type=cache,target=/root/.cache/pip pip install flask\nCOPY . /app\nCMD a\n"
    )
    assert [done[-1].after.line(line) for line in (2, 4, 5, 6)] == [2, 5, 4, 6]
    assert [effect.layer for effect in done[-1].after.evidence.effects] == [2, 4, 3, None]


def test_every_rewrite_has_its_option() -> None:
    folder = Path(str(rewrites.__file__)).parent
    modules = {path.stem for path in folder.glob("*.py") if "\ndef rewrite(" in path.read_text(encoding="utf-8")}
    assert modules == set(REWRITES)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = ["--join-apt", "--cache-mounts", "--dockerignore", "--non-root"]
    assert command._rewrites(parser.parse_args(options)) == REWRITES
    assert command._rewrites(parser.parse_args([])) == DEFAULT_REWRITES
    assert command._rewrites(parser.parse_args(["--keep-order"])) == ()


def test_an_ignore_file_is_only_added_to() -> None:
    assert completed("", (".git",)) == f"{HEADER}\n.git\n"
    assert completed("a\r\nb", (".git", "c")) == f"a\r\nb\r\n\r\n{HEADER}\r\n.git\r\nc\r\n"


def test_the_ignore_file_of_a_result_is_the_one_that_its_build_reads(tmp_path: Path) -> None:
    options = Options(context=tmp_path, dockerfile=tmp_path / "Dockerfile")
    assert ignore_file_for(options, load(tmp_path, options.dockerfile), None) is None
    (tmp_path / ".dockerignore").write_text("a\n")
    found = ignore_file_for(options, load(tmp_path, options.dockerfile), "a\n.git\n")
    assert found is not None and (found.path, found.before) == (tmp_path / ".dockerignore", "a\n")
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n")
    found = ignore_file_for(options, load(tmp_path, options.dockerfile), "b\n.git\n")
    assert found is not None and (found.path.name, found.before) == ("Dockerfile.lightship.dockerignore", "b\n")


def test_both_files_are_written_or_none(tmp_path: Path) -> None:
    ignored = IgnoreFile(tmp_path / ".dockerignore", "", ".git\n")
    result = replace(NOTHING, text="FROM a\n", ignore_file=ignored)
    output = tmp_path / "Dockerfile.lightship"
    output.write_text("FROM mine\n")
    with pytest.raises(UsageError, match="already there"):
        command._write_all(output, result, force=False)
    assert not ignored.path.exists() and output.read_text() == "FROM mine\n"
    output.unlink()
    assert command._write_all(output, result, force=False) == "written"
    assert ignored.path.read_text() == ".git\n"
    assert command._write_all(output, result, force=False) == "unchanged"
    ignored.path.write_text("somebody else's\n")
    with pytest.raises(UsageError, match="says something else"):
        command._write_all(output, result, force=False)
    assert ignored.path.read_text() == "somebody else's\n"
