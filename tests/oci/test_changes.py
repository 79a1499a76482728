"""What layers did, and the history lines that tell of them."""

from __future__ import annotations

from pathlib import Path

from lightship.oci import History, ImageConfig, all_changes, changes, content_differs, match_history, open_image
from oci.archives import directory, docker_archive, file, hardlink, symlink, tar


def test_added_changed_removed(tmp_path: Path) -> None:
    first = [directory("etc", mtime=1), file("etc/a", b"1"), file("etc/b", b"2"), file("etc/c", b"3"), file("old/x")]
    second = [
        directory("etc", mtime=1),
        file("etc/a", b"9"),
        file("etc/b", b"2", 0o600),
        file("etc/c", b"longer"),
        file("etc/new"),
        file(".wh.old"),
    ]
    image = open_image(docker_archive(tmp_path / "i.tar", [tar(first), tar(second)]))
    made = changes(image, 1)
    assert made.added == ("etc/new",)
    assert made.changed == ("etc/a", "etc/b", "etc/c")
    assert set(made.removed) == {"old", "old/x"}
    by_path = {change.path: change for change in made.all}
    assert by_path["etc/b"].metadata == ("mode",)
    assert by_path["etc/c"].content is True
    assert by_path["etc/a"].content is None
    assert content_differs(image, by_path["etc/a"])
    assert not content_differs(image, by_path["etc/b"])
    assert set(changes(image, 0).added) == {"etc", "etc/a", "etc/b", "etc/c", "old", "old/x"}


def test_a_directory_whose_metadata_changed(tmp_path: Path) -> None:
    layers = [tar([directory("d", mtime=1)]), tar([directory("d", 0o700, mtime=2)])]
    (change,) = changes(open_image(docker_archive(tmp_path / "i.tar", layers)), 1).all
    assert change.metadata == ("mode", "mtime")
    assert change.content is False


def test_a_file_replaced_by_a_link_and_a_directory(tmp_path: Path) -> None:
    layers = [tar([file("a"), file("d/x"), file("h", b"h")]), tar([symlink("a", "b"), file("d"), hardlink("k", "h")])]
    _, second = all_changes(open_image(docker_archive(tmp_path / "i.tar", layers)))
    assert (second.added, second.changed, second.removed) == (("k",), ("a", "d"), ("d/x",))


def test_history_beside_layers() -> None:
    lines = (History("FROM", False), History("ENV a=b", True), History("RUN x", False))
    config = ImageConfig(diff_ids=("sha256:1", "sha256:2"), history=lines)
    assert [layer for _, layer in match_history(config)] == [0, None, 1]
    base = ImageConfig(diff_ids=("sha256:1",), history=lines[:1])
    assert match_history(config, base) == ((lines[1], None), (lines[2], 1))


def test_a_history_that_does_not_fit_gives_no_layers() -> None:
    config = ImageConfig(diff_ids=("sha256:1",), history=(History("a", False), History("b", False)))
    assert [layer for _, layer in match_history(config)] == [None, None]
