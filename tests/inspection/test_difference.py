"""What is told of two images, and that nothing is told of the same one twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspection.images import full_archive
from lightship.cli import main
from lightship.inspection import look_inside
from lightship.inspection.difference import FileChange, ImageDifference, PackageChange, difference
from lightship.oci import open_image
from oci.archives import config_of, directory, docker_archive, file, hardlink, tar


def _package(name: bytes, version: bytes) -> bytes:
    return b"Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: amd64\n\n" % (name, version)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    base = tar(
        [file("usr/bin/sh", b"s" * 100, 0o755), file("big", b"b" * 1000), file("twin", b"t"), hardlink("t2", "twin")]
    )
    old = tar(
        [
            file("var/lib/dpkg/status", _package(b"a", b"1") + _package(b"b", b"1")),
            file("app/same", b"x" * 50),
            file("app/other", b"y" * 50),
            file("app/mode", b"m", 0o644),
            file("gone/now", b"g" * 500),
            file("usr/bin/gcc", b"c", 0o755),
        ]
    )
    new = tar(
        [
            file("var/lib/dpkg/status", _package(b"a", b"2") + _package(b"c", b"1")),
            file("app/same", b"x" * 50, mtime=5),
            file("app/other", b"z" * 50),
            file("app/mode", b"m", 0o4755),
            directory("come"),
            file("come/in", b"i" * 700),
            file("app/.env", b"PASSWORD=a"),
        ]
    )
    settings = {"User": "app", "Env": ["PATH=/usr/bin"]}
    first = docker_archive(
        folder / "a.tar", [base, old], config=config_of([base, old], config={"Env": ["PATH=/usr/bin"]})
    )
    return first, docker_archive(folder / "b.tar", [base, new], config=config_of([base, new], config=settings))


def _difference(first: Path, second: Path, *, contents: bool = True) -> ImageDifference:
    with open_image(first) as before, open_image(second) as after:
        return difference(before, after, look_inside(before, "a"), look_inside(after, "b"), contents=contents)


def test_nothing_differs_from_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = full_archive(tmp_path / "image.tar")
    found = _difference(path, path)
    assert (found.layers, found.files, found.packages, found.surface) == ((), (), (), ())
    assert (found.growth, found.new, found.shared) == (0, 0, found.size_after)
    assert main(["diff", str(path), str(path)]) == 0
    assert "nothing differs" in capsys.readouterr().out


def test_files_with_what_differs_and_bytes(two: tuple[Path, Path]) -> None:
    found = _difference(*two)
    files = {one.path: one for one in found.files}
    assert files["come/in"] == FileChange("added", "come/in", 0, 700)
    assert files["gone/now"] == FileChange("removed", "gone/now", 500, 0)
    assert files["app/other"] == FileChange("changed", "app/other", 50, 50, ("content",))
    assert files["app/mode"].what == ("mode",)
    assert not {"app/same", "big", "t2", "come"} & set(files)
    assert found.files[0].path == "come/in"
    assert sum(one.growth for one in found.files) == next(one.growth for one in found.directories if not one.path)


def test_contents_are_left_unread_on_request(two: tuple[Path, Path]) -> None:
    found = _difference(*two, contents=False)
    assert found.content_unread == 3
    assert "app/other" not in {one.path for one in found.files}


def test_packages_surface_and_secrets(two: tuple[Path, Path]) -> None:
    found = _difference(*two)
    assert {(one.name, one.before, one.after) for one in found.packages} == {
        ("a", "1", "2"),
        ("b", "1", ""),
        ("c", "", "1"),
    }
    assert PackageChange("os", "c", "", "1", 0) in found.packages
    points = {one.point: (one.added, one.removed) for one in found.surface}
    assert points == {
        "user": (("app",), ("root",)),
        "setuid, setgid": (("app/mode",), ()),
        "compilers": ((), ("gcc",)),
    }
    assert found.secrets.added == ("environment file: app/.env",)


def test_the_document(two: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *map(str, two), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "lightship.diff/1"
    assert document["shared"] + document["new"] == document["size_after"]
