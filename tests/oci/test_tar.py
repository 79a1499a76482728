"""Tar archives: the same members as the standard library sees, and as GNU tar writes them."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.errors import InputError
from lightship.oci.blob import whole_file
from lightship.oci.model import Entry
from lightship.oci.tar import walk
from lightship.oci.tar_header import clean_path
from oci.archives import directory, file, hardlink, symlink, tar

FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
    tarfile.CHRTYPE: "char",
    tarfile.BLKTYPE: "block",
    tarfile.FIFOTYPE: "fifo",
}


def entries_of(archive: bytes) -> list[Entry]:
    return walk(lambda offset, size: archive[offset : offset + size], "test.tar")


def seen_by_tarfile(archive: bytes) -> list[tuple[object, ...]]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return [
            (
                clean_path(member.name, ""),
                KINDS[member.type],
                member.mode,
                member.uid,
                member.gid,
                member.size if member.isreg() else 0,
                int(member.mtime // 1),
                clean_path(member.linkname, "") if member.islnk() else member.linkname if member.issym() else "",
                member.offset_data,
            )
            for member in opened
        ]


def seen_by_us(archive: bytes) -> list[tuple[object, ...]]:
    return [(e.path, e.kind, e.mode, e.uid, e.gid, e.size, e.mtime, e.link, e.offset) for e in entries_of(archive)]


names = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60
    ).filter(lambda part: part not in (".", "..")),
    min_size=1,
    max_size=6,
).map("/".join)
numbers = st.integers(0, 2**31)


@st.composite
def members(draw: st.DrawFn) -> tuple[tarfile.TarInfo, bytes]:
    name = draw(names)
    kind = draw(st.sampled_from(["file", "dir", "symlink", "hardlink", "fifo"]))
    fields = {"uid": draw(numbers), "gid": draw(numbers), "mtime": draw(numbers)}
    if kind == "file":
        return file(name, draw(st.binary(max_size=1500)), draw(st.integers(0, 0o7777)), **fields)
    if kind == "dir":
        return directory(name, **fields)
    if kind == "fifo":
        return file(name, type=tarfile.FIFOTYPE, **fields)
    return (symlink if kind == "symlink" else hardlink)(name, draw(names))


@settings(max_examples=150, deadline=None)
@given(st.lists(members(), max_size=8), st.sampled_from(FORMATS[1:]))
def test_same_members_as_the_standard_library(made: list[tuple[tarfile.TarInfo, bytes]], format: int) -> None:
    archive = tar(made, format)
    assert seen_by_us(archive) == seen_by_tarfile(archive)


@pytest.mark.parametrize("format", FORMATS)
def test_bodies_are_where_entries_say(format: int) -> None:
    archive = tar([file(f"d/{index}", bytes([index]) * index * 100) for index in range(30)], format)
    for index, entry in enumerate(entries_of(archive)):
        assert archive[entry.offset : entry.offset + entry.size] == bytes([index]) * index * 100


@pytest.mark.parametrize("format", FORMATS)
def test_long_names(format: int) -> None:
    long = "/".join(["a" * 50] * 4) if format == tarfile.USTAR_FORMAT else "/".join(["b" * 200] * 10)
    link = "c" * (100 if format == tarfile.USTAR_FORMAT else 900)
    first, second = entries_of(tar([file(long, b"x"), symlink("link", link)], format))
    assert (first.path, second.link) == (long, link)


def test_numbers_beyond_octal() -> None:
    made = [file("big", b"", uid=2**40, gid=2**33, mtime=-5)]
    (entry,) = entries_of(tar(made, tarfile.GNU_FORMAT))
    assert (entry.uid, entry.gid, entry.mtime) == (2**40, 2**33, -5)
    (entry,) = entries_of(tar(made, tarfile.PAX_FORMAT))
    assert (entry.uid, entry.gid, entry.mtime) == (2**40, 2**33, -5)


def test_times_with_a_fraction_are_rounded_down() -> None:
    (entry,) = entries_of(tar([file("a", pax_headers={"mtime": "-1.5"})]))
    assert entry.mtime == -2


def test_extended_attributes() -> None:
    attributes = {"SCHILY.xattr.security.capability": "v\n=1", "LIBARCHIVE.xattr.user.a%20b": "eA=="}
    (entry,) = entries_of(tar([file("ping", pax_headers=attributes)]))
    assert dict(entry.xattrs) == {"security.capability": b"v\n=1", "user.a b": b"x"}


def test_global_headers_have_no_effect_as_for_docker() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "other"}) as archive:
        archive.addfile(*file("a")[:1])
    assert [entry.path for entry in entries_of(buffer.getvalue())] == ["a"]


@pytest.mark.parametrize(
    ("written", "read"), [("./", ""), ("/", ""), ("./a//b/", "a/b"), ("/abs", "abs"), ("a/./b", "a/b"), ("a/../b", "b")]
)
def test_names_are_paths_below_the_root(written: str, read: str) -> None:
    assert clean_path(written, "") == read


def test_an_empty_archive_and_one_without_its_end() -> None:
    assert entries_of(b"") == []
    assert entries_of(bytes(1024)) == []
    whole = tar([file("a", b"x" * 10)])
    assert len(entries_of(whole[:1024])) == 1


def test_signed_checksums_of_old_tars() -> None:
    archive = bytearray(tar([file("é", b"")], tarfile.GNU_FORMAT))
    header = archive[:148] + b" " * 8 + archive[156:512]
    total = sum(byte - 256 if byte > 127 else byte for byte in header)
    archive[148:156] = b"%06o\0 " % total
    assert entries_of(bytes(archive))[0].path == "é"


@pytest.mark.parametrize("version", ["old", "0.0", "0.1", "1.0"])
def test_sparse_files_of_gnu_tar(version: str, tmp_path: Path) -> None:
    if shutil.which("tar") is None:
        pytest.skip("no tar on this machine")
    holes = tmp_path / "holes"
    with holes.open("wb") as out:
        for at in range(0, 40):  # more than the four and twenty-one pairs that fit one old header and extension
            out.seek(at * (1 << 17))
            out.write(bytes([at + 1]) * 3000)
        out.truncate(8 << 20)
    form = ["--format=gnu"] if version == "old" else ["--format=posix", f"--sparse-version={version}"]
    subprocess.run(
        ["tar", "-C", tmp_path, "-cSf", tmp_path / "s.tar", *form, "holes", "s"], check=False, capture_output=True
    )
    blob = whole_file(tmp_path / "s.tar")
    entry = walk(blob.read, "s.tar")[0]
    assert (entry.path, entry.size) == ("holes", 8 << 20)
    assert entry.sparse is not None
    rebuilt = bytearray(entry.size)
    at = entry.offset
    for start, length in entry.sparse:
        rebuilt[start : start + length] = blob.read(at, length)
        at += length
    assert bytes(rebuilt) == holes.read_bytes()


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_archives_give_entries_or_one_clear_error(data: st.DataObject) -> None:
    made = [file("a" * 120, b"x" * 700), symlink("l", "t" * 150), file("b", pax_headers={"path": "c"}), directory("d")]
    archive = bytearray(tar(made, data.draw(st.sampled_from(FORMATS[1:]))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(archive) - 1))
        archive[at] = data.draw(st.integers(0, 255))
    raw = bytes(archive[: data.draw(st.integers(0, len(archive)))])
    try:
        entries = entries_of(_with_good_checksums(raw) if data.draw(st.booleans()) else raw)
    except InputError as error:
        assert error.what
        assert error.where
        return
    assert all(".." not in entry.path.split("/") and not entry.path.startswith("/") for entry in entries)


def _with_good_checksums(raw: bytes) -> bytes:
    """Every block that looks like a header gets the checksum that it should have: damage reaches what lies behind."""
    blocks = [raw[at : at + 512] for at in range(0, len(raw), 512)]
    for index, block in enumerate(blocks):
        if block[257:262] == b"ustar" and len(block) == 512:
            total = sum(block[:148]) + 256 + sum(block[156:])
            blocks[index] = block[:148] + b"%06o\0 " % total + block[156:]
    return b"".join(blocks)
