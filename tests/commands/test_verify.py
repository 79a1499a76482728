"""What ``lightship verify`` prints, and what it ends with, without an engine."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest

from lightship.commands import verify as command
from lightship.commands.settings import load_settings
from lightship.errors import InputError, UsageError
from lightship.verify import Allowed, Difference, LevelResult, Verdict
from lightship.verify.verdict import LEVELS

FONTS = Allowed(Difference(("surroundings", "fonts"), "6 fonts", ""), "nothing looks for them")
LEVEL = tuple(LevelResult(number, "same" if number < 6 else "not checked") for number in range(9))
SAME = Verdict("SAME", 5, LEVEL, (), allowed=(FONTS,), notes=("peak memory",))
CHILDREN = tuple(Difference(("files", f"a/{number}", "missing"), "1 bytes") for number in range(30))
DIFFERENT = Verdict(
    "DIFFERENT", 2, LEVEL, (Difference(("files", "a/", "missing"), "30 files", "", CHILDREN),),
    doubts=(Difference(("programs", "git"), "called"),),
)  # fmt: skip


def test_the_level_always_stands_beside_the_word() -> None:
    assert command.text(SAME, 5, everything=False)[-1] == "SAME up to L5"


def test_too_low_a_level_is_said() -> None:
    assert "L6 is required" in command.text(SAME, 6, everything=False)[-1]


def test_what_is_allowed_is_counted_or_listed() -> None:
    assert any("1 kinds" in line for line in command.text(SAME, 5, everything=False))
    listed = command.text(SAME, 5, everything=True)
    assert "  surroundings > fonts: nothing looks for them" in listed
    assert "  peak memory" in listed


def test_differences_are_named_with_both_values() -> None:
    lines = command.text(DIFFERENT, 5, everything=False)
    assert "  files > a/ > missing: 30 files -> (not there)" in lines
    assert "    and 10 more" in lines
    assert "  programs > git: called -> (not there)" in lines
    assert lines[-1] == "DIFFERENT"


def test_the_document_has_everything() -> None:
    document = command.document("a", "b", DIFFERENT, 5)
    assert (document["schema"], document["word"], document["holds"]) == ("lightship.verify/1", "DIFFERENT", False)
    assert len(document["levels"]) == len(LEVELS)  # type: ignore[arg-type]


@pytest.mark.parametrize(("verdict", "required", "code"), [(SAME, 5, 0), (SAME, 6, 4), (DIFFERENT, 5, 1)])
def test_exit_codes(monkeypatch: pytest.MonkeyPatch, verdict: Verdict, required: int, code: int) -> None:
    monkeypatch.setattr(command, "_verified", lambda arguments: (verdict, required))
    arguments = SimpleNamespace(original="a", candidate="b", json=True, all=False, report=[], record=None)
    assert command.run(arguments) == code  # type: ignore[arg-type]
    assert command.run(SimpleNamespace(**vars(arguments) | {"json": False})) == code  # type: ignore[arg-type]


def test_a_level_that_is_none_is_a_usage_error() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    command.add_arguments(parser)
    with pytest.raises(argparse.ArgumentError):
        parser.parse_args(["a", "b", "--require", "L9"])


def test_recording_refuses_before_any_work(tmp_path: Path) -> None:
    mine = tmp_path / "lightship.toml"
    mine.write_text("[verify]\n")
    for record, what in (
        (mine, "not one that was recorded"),
        (tmp_path, "cannot be written"),
        (tmp_path / "no" / "x.toml", "cannot be written"),
        (None, "nothing to compare it with"),
    ):
        arguments = SimpleNamespace(original="a", candidate=None, json=False, all=False, report=[], record=record)
        with pytest.raises(UsageError, match=what):
            command.run(arguments)  # type: ignore[arg-type]
    assert mine.read_text() == "[verify]\n"


def test_recorded_probes_are_loaded_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "lightship.toml").write_text("[verify]\nprobes = 'more.toml'\n[[probe]]\nhttp = ':1/'\n")
    more = tmp_path / "more.toml"
    with pytest.raises(InputError, match="file of probes is not there"):
        load_settings(tmp_path)
    assert len(load_settings(tmp_path, written_next=more).requests) == 1
    more.write_text("[[probe]]\nhttp = ':2/'\ncontains = ['a', 'b']\n[[probe]]\ncommand = ['x']\n")
    settings = load_settings(tmp_path)
    assert [one.port for one in settings.requests] == [1, 2]
    assert (settings.requests[1].expect_body, len(settings.commands)) == (("a", "b"), 1)
    more.write_text("[verify]\nrequire = 'L1'\n")
    with pytest.raises(UsageError, match="unknown key 'verify' in a file of probes"):
        load_settings(tmp_path)
