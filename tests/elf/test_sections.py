"""What strip(1) would take away, against what strip(1) takes away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lightship.elf import strippable_size


def size_of(path: Path) -> int:
    content = path.read_bytes()
    return strippable_size(lambda offset, length: content[offset : offset + length])


def test_what_is_no_elf_file_or_broken_has_nothing_to_strip() -> None:
    own = Path(sys.executable).resolve().read_bytes()
    for content in (b"", b"#!/bin/sh\n", b"\x7fELF", own[:40], own[:64] + b"\xff" * 4096):
        assert strippable_size(lambda offset, length, content=content: content[offset : offset + length]) == 0  # type: ignore[misc]


@pytest.mark.skipif(not (shutil.which("cc") and shutil.which("strip")), reason="cc and strip are not here")
def test_it_is_what_strip_takes_away(tmp_path: Path) -> None:
    source, built, stripped = tmp_path / "x.c", tmp_path / "x.so", tmp_path / "y.so"
    functions = "\n".join(f"int a_long_name_of_function_{n}(int x) {{ return x + {n}; }}" for n in range(300))
    source.write_text(
        f"static int hidden(int x) {{ return x * 2; }}\n{functions}\nint all(int x) {{ return hidden(x); }}"
    )
    subprocess.run(["cc", "-g", "-shared", "-fPIC", "-o", built, source], check=True)
    subprocess.run(["strip", "--strip-unneeded", "-o", stripped, built], check=True)
    gone = built.stat().st_size - stripped.stat().st_size
    assert gone > 20_000
    # Section headers and alignment go too.
    assert 0 <= gone - size_of(built) < 4096
    assert size_of(stripped) == 0
