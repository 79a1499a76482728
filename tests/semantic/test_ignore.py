"""What ``.dockerignore`` leaves out, pattern by pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.errors import InputError
from lightship.semantic import context_files, load
from lightship.semantic.ignore import matches, read


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        (["a"], "a", True),
        (["a"], "a/b/c", True),
        (["a"], "b/a", False),
        (["*"], "a/b", True),
        (["*.py"], "a/b.py", False),
        (["**/*.py"], "a/b.py", True),
        (["**/*.py"], "b.py", True),
        (["**/b"], "b", True),
        (["**b"], "a/xb", True),
        (["**b*"], "a/xb", False),
        (["a/**"], "a", False),
        (["a/**"], "a/b/c", True),
        (["a**/c"], "ab/d/c", True),
        (["a?c"], "a/c", False),
        (["a[b-d]"], "ac", True),
        (["a[^b-d]"], "ac", False),
        (["a\\*"], "a*", True),
        (["a\\*"], "ab", False),
        (["a.c"], "abc", False),
        (["./a//b/../c/"], "a/c", True),
        (["*", "!a"], "a", False),
        (["*", "!a"], "a/b", False),
        (["*", "!a", "a/b"], "a/b/c", True),
        (["!a", "*"], "a", True),
        (["a/*", "!a/b"], "a/b/c", False),
        (["*"], ".", False),
    ],
)
def test_the_last_pattern_that_matches_a_path_or_its_parent_decides(
    patterns: list[str], path: str, expected: bool
) -> None:
    assert matches(path, patterns) is expected


@pytest.mark.parametrize("pattern", ["!", "[", "a[", "[]a]", "[a-]", "[^b", "\\"])
def test_patterns_that_are_none_are_refused(pattern: str) -> None:
    with pytest.raises(InputError):
        matches("a", [pattern])


def test_an_ignore_file_has_comments_blanks_and_leading_slashes() -> None:
    text = "\ufeff# one\n\n /a/b \r\n! /c\n #d\n/\n"
    assert read(text) == ("a/b", "!c", "#d", "/")


def test_the_dockerfiles_own_ignore_file_comes_first(tmp_path: Path) -> None:
    dockerfile = tmp_path / "sub" / "My.Dockerfile"
    dockerfile.parent.mkdir()
    assert load(tmp_path, dockerfile).path is None
    (tmp_path / ".dockerignore").write_text("a\n")
    assert load(tmp_path, dockerfile).excludes("a")
    (dockerfile.parent / "My.Dockerfile.dockerignore").write_text("b\n")
    rules = load(tmp_path, dockerfile)
    assert (rules.excludes("a"), rules.excludes("b")) == (False, True)
    assert load(tmp_path).excludes("a")


def test_a_bad_pattern_names_its_file(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("[\n")
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert caught.value.where == str(tmp_path / ".dockerignore")


def test_the_context_is_walked_without_what_is_ignored(tmp_path: Path) -> None:
    for name in ("a/x.py", "a/y.txt", "node_modules/z", "keep/me", "keep/not"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("12345")
    (tmp_path / "link").symlink_to("/nowhere")
    (tmp_path / ".dockerignore").write_text("node_modules\nkeep\n!keep/me\n**/*.txt\n")
    files = dict(context_files(tmp_path, load(tmp_path)))
    assert files == {".dockerignore": 36, "a/x.py": 5, "keep/me": 5, "link": 8}
