"""What the image starts: its ENTRYPOINT and CMD, and the programs in them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.rules.model import Placed, Subject

if TYPE_CHECKING:
    from lightship.shell import Program

_HANDS_ON = frozenset(["tini", "dumb-init", "catatonit", "gosu", "su-exec", "setpriv", "env", "exec", "sh", "bash"])


def entry_instructions(subject: Subject) -> tuple[Placed, ...]:
    """The ENTRYPOINT and the CMD that hold in the final image, those of them that the file sets."""
    last: dict[str, Placed] = {}
    for placed in subject.image_instructions("entrypoint", "cmd"):
        last[placed.instruction.keyword] = placed
    return tuple(last[keyword] for keyword in ("entrypoint", "cmd") if keyword in last)


def entry_programs(subject: Subject) -> tuple[Program, ...]:
    """The programs that the image starts. A CMD that is only the arguments of an ENTRYPOINT counts as none."""
    found: list[Program] = []
    for placed in entry_instructions(subject):
        if placed.instruction.keyword == "cmd" and found and not _hands_on(found[-1]):
            continue
        found += subject.programs(placed)
    return tuple(found)


def is_used(subject: Subject, *words: str) -> bool:
    """Whether ENTRYPOINT, CMD or HEALTHCHECK of the final image name one of these programs."""
    names = {posixpath.basename(one.name) for one in entry_programs(subject)}
    for placed in subject.image_instructions("healthcheck"):
        names |= {posixpath.basename(one.name) for one in subject.programs(placed)}
    return bool(names & set(words))


def set_paths(subject: Subject) -> Iterator[tuple[Placed, str]]:
    """Every ENV of the final image that sets PATH, with the value as far as it is known, without ``$PATH``."""
    for placed in subject.image_instructions("env"):
        for name, value, _ in placed.instruction.pairs:
            if name.value == "PATH":
                known = placed.scope.variables
                yield placed, _VARIABLE.sub(lambda match: known.get(match[1], ""), value.value)  # noqa: B023 - used at once


_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def _hands_on(program: Program) -> bool:
    """Whether a program, as an entry point, runs what CMD names: an init, or a script that ends in ``exec "$@"``."""
    name = posixpath.basename(program.name)
    return name in _HANDS_ON or "entrypoint" in name or name.endswith(".sh")
