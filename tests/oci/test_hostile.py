"""Images made to harm: each is read without writing anything, or refused with one clear error, in bounded memory."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.errors import InputError
from lightship.oci import compressed_size, limits, open_image
from oci.archives import (
    Member,
    config_of,
    descriptor,
    digest,
    directory,
    docker_archive,
    file,
    gzipped,
    hardlink,
    oci_blobs,
    oci_layout,
    plain,
    symlink,
    tar,
    zstd,
)

LAYER = tar([file("a", b"x" * 5000), file("b")])


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        open_image(path).rootfs()
    error = caught.value
    assert error.what
    assert str(path) in error.where or error.where.startswith("x:1")
    assert error.why
    return error


@pytest.mark.parametrize(
    "member",
    [
        file("../evil"),
        file("a/../../evil"),
        file("/../../evil"),
        hardlink("h", "../../etc/passwd"),
        hardlink("h", "/../etc/passwd"),
        file("x", pax_headers={"path": "../" * 30 + "etc/cron.d/evil"}),
        file("x", pax_headers={"GNU.sparse.name": "../evil", "GNU.sparse.map": "", "GNU.sparse.size": "0"}),
    ],
)
def test_members_that_leave_the_root(tmp_path: Path, member: Member) -> None:
    assert "leaves its root" in refusal(docker_archive(tmp_path / "i.tar", [tar([member])])).what
    assert [path.name for path in tmp_path.iterdir()] == ["i.tar"]


def test_device_nodes_looping_links_and_duplicates_are_just_entries(tmp_path: Path) -> None:
    members = [
        file("dev/sda", type=b"4"),
        file("dev/mem", type=b"3"),
        file("pipe", type=b"6"),
        symlink("a", "b"),
        symlink("b", "a"),
        symlink("out", "/../../../etc/shadow"),
        hardlink("self", "self"),
        hardlink("x", "y"),
        hardlink("y", "x"),
        *[file("same", bytes([number])) for number in range(50)],
        directory("same2"),
        file("same2"),
        file("none/.wh.nothing"),
        file(".wh..wh..opq"),
    ]
    rootfs = open_image(docker_archive(tmp_path / "i.tar", [tar(members)])).rootfs()
    assert rootfs.resolve("a") is None
    assert rootfs.resolve("out") is None
    assert rootfs.read("same") == bytes([49])
    assert rootfs.read("x") == b""


def test_sizes_that_lie(tmp_path: Path) -> None:
    for size in ("9" * 18, "7777777777", "99999999999999999999999999"):
        made = tar([file("a", b"x", pax_headers={"size": size}), file("b")])
        assert "truncated" in refusal(docker_archive(tmp_path / "i.tar", [made])).what or "damaged"


def test_a_sparse_file_of_an_exabyte_costs_nothing(tmp_path: Path) -> None:
    headers = {"GNU.sparse.map": "0,3", "GNU.sparse.size": str(1 << 60)}
    image = open_image(docker_archive(tmp_path / "i.tar", [tar([file("huge", b"abc", pax_headers=headers)])]))
    rootfs = image.rootfs()
    assert rootfs.size() == 1 << 60
    assert rootfs.read("huge", 5) == b"abc\0\0"
    assert rootfs.read_at("huge", 1 << 59, 4) == bytes(4)
    with pytest.raises(InputError, match="too large to read whole"):
        image.read(0, image.layers[0].entries[0])


@pytest.mark.parametrize("segments", ["0,5", "2,1,0,1", "0,-1", "a,b", "1", f"{1 << 62},9999999999999999999"])
def test_sparse_maps_that_lie(tmp_path: Path, segments: str) -> None:
    headers = {"GNU.sparse.map": segments, "GNU.sparse.size": "3"}
    refusal(docker_archive(tmp_path / "i.tar", [tar([file("s", b"abc", pax_headers=headers)])]))


def test_digests_that_lie(tmp_path: Path) -> None:
    other = tar([file("a", b"y" * 5000), file("b")])
    path = docker_archive(tmp_path / "i.tar", [other], config=config_of([LAYER]))
    assert "digest does not match" in refusal(path).what
    assert digest(LAYER) in refusal(path).why
    assert open_image(path, trusted=True).rootfs().read("a") == b"y" * 5000
    blobs, manifest = oci_blobs([LAYER])
    for name in blobs:
        broken = blobs | {name: blobs[name][:-1] + bytes([blobs[name][-1] ^ 1])}
        layout = oci_layout(tmp_path / f"l{name[7:15]}", broken, [descriptor(manifest)])
        with pytest.raises(InputError):
            open_image(layout).rootfs()


@pytest.mark.parametrize("pack", [plain, gzipped, zstd])
@pytest.mark.parametrize("trusted", [True, False])
def test_truncated_streams(tmp_path: Path, pack: Callable[[bytes], bytes], trusted: bool) -> None:
    # Random bytes, or the packed layer would be too short to cut in many places.
    layer = tar([file("a", random.Random(1).randbytes(400_000)), file("b", b"x" * 700)])
    whole = pack(layer)
    for kept in (0, 1, 100, 600, len(whole) // 2, len(whole) - 10_300, len(whole) - 9):
        path = docker_archive(tmp_path / "i.tar", [layer], pack=lambda _, kept=kept: whole[:kept])  # type: ignore[misc]
        if trusted and (kept == 0 or (pack is plain and kept == len(whole) - 9)):
            continue  # an empty archive, and one that only lacks its padding, are whole
        refusal_of(path, trusted)
    path = docker_archive(tmp_path / "i.tar", [layer])
    content = path.read_bytes()
    for kept in (0, 1, 512, 1000, len(content) // 2):
        path.write_bytes(content[:kept])
        refusal_of(path, trusted)


def refusal_of(path: Path, trusted: bool) -> None:
    with pytest.raises(InputError):
        open_image(path, trusted=trusted).rootfs()


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh9", b"PK\3\4" * 500, b"\x7fELF" * 999]
)
def test_files_that_are_no_image(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "i.tar").write_bytes(content)
    refusal(tmp_path / "i.tar")
    (tmp_path / "j.tar").write_bytes(tar([file("hello", content)]))
    assert "manifest.json is missing" in refusal(tmp_path / "j.tar").why


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "i.tar")
    with pytest.raises(InputError, match="not a regular file"):
        open_image(tmp_path / "i.tar")


VALUES: list[Any] = [
    None,
    1,
    "x",
    [],
    {},
    [1],
    [None],
    {"a": 1},
    True,
    "sha256:../../../etc/passwd",
    -1,
    1.5,
    "\0",
    ["\ud800"],
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_wrong_types_everywhere(tmp_path: Path, value: Any) -> None:
    """Each field of each document in turn holds something else: an image or one clear error, nothing else."""
    config = config_of([LAYER]) | {"history": [{"created_by": "x", "empty_layer": False}]}
    config["config"] |= {
        "Labels": {"a": "b"},
        "Healthcheck": {"Test": ["NONE"], "Interval": 1},
        "ExposedPorts": {"80/tcp": {}},
    }
    manifest = [{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["l"]}]
    members = {"c.json": config, "manifest.json": manifest}
    for name, document in members.items():
        for spoiled in _spoiled(document, value):
            documents = [file(key, json.dumps(of).encode()) for key, of in (members | {name: spoiled}).items()]
            (tmp_path / "i.tar").write_bytes(tar([*documents, file("l", LAYER)]))
            _read_or_refuse(tmp_path / "i.tar")
    blobs, name = oci_blobs([LAYER])
    index = {"manifests": [descriptor(name, "v1", platform={"os": "linux", "architecture": "amd64"})]}
    layout = oci_layout(tmp_path / "l", blobs, [])
    for spoiled in _spoiled(index, value):
        (layout / "index.json").write_text(json.dumps(spoiled))
        _read_or_refuse(layout)
    for spoiled in _spoiled(json.loads(blobs[name]), value):
        raw = json.dumps(spoiled).encode()
        _read_or_refuse(oci_layout(tmp_path / "l", {digest(raw): raw}, [descriptor(digest(raw))]))


def _spoiled(document: Any, value: Any) -> list[Any]:
    """Copies of a document, one for each place in it, with ``value`` in that place."""
    found = [value]
    for key in document if isinstance(document, dict) else range(len(document)) if isinstance(document, list) else ():
        for inner in _spoiled(document[key], value):
            copy = document.copy()
            copy[key] = inner
            found.append(copy)
    return found


def _read_or_refuse(path: Path) -> None:
    try:
        image = open_image(path)
        image.rootfs()
    except InputError as error:
        assert error.what


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"{", b"\xff\xfe", b'"x"', b"NaN", b"1" * 5000])
def test_documents_that_are_no_json(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "i.tar").write_bytes(tar([file("manifest.json", raw)]))
    refusal(tmp_path / "i.tar")
    layout = oci_layout(tmp_path / "l", {}, [])
    (layout / "index.json").write_bytes(raw)
    refusal(layout)


def test_a_document_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "i.tar"
    info = tarfile.TarInfo("manifest.json")
    info.size = 1 << 30
    with path.open("wb") as out:
        out.write(info.tobuf())
        out.truncate(info.size + 2048)
    assert "too large" in refusal(path).what


def test_thousands_of_layers(tmp_path: Path) -> None:
    layers = [tar([file(f"f{number}"), file(f".wh.f{number - 1}")], tarfile.GNU_FORMAT) for number in range(3000)]
    image = open_image(docker_archive(tmp_path / "i.tar", layers), trusted=True)
    assert [path for path in image.rootfs() if path] == ["f2999"]
    many = config_of([]) | {"rootfs": {"diff_ids": [digest(LAYER)] * 10_001}}
    manifest = [{"Config": "c", "Layers": ["l"] * 10_001}]
    members = [
        file("c", json.dumps(many).encode()),
        file("manifest.json", json.dumps(manifest).encode()),
        file("l", LAYER),
    ]
    (tmp_path / "i.tar").write_bytes(tar(members))
    assert "10,001 layers" in refusal(tmp_path / "i.tar").why


def test_indexes_that_nest_for_ever(tmp_path: Path) -> None:
    blobs: dict[str, bytes] = {}
    last = digest(b"nothing")
    for _ in range(20):
        raw = json.dumps({"manifests": [descriptor(last)]}).encode()
        last = digest(raw)
        blobs[last] = raw
    assert "nest too deeply" in refusal(oci_layout(tmp_path / "l", blobs, [descriptor(last)])).why


def test_long_extended_headers_and_paths(tmp_path: Path) -> None:
    made = tar([file("x", pax_headers={"comment": "c" * (limits.EXTENSION_LIMIT + 1)})])
    assert "extended header" in refusal(docker_archive(tmp_path / "i.tar", [made])).why
    made = tar([file("d/" * 3000 + "x")])
    assert "a path has more than 4096" in refusal(docker_archive(tmp_path / "i.tar", [made])).why


MEMORY = """
import re, sys
from pathlib import Path
from lightship.errors import InputError
from lightship.oci import open_image
try:
    open_image(sys.argv[1], trusted=sys.argv[2] == "trusted").rootfs()
    print("read")
except InputError as error:
    print(error.what)
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def _read_in_a_process(path: Path, trusted: str) -> tuple[str, int]:
    """What came of reading, and the peak memory in MiB."""
    done = subprocess.run([sys.executable, "-c", MEMORY, path, trusted], capture_output=True, text=True, check=True)
    what, peak = done.stdout.split("\n")[:2]
    return what, int(peak)


def _bomb(size: int) -> bytes:
    """A gzip-compressed layer with one file of so many zeros."""
    info = tarfile.TarInfo("zeros")
    info.size = size
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(info.tobuf(tarfile.GNU_FORMAT))]
    block = bytes(1 << 20)
    parts += [packer.compress(block) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(bytes(1024)), packer.flush()])


def test_memory_does_not_grow_with_the_layer(tmp_path: Path) -> None:
    bomb = _bomb(300 << 20)
    path = docker_archive(tmp_path / "i.tar", [LAYER], pack=lambda _: bomb)
    what, peak = _read_in_a_process(path, "trusted")
    assert what == "read"
    assert peak < 80


def test_a_bomb_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lightship.oci.inflate.BOMB_SIZE", 10 << 20)
    bomb = _bomb(50 << 20)
    path = docker_archive(tmp_path / "i.tar", [LAYER], pack=lambda _: bomb)
    assert "bomb" in refusal(path).what
    path.write_bytes(bomb)
    assert "bomb" in refusal(path).what


def test_a_zstd_bomb_stays_small_in_memory(tmp_path: Path) -> None:
    import zstandard

    info = tarfile.TarInfo("zeros")
    info.size = 1 << 30
    buffer = io.BytesIO()
    with zstandard.ZstdCompressor(level=3).stream_writer(buffer, closefd=False) as out:
        out.write(info.tobuf(tarfile.GNU_FORMAT))
        for _ in range(1 << 10):
            out.write(bytes(1 << 20))
    path = docker_archive(tmp_path / "i.tar", [LAYER], pack=lambda _: buffer.getvalue())
    assert _read_in_a_process(path, "trusted")[1] < 80


def test_too_many_names_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lightship.oci.limits.METADATA_LIMIT", 1 << 20)
    monkeypatch.setattr(limits.Budget.__init__, "__defaults__", (1 << 20,))
    deep = [file(f"{number}/" + "d/" * 1000 + "x") for number in range(3)]
    assert "too many files" in refusal(docker_archive(tmp_path / "i.tar", [tar(deep)])).what
    wide = [file(f"{number}") for number in range(5000)]
    assert "too many files" in refusal(docker_archive(tmp_path / "i.tar", [tar(wide)])).what
    named = [file(f"{number}", pax_headers={"SCHILY.xattr.user.a": "v" * 60_000}) for number in range(40)]
    assert "too many files" in refusal(docker_archive(tmp_path / "i.tar", [tar(named)])).what


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_anywhere_gives_an_image_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.tar"
    pack = data.draw(st.sampled_from([plain, gzipped, zstd]))
    content = bytearray(docker_archive(path, [LAYER, tar([symlink("l", "a")])], pack=pack).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        image = open_image(path, trusted=data.draw(st.booleans()))
        image.rootfs().read("a")
        compressed_size(image)
    except InputError as error:
        assert error.what


def test_no_file_stays_open(tmp_path: Path) -> None:
    path = docker_archive(tmp_path / "i.tar", [LAYER], pack=gzipped)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with open_image(path) as image:
            image.rootfs().read("a")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
