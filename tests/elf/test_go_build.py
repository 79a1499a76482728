"""What a Go program says about itself, and that hostile bytes say nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspection.images import go_program
from lightship.elf.go_build import GoBuild, read_go_build


def _read(data: bytes) -> GoBuild | None:
    return read_go_build(lambda at, count: data[at : at + count])


def test_release_main_module_and_modules() -> None:
    assert _read(go_program()) == GoBuild("go1.22.1", ("example.org/app", "v1.4.0"), (("example.org/dep", "v0.2.0"),))


def test_other_files_are_none() -> None:
    assert _read(b"") is None
    assert _read(b"\x7fELF" + bytes(60)) is None
    assert _read(go_program()[:100]) is None


@given(st.integers(0, 400), st.binary(max_size=40))
def test_damaged_files_never_raise(at: int, junk: bytes) -> None:
    data = go_program()[:1000]
    _read(data[:at] + junk + data[at + len(junk) :])
