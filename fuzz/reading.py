"""What the fuzz target does with one input: read it in every way that lightship has."""

from __future__ import annotations

import contextlib

from lightship.dockerfile import parse
from lightship.errors import InputError
from lightship.semantic import expand, run_scripts, stages
from lightship.semantic.ignore import matches, read
from lightship.shell import programs
from lightship.text import decode, encode


def one_input(data: bytes) -> None:
    """Read ``data`` in every way; only documented errors may leave the functions that have some."""
    text = decode(data)
    assert encode(text) == data
    dockerfile = parse(text)
    assert "".join(item.text for item in dockerfile.items) == text
    stages(dockerfile, build_args={"V": "1"}, platform="linux/amd64")
    for instruction in dockerfile.instructions:
        for run in run_scripts(instruction):
            programs(run.script)
    for read_ in (lambda: expand(text, {"a": "b", "x": "yyy"}), lambda: matches("a/b/c", read(text))):
        with contextlib.suppress(InputError):
            read_()
