"""Trees that hold every wanted path and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from lightship.multistage.cover import MOST_REMOVALS, cover
from lightship.oci import Entry


@dataclass(frozen=True)
class Located:
    entry: Entry
    layer: int = 0


class Files(dict[str, Located]):
    def children(self, directory: str) -> tuple[str, ...]:
        return tuple(path.rpartition("/")[2] for path in self if path and path.rpartition("/")[0] == directory)


def tree(*paths: str) -> Files:
    """A file system of empty files (and of directories, for paths that end in a slash), with all parents."""
    found: dict[str, Located] = {}
    for path in paths:
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            found.setdefault(parent, Located(Entry(parent, "dir", 0o755, 0, 0, 0, 0)))
        kind = "dir" if path.endswith("/") else "file"
        name = path.strip("/")
        found[name] = Located(Entry(name, kind, 0o755, 0, 0, 1 if kind == "file" else 0, 0))
    return Files(sorted(found.items()))


def paths_of(found: tuple) -> list[str]:
    return [one.path for one in found]


def test_a_directory_that_is_wanted_whole_is_one_tree() -> None:
    files = tree("app/a", "app/b/c", "etc/passwd")
    assert paths_of(cover(files, {"app/a", "app/b/c"})) == ["app"]


def test_what_is_not_wanted_stays_out() -> None:
    files = tree("usr/bin/uvicorn", "usr/bin/python", "usr/bin/perl", "usr/bin/sed")
    assert paths_of(cover(files, {"usr/bin/uvicorn"})) == ["usr/bin/uvicorn"]


def test_a_few_strangers_in_a_big_directory_are_removed_first() -> None:
    mine = [f"site/package{number}/__init__.py" for number in range(10)]
    files = tree(*mine, "site/pip/__init__.py", "site/pip/main.py")
    (found,) = cover(files, set(mine))
    assert (found.path, found.extras) == ("site", ("site/pip",))
    assert found.size == 10


def test_too_many_strangers_divide_the_directory() -> None:
    mine = [f"site/package{number}/__init__.py" for number in range(10)]
    others = [f"site/other{number}/__init__.py" for number in range(MOST_REMOVALS + 1)]
    assert paths_of(cover(tree(*mine, *others), set(mine))) == sorted(f"site/package{n}" for n in range(10))


def test_an_empty_directory_is_a_tree_of_its_own() -> None:
    assert paths_of(cover(tree("data/", "etc/passwd"), {"data"})) == ["data"]


def test_optional_paths_neither_come_nor_hinder() -> None:
    files = tree("lib/a.py", "lib/__pycache__/b.pyc", "etc/x")
    found = cover(files, {"lib/a.py"}, optional=lambda path: path.endswith(".pyc"))
    assert paths_of(found) == ["lib"]


def test_directories_of_the_hierarchy_are_divided() -> None:
    files = tree("opt/a/x", "opt/b/y")
    assert paths_of(cover(files, {"opt/a/x", "opt/b/y"}, divided=lambda path: path == "opt")) == ["opt/a", "opt/b"]


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map("/".join), min_size=1, max_size=40),
    st.randoms(),
)
def test_every_wanted_file_is_covered_and_no_other(names: list[str], random: object) -> None:
    names = [name for name in set(names) if not any(other.startswith(name + "/") for other in names)]
    files = tree(*names)
    wanted = {name for name in names if random.random() < 0.5}  # type: ignore[attr-defined]
    found = cover(files, wanted)
    covered = {
        name
        for name in names
        for one in found
        if (name == one.path or name.startswith(one.path + "/"))
        and not any(name == extra or name.startswith(extra + "/") for extra in one.extras)
    }
    assert covered == wanted
