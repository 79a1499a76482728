"""The cache: what it may answer for, and that a broken one is none."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from inspection.images import full_archive
from lightship.commands.images import Looking, inspected
from lightship.inspection import Inspection, look_inside
from lightship.inspection.known import LIMIT, KnownImages
from lightship.oci import open_image


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
    for number in range(LIMIT):
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
