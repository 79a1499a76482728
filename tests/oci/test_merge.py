"""Layers put together: whiteouts, opaque directories, replaced paths, hard links, links followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.oci import Image, Rootfs, open_image
from lightship.oci.merge import Merge
from lightship.oci.model import Entry
from oci.archives import Member, directory, docker_archive, file, hardlink, symlink, tar


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


class Made:
    def __init__(self, directory: Path) -> None:
        self.path = directory / "image.tar"

    def __call__(self, *layers: list[Member]) -> Image:
        return open_image(docker_archive(self.path, [tar(layer) for layer in layers]))


def paths(rootfs: Rootfs) -> list[str]:
    return sorted(path for path, located in rootfs.items() if located.entry.kind != "dir")


def test_a_whiteout_hides_what_lower_layers_have(made: Made) -> None:
    image = made([file("a"), file("d/b"), file("d/c/e")], [file(".wh.a"), file("d/.wh.c")])
    assert paths(image.rootfs()) == ["d/b"]
    assert paths(image.rootfs(upto=1)) == ["a", "d/b", "d/c/e"]
    assert image.rootfs().names("d") == ("b",)


@pytest.mark.parametrize("order", [1, -1])
def test_a_whiteout_never_hides_what_its_own_layer_has(made: Made, order: int) -> None:
    image = made(
        [file("d/a", b"old"), file("d/b")], [file("d/.wh..wh..opq"), file("d/a", b"new"), file("d/.wh.a")][::order]
    )
    assert paths(image.rootfs()) == ["d/a"]
    assert image.rootfs().read("d/a") == b"new"


def test_an_opaque_root(made: Made) -> None:
    assert paths(made([file("a"), file("d/b")], [file(".wh..wh..opq"), file("c")]).rootfs()) == ["c"]


def test_whiteouts_of_nothing_and_of_dots_do_nothing(made: Made) -> None:
    whiteouts = [".wh.none", "no/.wh.thing", "no/.wh..wh..opq", ".wh.", ".wh..", ".wh...", ".wh..wh.plnk"]
    assert paths(made([file("a")], [file(name) for name in whiteouts]).rootfs()) == ["a"]


def test_a_file_replaces_a_directory_and_back(made: Made) -> None:
    image = made([file("x/y/z")], [file("x", b"f")], [file("x/w")])
    assert paths(image.rootfs(2)) == ["x"]
    assert image.rootfs(2).names("x") == ()
    assert paths(image.rootfs()) == ["x/w"]


def test_a_directory_again_keeps_what_is_in_it(made: Made) -> None:
    image = made([directory("d"), file("d/a")], [directory("d", 0o700)])
    assert paths(image.rootfs()) == ["d/a"]
    assert image.rootfs()["d"].entry.mode == 0o700


def test_of_two_entries_with_one_name_the_last_counts(made: Made) -> None:
    assert made([file("a", b"1"), file("a", b"2")]).rootfs().read("a") == b"2"


def test_hard_links_share_the_file(made: Made) -> None:
    image = made([file("a", b"data", 0o755)], [hardlink("b", "a")], [file(".wh.a"), hardlink("c", "b")])
    rootfs = image.rootfs()
    assert paths(rootfs) == ["b", "c"]
    assert rootfs.read("b") == rootfs.read("c") == b"data"
    assert (rootfs["c"].layer, rootfs["c"].body_layer, rootfs["c"].twin) == (2, 0, "b")
    assert rootfs.size() == 4
    assert rootfs.is_executable("c")


def test_hard_links_before_their_file_and_to_nothing(made: Made) -> None:
    rootfs = made([hardlink("b", "a"), file("a", b"x"), hardlink("n", "nothing"), hardlink("s", "s")]).rootfs()
    assert rootfs.read("b") == b"x"
    assert rootfs["n"].entry.kind == "hardlink"
    assert rootfs.read("n") == rootfs.read("s") == b""


def test_links_are_followed_inside_the_root(made: Made) -> None:
    rootfs = made(
        [
            file("usr/lib/x.so.1", b"x", 0o755),
            symlink("lib", "usr/lib"),
            symlink("usr/lib/x.so", "x.so.1"),
            symlink("abs", "/lib/x.so"),
            symlink("up", "../../../../lib/x.so"),
            symlink("loop", "loop2"),
            symlink("loop2", "/loop"),
            symlink("dirloop", "dirloop/a"),
            symlink("dangling", "nowhere"),
            symlink("self", "."),
        ]
    ).rootfs()
    for path in ("lib/x.so", "/lib/x.so.1", "abs", "up", "lib/../lib/x.so", "self/self/abs", "../../abs"):
        assert rootfs.resolve(path) == "usr/lib/x.so.1", path
    for path in ("loop", "loop2/a", "dirloop", "dirloop/b", "dangling", "usr/lib/x.so.1/y", "none/x"):
        assert rootfs.resolve(path) is None, path
    assert rootfs.resolve("/") == ""
    assert rootfs.resolve_parent("lib/new") == "usr/lib/new"
    assert rootfs.is_executable("abs")
    assert not rootfs.is_executable("usr/lib")
    assert rootfs.read("abs") == b""
    assert rootfs.read_text("abs") == "x"


def test_walk_and_glob(made: Made) -> None:
    rootfs = made([file("usr/lib/b.so.1"), file("usr/lib/a/c.so"), file("etc/x"), file("usr/[1].txt")]).rootfs()
    assert [located.entry.path for located in rootfs.walk("usr")] == [
        "usr", "usr/[1].txt", "usr/lib", "usr/lib/a", "usr/lib/a/c.so", "usr/lib/b.so.1",
    ]  # fmt: skip
    assert [located.entry.path for located in rootfs.walk("us")] == []
    assert sorted(found.entry.path for found in rootfs.glob("usr/**/*.so*")) == ["usr/lib/a/c.so", "usr/lib/b.so.1"]
    assert [found.entry.path for found in rootfs.glob("*/x")] == ["etc/x"]
    assert [found.entry.path for found in rootfs.glob("usr/lib/[ab].so.?")] == ["usr/lib/b.so.1"]


def test_parts_of_files(made: Made) -> None:
    image = made([file("a", b"0123456789")])
    rootfs = image.rootfs()
    assert rootfs.read("a", 3) == b"012"
    assert rootfs.read_at("a", 8, 100) == b"89"
    assert rootfs.read_at("a", 20, 5) == b""
    assert image.read(0, image.layers[0].entries[0]) == b"0123456789"


names = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
actions = st.tuples(st.sampled_from(["file", "dir", "whiteout", "opaque", "symlink"]), names)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(actions, max_size=6), max_size=5))
def test_against_a_simple_model(layers: list[list[tuple[str, str]]]) -> None:
    """The tree with its two dictionaries gives what a slow, obvious model gives."""
    merge = Merge("test")
    model: dict[str, tuple[str, int]] = {}
    for number, layer in enumerate(layers):
        merge.apply([_entry(kind, path) for kind, path in layer])
        _apply_simply(model, layer, number)
    rootfs = merge.rootfs(None)  # type: ignore[arg-type]
    assert {path: (found.entry.kind, found.layer) for path, found in rootfs.items() if path} == model
    for path, (kind, _) in model.items():
        children = {below[len(path) + 1 :] for below in model if below.rpartition("/")[0] == path}
        assert set(rootfs.names(path)) == children
        assert not children or kind == "dir"


def _entry(kind: str, path: str) -> Entry:
    parent, _, name = path.rpartition("/")
    if kind in ("whiteout", "opaque"):
        hidden = f".wh.{name}" if kind == "whiteout" else f"{name}/.wh..wh..opq"
        return Entry(f"{parent}/{hidden}".strip("/"), "file", 0, 0, 0, 0, 0)
    return Entry(path, kind, 0o755, 0, 0, 0, 0)  # type: ignore[arg-type]


def _apply_simply(model: dict[str, tuple[str, int]], layer: list[tuple[str, str]], number: int) -> None:
    def remove(path: str, *, itself: bool) -> None:
        for name in [name for name in model if name.startswith(f"{path}/") or (itself and name == path)]:
            del model[name]

    for kind, path in layer:
        if kind in ("whiteout", "opaque"):
            remove(path, itself=kind == "whiteout")
    for kind, path in layer:
        if kind in ("whiteout", "opaque"):
            continue
        parts = path.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if model.get(parent, ("", 0))[0] != "dir":
                model[parent] = ("dir", number)
        if kind != "dir":
            remove(path, itself=False)
        model[path] = (kind, number)
