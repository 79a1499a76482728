"""Paths followed through their symlinks."""

from __future__ import annotations

from pathlib import Path

from elf.trees import MemoryTree, directory, link
from lightship.elf import DirectoryTree, Paths, Trail


def test_links_on_the_way_are_kept() -> None:
    paths = Paths(
        MemoryTree(
            {
                "lib": link("usr/lib"),
                "usr/lib/libz.so.1": link("libz.so.1.2"),
                "usr/lib/libz.so.1.2": b"",
                "usr/lib/up": link("../../etc/./x"),
                "etc/x": b"",
                "opt/dots/a": b"",
            }
        )
    )
    assert paths.follow("/lib/libz.so.1") == Trail("usr/lib/libz.so.1.2", ("lib", "usr/lib/libz.so.1"))
    assert paths.follow("usr/lib/up") == Trail("etc/x", ("usr/lib/up",))
    assert paths.real("lib/../lib/libz.so.1") == "usr/lib/libz.so.1.2"
    assert paths.real("lib/nothing") is None
    assert paths.kind("lib") == "dir"
    assert paths.kind("") == "dir"
    assert paths.is_file("lib/libz.so.1")


def test_dots_are_resolved_after_the_link_before_them() -> None:
    paths = Paths(MemoryTree({"a/link": link("../b/c"), "b/c/x": b"", "b/y": b"", "a/y": b""}))
    assert paths.real("a/link/../y") == "b/y"


def test_loops_lead_nowhere() -> None:
    paths = Paths(MemoryTree({"a": link("b"), "b": link("a"), "c": link("c/c")}))
    assert paths.follow("a") is None
    assert paths.follow("c/x") is None


def test_directories_without_an_entry() -> None:
    tree = MemoryTree({"usr/lib/x": b""})
    del tree.nodes["usr/lib"]
    assert Paths(tree).kind("usr/lib") == "dir"


def test_a_directory_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "usr/lib/x").write_bytes(b"12345")
    (tmp_path / "lib").symlink_to("usr/lib")
    tree = DirectoryTree(tmp_path)
    assert tree.get("lib/x") is None
    assert (found := tree.get("usr/lib/x")) and (found.kind, found.size) == ("file", 5)
    assert Paths(tree).follow("lib/x") == Trail("usr/lib/x", ("lib",))
    assert tree.read("usr/lib/x", 3) == b"123"
    assert tree.read_at("usr/lib/x", 3, 10) == b"45"
    assert tree.read("lib", 3) == b""
    assert tree.names("usr") == ("lib",)
    assert tree.names("lib") == ()
    assert [one.path for one in tree.walk("")][1:] == ["lib", "usr", "usr/lib", "usr/lib/x"]
    assert tree.get("usr/lib/../lib") is None


def test_empty_directories_are_directories() -> None:
    assert Paths(MemoryTree({"var/empty": directory()})).kind("var/empty") == "dir"


def test_hostile_paths_lead_nowhere_and_raise_nothing() -> None:
    deep = "/".join(["a"] * 3000)
    paths = Paths(MemoryTree({"x": link(deep), "y": link("../" * 3000 + "z"), "z": b"", "e": link(""), "f": b""}))
    assert paths.follow("x") is None
    assert paths.real("y") == "z"
    assert paths.real("e") is None
    assert paths.real("f/g") is None
    assert paths.real(deep) is None
    assert paths.real("../../z") == "z"
