"""Tables that fit, numbers that are whole, and nothing that a terminal would obey."""

from __future__ import annotations

import pytest

from lightship.reports.sections import printable, sections_text, table

COLUMNS = (("MB", "right"), ("kind", "left"), ("path", "cut"))
ROWS = [("123456.7", "a kind", "/a/very/long/path/" + "x" * 100), ("0.1", "b", "/short")]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_texts_give_way_and_numbers_stay(width: int) -> None:
    lines = list(table(COLUMNS, ROWS, width=width))
    assert max(map(len, lines)) <= width
    assert lines[0].split() == ["MB", "kind", "path"]
    assert all(line.startswith(("      MB", "123456.7", "     0.1")) for line in lines)
    assert ("…" in lines[1]) == (width < 120)


def test_two_texts_share_what_is_left() -> None:
    rows = [("x", "a " * 40, "b " * 40)]
    lines = list(table((("", "left"), ("one", "fold"), ("two", "fold")), rows, width=60))
    assert max(map(len, lines)) <= 60
    assert sum(line.count("a") for line in lines) == sum(line.count("b") for line in lines) == 40


def test_a_path_keeps_its_name() -> None:
    path = "/usr/lib/x86_64-linux-gnu/" + "directory/" * 20 + "libname.so.1"
    (line,) = list(table((("", "right"), ("", "path")), [("1.0", path)], width=40))
    assert len(line) == 40
    assert line.startswith("1.0  /usr/lib/x8")
    assert line.endswith("directory/libname.so.1")
    assert line.count("…") == 1


def test_a_text_goes_on_in_the_next_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = "nothing is shipped that cannot be seen; equal files were not looked for (--duplicates)"
    lines = sections_text([("", text)]).split("\n")
    assert max(map(len, lines)) <= 40
    assert " ".join(lines) == text


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert printable("a\x1b[31mb\udcffc\n") == "a\ufffd[31mb\ufffdc\ufffd"
    assert "\x1b" not in sections_text([("t\x1b", "b\x1b"), ("", ((("", "cut"),), [("\x1b]0;x",)]))])


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert sections_text([("title", "text")]) == "\x1b[1mtitle\x1b[0m\ntext"
    monkeypatch.setenv("NO_COLOR", "1")
    assert sections_text([("title", "text")]) == "title\ntext"
