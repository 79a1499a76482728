"""The cache: what it may answer for, and that a broken one is none."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from inspection.images import full_archive
from lightship.commands.images import Looking, inspected
from lightship.inspection import Inspection, look_inside
from lightship.inspection.known import IMAGE_LIMIT, KnownImages, KnownLayers
from lightship.inspection.wanted import wanted
from lightship.oci import Image, open_image
from oci.archives import descriptor, file, gzipped, oci_archive, oci_blobs, symlink, tar


@pytest.fixture
def found(tmp_path: Path) -> Inspection:
    with open_image(full_archive(tmp_path / "image.tar")) as image:
        return look_inside(image, "image.tar")


def test_a_second_look_is_answered_and_another_file_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    archive = full_archive(tmp_path / "image.tar")
    first = inspected(str(archive), Looking())
    monkeypatch.setattr("lightship.inspection.look.look_inside", lambda *_, **__: pytest.fail("looked again"))
    assert inspected(str(archive), Looking()) == first
    copied = tmp_path / "copy.tar"
    copied.write_bytes(archive.read_bytes().replace(b"l" * 5000, b"m" * 5000))  # the digests now lie
    with pytest.raises(pytest.fail.Exception, match="looked again"):
        inspected(str(copied), Looking())
    with pytest.raises(pytest.fail.Exception, match="looked again"):
        inspected(str(archive), Looking(known=False))


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100])
def test_a_damaged_file_is_replaced(damage: bytes, tmp_path: Path, found: Inspection) -> None:
    path = tmp_path / "images.sqlite"
    path.write_bytes(damage)
    known = KnownImages(path)
    assert known.find("k") is None
    known.keep("k", found)
    assert known.find("k") == found


def test_a_damaged_row_is_no_answer(tmp_path: Path, found: Inspection) -> None:
    path = tmp_path / "images.sqlite"
    KnownImages(path).keep("k", found)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE images SET document = x'00'")
    base.close()
    assert KnownImages(path).find("k") is None


def test_a_place_that_cannot_be_written_is_none(tmp_path: Path, found: Inspection) -> None:
    (tmp_path / "file").write_text("")
    known = KnownImages(tmp_path / "file" / "images.sqlite")
    known.keep("k", found)
    assert known.find("k") is None


def test_only_so_many_are_kept(tmp_path: Path, found: Inspection) -> None:
    known = KnownImages(tmp_path / "images.sqlite")
    known.keep("first", found)
    for number in range(IMAGE_LIMIT):
        known.keep(str(number), found)
    assert known.find("first") is None
    assert known.find("0") == found


def _keep_many(path: Path, archive: Path) -> None:
    with open_image(archive) as image:
        found = look_inside(image, "x")
    for number in range(20):
        KnownImages(path).keep(f"{number}", found)
        assert KnownImages(path).find(f"{number}") == found


def test_runs_at_the_same_time_do_not_hinder_each_other(tmp_path: Path) -> None:
    path, archive = tmp_path / "images.sqlite", full_archive(tmp_path / "image.tar")
    runs = [multiprocessing.Process(target=_keep_many, args=(path, archive)) for _ in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0, 0]


def _compressed(path: Path, layers: list[bytes], config: object = None) -> Path:
    blobs, manifest = oci_blobs(layers, pack=gzipped, config=config)
    return oci_archive(path, blobs, [descriptor(manifest)])


def _compressed_copy(tmp_path: Path) -> Path:
    with open_image(full_archive(tmp_path / "plain.tar")) as image:
        layers = [b"".join(image.open_layer(index)) for index in range(len(image.layers))]
        return _compressed(tmp_path / "gzip.tar", layers, dict(image.config.raw))


def test_a_compressed_layer_is_inflated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = _compressed_copy(tmp_path)
    with open_image(tmp_path / "plain.tar") as image:
        plain = look_inside(image, "x")
    monkeypatch.setattr("lightship.oci.image.unpacked", lambda blob: pytest.fail("inflated again"))
    with open_image(f"oci-archive:{archive}", trusted=True, wanted=wanted) as image:
        found = look_inside(image, "x")
    assert (found.owners, found.components, found.surface, found.caches, found.waste) == (
        plain.owners, plain.components, plain.surface, plain.caches, plain.waste
    )  # fmt: skip
    assert found.secrets == plain.secrets


def _look(archive: Path, memory: KnownLayers, *, trusted: bool) -> Inspection:
    with open_image(f"oci-archive:{archive}", trusted=trusted, wanted=wanted, memory=memory) as image:
        return look_inside(image, "x")


def test_a_known_layer_is_not_inflated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = KnownLayers(tmp_path / "images.sqlite")
    shared = tar([file("a", b"x" * 100, pax_headers={"SCHILY.xattr.user.y": "1"}), symlink("l\udcff", "a")])
    first = _compressed(tmp_path / "a.tar", [shared, tar([file("b", b"b")])])
    second = _compressed(tmp_path / "b.tar", [shared, tar([file("c", b"c")])])
    fresh = _look(second, KnownLayers(None), trusted=False)
    _look(first, memory, trusted=False)
    read: list[int] = []
    original = Image._read_layer
    monkeypatch.setattr(
        Image, "_read_layer", lambda self, index, budget: read.append(index) or original(self, index, budget)
    )
    assert _look(second, memory, trusted=False) == fresh
    assert read == [1]
    # Where digests are taken as they are, another file is another layer, whatever it says of itself.
    read.clear()
    _look(second, memory, trusted=True)
    assert read == [0, 1]
    _look(second, memory, trusted=True)
    assert read == [0, 1]
