"""Which layer each instruction made, read from the image's history."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lightship.dockerfile import Instruction
from lightship.errors import UnknownError
from lightship.oci import History, ImageConfig

# BuildKit writes "RUN /bin/sh -c x # buildkit" and "ENV a=b"; Buildah and the classic builder write
# "/bin/sh -c #(nop) ENV a=b" for everything but RUN, whose entry is the bare command line.
_NOP = re.compile(r"^(?:\|\d+ .*?)?/bin/sh -c #\(nop\)\s+([A-Za-z]+)")
_KEYWORD = re.compile(r"^([A-Z]+)(?=\s|$)")
_KEYWORDS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN",
     "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)  # fmt: skip
# Instructions that some engine leaves out of the history, or folds into the next one.
_OPTIONAL = frozenset({"arg", "maintainer", "label", "env", "expose", "shell", "onbuild", "stopsignal"})


def keyword_of(history: History) -> str:
    """The lower-case Dockerfile keyword that made a history entry."""
    nop = _NOP.match(history.created_by)
    if nop:
        return nop.group(1).lower()
    plain = _KEYWORD.match(history.created_by)
    if plain and plain.group(1) in _KEYWORDS:
        return plain.group(1).lower()
    return "run"


def layers_of(
    instructions: Sequence[Instruction], config: ImageConfig, base: ImageConfig
) -> tuple[tuple[Instruction, int | None], ...]:
    """Each instruction with the index of its layer, or None when it made no layer.

    Raises UnknownError when the history does not tell, for instance because the layers were squashed.
    """
    own = config.history[len(base.history) :]
    layer = len(base.diff_ids)
    if config.diff_ids[:layer] != base.diff_ids:
        raise UnknownError(
            "the image's first layers are not those of its base image",
            why="the base image in the engine's store is not the one that was built on",
            help="build again with a fresh base image",
        )
    found: list[tuple[Instruction, int | None]] = []
    at = 0
    for instruction in instructions:
        if at < len(own) and keyword_of(own[at]) == instruction.keyword:
            found.append((instruction, None if own[at].empty_layer else layer))
            layer += not own[at].empty_layer
            at += 1
        elif instruction.keyword in _OPTIONAL:
            found.append((instruction, None))
        else:
            raise _misaligned(instruction)
    if at != len(own) or layer != len(config.diff_ids):
        raise _misaligned(instructions[-1] if instructions else None)
    return tuple(found)


def _misaligned(instruction: Instruction | None) -> UnknownError:
    return UnknownError(
        "the layers of the built image cannot be told apart by instruction",
        where=f"line {instruction.line}" if instruction else "",
        why="the image's history does not follow the Dockerfile (squashed layers, or triggers of the base image)",
        help="build with one layer for each instruction: no --squash, and --layers for Buildah",
    )
