"""Extraction: everything arrives, nothing lands outside the target."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lightship.errors import InputError
from lightship.oci import extract, open_image
from oci.archives import directory, docker_archive, file, hardlink, symlink, tar


def test_files_links_and_modes(tmp_path: Path) -> None:
    members = [
        directory("d", 0o500),
        file("d/x", b"x" * 600_000, 0o4755),
        symlink("l", "/etc/passwd"),
        hardlink("h", "d/x"),
        file("dev/null", type=b"3"),
    ]
    rootfs = open_image(docker_archive(tmp_path / "i.tar", [tar(members)])).rootfs()
    left = extract(rootfs, [""], tmp_path / "out")
    assert left == ("dev/null",)
    assert (tmp_path / "out/d/x").read_bytes() == b"x" * 600_000
    assert (tmp_path / "out/d/x").stat().st_mode & 0o7777 == 0o755 & ~_umask()
    assert (tmp_path / "out/l").readlink() == Path("/etc/passwd")
    assert (tmp_path / "out/h").read_bytes() == b"x" * 600_000
    extract(rootfs, ["d/x", "l"], tmp_path / "out")


def test_links_that_are_in_the_way_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text("safe")
    target = tmp_path / "out"
    target.mkdir()
    (target / "d").symlink_to(outside)
    (target / "f").symlink_to(outside / "f")
    rootfs = open_image(docker_archive(tmp_path / "i.tar", [tar([file("d/f", b"evil"), file("f", b"evil")])])).rootfs()
    with pytest.raises(InputError, match="in the way"):
        extract(rootfs, ["d"], target)
    extract(rootfs, ["f"], target)
    assert (target / "f").read_bytes() == b"evil"
    assert (outside / "f").read_text() == "safe"
    assert [path.name for path in outside.iterdir()] == ["f"]


def test_an_image_whose_links_lead_outside(tmp_path: Path) -> None:
    """A link and then a file behind it: the directory replaces the link, in the image and in the target."""
    layers = [tar([symlink("d", "/tmp"), symlink("e", "../../..")]), tar([file("d/evil", b"x"), file("e/evil", b"x")])]
    rootfs = open_image(docker_archive(tmp_path / "i.tar", layers)).rootfs()
    extract(rootfs, [""], tmp_path / "a/b/out")
    assert (tmp_path / "a/b/out/d/evil").read_bytes() == b"x"
    assert not (tmp_path / "evil").exists()
    assert not Path("/tmp/evil").exists()


def test_what_is_not_there(tmp_path: Path) -> None:
    rootfs = open_image(docker_archive(tmp_path / "i.tar", [tar([])])).rootfs()
    with pytest.raises(InputError, match="no such path"):
        extract(rootfs, ["x"], tmp_path / "out")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
