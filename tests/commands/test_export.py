"""Files out of images: where they land, what is printed, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.cli import main
from oci.archives import docker_archive, file, symlink, tar


@pytest.fixture
def image(tmp_path: Path) -> str:
    lower = tar([file("etc/key", b"old"), file("usr/bin/sh", b"#!\n", 0o755), file("dev/null", type=b"3")])
    upper = tar([file("etc/.wh.key"), symlink("bin", "usr/bin"), symlink("out", "../../.."), file("a/x", b"\xff\n")])
    return str(docker_archive(tmp_path / "image.tar", [lower, upper]))


def test_everything_and_what_is_left_out(image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", image, "-o", str(tmp_path / "all")]) == 0
    assert (tmp_path / "all/usr/bin/sh").stat().st_mode & 0o111
    assert (tmp_path / "all/out").readlink() == Path("../../..")
    assert not (tmp_path / "all/etc/key").exists()
    assert "left out: /dev/null (a char)" in capsys.readouterr().err


def test_a_path_through_a_link(image: str, tmp_path: Path) -> None:
    assert main(["export", image, "/bin/sh", "a", "-o", str(tmp_path / "some")]) == 0
    assert sorted(str(path.relative_to(tmp_path / "some")) for path in (tmp_path / "some").rglob("*")) == [
        "a", "a/x", "usr", "usr/bin", "usr/bin/sh",
    ]  # fmt: skip


def test_one_file_is_printed_as_it_is(image: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", image, "a/x", "-o", "-"]) == 0
    assert capfdbinary.readouterr().out == b"\xff\n"


def test_what_a_later_layer_deletes(image: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", image, "etc/key", "-o", "-"]) == 2
    assert main(["export", image, "etc/key", "-o", "-", "--layers", "1"]) == 0
    assert capfdbinary.readouterr().out == b"old"


@pytest.mark.parametrize(
    "words", [["none", "-o", "new"], ["-o", "."], ["-o", "new", "--layers", "3"], ["-o", "new", "--layers", "0"],
              ["a", "etc", "-o", "-"], ["a", "-o", "-"]]
)  # fmt: skip
def test_what_cannot_be_is_one_error(
    words: list[str], image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", image, *words]) == 2
    assert capsys.readouterr().err.count("error:") == 1
    assert not (tmp_path / "new").exists()
