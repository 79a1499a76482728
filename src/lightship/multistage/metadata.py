"""The image configuration that a runtime stage has to state again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from lightship.dockerfile import Instruction
from lightship.oci import Healthcheck, ImageConfig

# What a stage says about containers rather than about files. It costs no bytes, so all of it is carried.
CARRIED = frozenset(
    {
        "env",
        "label",
        "expose",
        "stopsignal",
        "shell",
        "healthcheck",
        "entrypoint",
        "cmd",
        "workdir",
        "user",
        "volume",
    }
)
# These must come behind the COPY lines: a VOLUME freezes what is below it on some engines, and USER and WORKDIR must
# stand for the instructions that follow as they stood in the original.
# Put into every image by Buildah, whatever the Dockerfile says.
_ENGINE_LABEL = "io.buildah.version"
_LAST = ("volume", "workdir", "user")


def restated(head: Sequence[Instruction]) -> tuple[tuple[Instruction, ...], tuple[Instruction, ...]]:
    """The head's metadata instructions: those for before the runtime stage's file system work, and those for after.

    Of several WORKDIR, USER, CMD, ENTRYPOINT, HEALTHCHECK, STOPSIGNAL or SHELL the last counts, except that a
    relative WORKDIR keeps those before it.
    """
    carried = [item for item in head if item.keyword in CARRIED]
    needed = {name for item in carried for name in _variables(item)}
    arguments = [item for item in head if item.keyword == "arg" and needed & set(_declared(item))]
    before: list[Instruction] = []
    after: list[Instruction] = []
    for item in sorted([*carried, *arguments], key=lambda item: item.line):
        (after if item.keyword in _LAST else before).append(item)
    return tuple(_drop_replaced(before)), tuple(_drop_replaced(after))


def restated_lines(head: Sequence[Instruction], tail: Sequence[Instruction]) -> tuple[str, ...]:
    """The lines, word for word, that give a stage the head's metadata and the arguments that the tail needs."""
    before, after = restated(head)
    first = {id(item): item for item in (*arguments_of(head, tail), *before)}.values()
    items = (*sorted(first, key=lambda item: item.line), *after)
    return tuple(
        line.removesuffix("\r")
        for item in items
        for line in item.text.removesuffix("\n").removesuffix("\r").split("\n")
    )


def arguments_of(head: Sequence[Instruction], tail: Sequence[Instruction]) -> tuple[Instruction, ...]:
    """The head's ARG instructions that the tail refers to, so that the new stage declares them too."""
    needed = {name for item in tail for name in _variables(item)}
    return tuple(item for item in head if item.keyword == "arg" and needed & set(_declared(item)))


def from_config(config: ImageConfig, own: Iterable[str]) -> tuple[str, ...]:
    """Lines that give an empty stage what the base image's ``config`` said; ``own`` keywords are stated elsewhere."""
    said = set(own)
    lines = [f"ENV {name}={quote(value)}" for name, value in config.env]
    lines += [f"LABEL {quote(name)}={quote(value)}" for name, value in config.labels if name != _ENGINE_LABEL]
    if config.exposed_ports:
        lines.append("EXPOSE " + " ".join(config.exposed_ports))
    if config.stop_signal and "stopsignal" not in said:
        lines.append(f"STOPSIGNAL {config.stop_signal}")
    if config.shell and "shell" not in said:
        lines.append(f"SHELL {json.dumps(list(config.shell))}")
    if config.healthcheck and "healthcheck" not in said:
        lines.append(healthcheck(config.healthcheck))
    if config.entrypoint and "entrypoint" not in said:
        lines.append(f"ENTRYPOINT {json.dumps(list(config.entrypoint))}")
    # An ENTRYPOINT of one's own empties the base's CMD.
    if config.cmd and not said & {"cmd", "entrypoint"}:
        lines.append(f"CMD {json.dumps(list(config.cmd))}")
    return tuple(lines)


def last_lines(config: ImageConfig, own: Iterable[str]) -> tuple[str, ...]:
    """The same for what has to stand behind the COPY lines: volumes and user."""
    said = set(own)
    lines = []
    if config.volumes:
        lines.append(f"VOLUME {json.dumps(list(config.volumes))}")
    if config.user and "user" not in said:
        lines.append(f"USER {config.user}")
    return tuple(lines)


def starting_directory(
    config: ImageConfig,
    base: ImageConfig,
    head: Sequence[Instruction],
    tail: Sequence[Instruction],
    variables: Iterable[tuple[str, str]] = (),
) -> tuple[str, ...]:
    """The line that lets a stage on ``base`` begin where the original's base image, with ``config``, does.

    Nothing where the first WORKDIR is absolute and no instruction before it takes a path: then it does not matter.
    ``variables`` are the image's own.
    """
    begins = config.working_dir or "/"
    if begins == (base.working_dir or "/"):
        return ()
    _, after = restated(head)
    values = dict(variables)
    for item in (*after, *tail):
        if item.keyword == "workdir" and _expanded(item.arguments, values).startswith("/"):
            return ()
        if item.keyword in ("workdir", "copy", "add", "run"):
            break
    return (f"WORKDIR {begins}",)


def quote(value: str) -> str:
    """A value as a Dockerfile word that no variable expansion changes."""
    if re.fullmatch(r"[A-Za-z0-9_./:@%+=,-]+", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\n")
    return f'"{escaped}"'


def healthcheck(check: Healthcheck) -> str:
    """The HEALTHCHECK line of a config."""
    if check.test[:1] == ("NONE",):
        return "HEALTHCHECK NONE"
    times = (
        ("interval", check.interval),
        ("timeout", check.timeout),
        ("start-period", check.start_period),
        ("start-interval", check.start_interval),
    )
    flags = [f"--{name}={_duration(value)}" for name, value in times if value]
    if check.retries:
        flags.append(f"--retries={check.retries}")
    command = check.test[1] if check.test[0] == "CMD-SHELL" else json.dumps(list(check.test[1:]))
    return " ".join(["HEALTHCHECK", *flags, "CMD", command])


def _duration(nanoseconds: int) -> str:
    milliseconds = nanoseconds // 1_000_000
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def _drop_replaced(items: list[Instruction]) -> list[Instruction]:
    last: dict[str, int] = {}
    for index, item in enumerate(items):
        last[item.keyword] = index
    only_last = {"user", "cmd", "entrypoint", "healthcheck", "stopsignal"}
    kept = [item for index, item in enumerate(items) if item.keyword not in only_last or last[item.keyword] == index]
    workdirs = [item for item in kept if item.keyword == "workdir"]
    # Everything before the last absolute WORKDIR has no effect any more.
    start = max((i for i, item in enumerate(workdirs) if item.arguments.startswith("/")), default=0)
    dead = {id(item) for item in workdirs[:start]}
    return [item for item in kept if id(item) not in dead]


def _expanded(word: str, variables: Mapping[str, str]) -> str:
    """A word that begins with a variable, with its value; as it is where that is not known."""
    return re.sub(r"^\$(\w+|\{\w+\})", lambda found: variables.get(found[1].strip("{}"), found[0]), word)


def _variables(item: Instruction) -> set[str]:
    return set(re.findall(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)", item.text))


def _declared(item: Instruction) -> tuple[str, ...]:
    return tuple(word.text.partition("=")[0] for word in item.words)
