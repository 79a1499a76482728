"""ELF files: made-up ones of every form, this machine's own against pyelftools, and hostile ones."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elf.trees import elf
from lightship.elf import ElfFile, go_version, is_elf, read_elf


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("little", [True, False])
def test_every_class_and_byte_order(bits: int, little: bool) -> None:
    raw = elf(
        bits=bits,
        little=little,
        machine=22,
        interpreter="/lib/ld.so.1",
        needed=("liba.so.1", "libb.so"),
        soname="libself.so.3",
        rpath="$ORIGIN/../lib:/opt/x",
        runpath="/run/path",
    )
    found = read_elf(raw)
    assert found == ElfFile(
        64 if bits == 64 else 32,
        little,
        "shared",
        22,
        interpreter="/lib/ld.so.1",
        dynamic=True,
        needed=("liba.so.1", "libb.so"),
        soname="libself.so.3",
        rpath=("$ORIGIN/../lib", "/opt/x"),
        runpath=("/run/path",),
    )
    assert found.is_program
    assert not found.is_static


def test_not_an_elf_file() -> None:
    assert read_elf(b"") is None
    assert read_elf(b"#!/bin/sh\n") is None
    assert not is_elf(b"\x7fEL")


def test_static_programs() -> None:
    assert (found := read_elf(elf(kind=2))) and found.is_static
    assert (found := read_elf(elf(kind=3, flags_1=0x08000000))) and found.is_static and found.pie
    assert (found := read_elf(elf(kind=3))) and not found.is_static
    assert (found := read_elf(elf(kind=2, needed=("libc.so.6",)))) and not found.is_static


def test_a_cut_off_file_has_a_problem_and_no_exception() -> None:
    raw = elf(interpreter="/lib/ld.so", needed=("liba.so",))
    problems = [found.problem for at in range(4, len(raw)) if (found := read_elf(raw[:at]))]
    assert "the ELF header is cut off" in problems
    assert "the program headers are cut off" in problems
    assert (whole := read_elf(raw)) and whole.problem == ""


def test_impossible_sizes_are_problems() -> None:
    raw = bytearray(elf(needed=("liba.so",)))
    struct.pack_into("<HH", raw, 54, 1, 65535)
    assert (found := read_elf(bytes(raw))) and "impossible size" in found.problem


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_hostile_bytes_never_raise(data: st.DataObject) -> None:
    raw = bytearray(elf(bits=data.draw(st.sampled_from([32, 64])), interpreter="/lib/ld.so", needed=("liba.so.1",)))
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    read_elf(bytes(raw))
    go_version(bytes(raw))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_the_magic_never_raise(raw: bytes) -> None:
    read_elf(b"\x7fELF" + raw)
    go_version(b"\x7fELF" + raw)


def test_only_what_is_needed_is_read() -> None:
    raw = elf(needed=("liba.so.1",), tail=b"\0" * 5_000_000)
    read = 0

    def read_at(offset: int, length: int) -> bytes:
        nonlocal read
        read += min(length, len(raw) - offset)
        return raw[offset : offset + length]

    assert (found := read_elf(read_at)) and found.needed == ("liba.so.1",)
    assert read < 20_000


def test_go_build_information() -> None:
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    data = b"\0" * 16 + b"\xff Go buildinf:\x08\x02" + b"\0" * 16 + b"\x08go1.22.1"
    segment = struct.pack("<IIQQQQQQ", 1, 6, 120, 0x1000, 0, len(data) + 64, len(data) + 64, 1)
    assert go_version(header + segment + data + b"\0" * 64) == "go1.22.1"
    assert go_version(elf()) == ""
    assert go_version(b"text") == ""


def test_this_machines_files_as_pyelftools_reads_them() -> None:
    elffile = pytest.importorskip("elftools.elf.elffile")
    checked = 0
    for path in [*sorted(Path("/usr/bin").iterdir())[::40], *sorted(Path("/usr/lib").glob("*/*.so*"))[::60]]:
        if not path.is_file() or not os.access(path, os.R_OK):
            continue
        ours = read_elf(path.read_bytes())
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                assert ours is None
                continue
            theirs = elffile.ELFFile(file)
            assert ours is not None
            assert ours.problem == ""
            assert (ours.bits, ours.little_endian) == (theirs.elfclass, theirs.little_endian)
            expected: dict[str, list[str]] = {"needed": [], "soname": [], "rpath": [], "runpath": []}
            interpreter = ""
            for segment in theirs.iter_segments():
                if segment["p_type"] == "PT_INTERP":
                    interpreter = segment.get_interp_name()
                if segment["p_type"] == "PT_DYNAMIC":
                    for tag in segment.iter_tags():
                        name = tag.entry.d_tag.removeprefix("DT_").lower()
                        if name in expected:
                            expected[name].append(getattr(tag, name))
        assert ours.interpreter == interpreter
        assert list(ours.needed) == expected["needed"]
        assert [ours.soname][: bool(ours.soname)] == expected["soname"]
        assert ":".join(ours.rpath) == ":".join(expected["rpath"])
        assert ":".join(ours.runpath) == ":".join(expected["runpath"])
        checked += 1
    assert checked
