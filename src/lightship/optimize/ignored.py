"""The ignore file of a result: where it has to lie so that the build of the new Dockerfile reads it."""

from __future__ import annotations

from pathlib import Path

from lightship.optimize.model import IgnoreFile, Options
from lightship.semantic import IgnoreRules
from lightship.text import decode

SUFFIX = ".dockerignore"


def ignore_file_for(options: Options, ignore: IgnoreRules, text: str | None) -> IgnoreFile | None:
    """The file to write, None when the result was built with the one that is there.

    The context's own counts for every Dockerfile that has none of its name
    (https://docs.docker.com/build/concepts/context/#filename-and-location): where the original has one, so gets the
    result, and the original's stays.
    """
    if text is None:
        return None
    before = decode(ignore.path.read_bytes()) if ignore.path else ""
    return IgnoreFile(_path(options, ignore), before, text)


def _path(options: Options, ignore: IgnoreRules) -> Path:
    own = options.context / SUFFIX
    if ignore.path is None or ignore.path == own:
        return own
    output = options.output or options.dockerfile.with_name(f"{options.dockerfile.name}.lightship")
    return output.with_name(output.name + SUFFIX)
