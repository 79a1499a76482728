"""The report of an optimization: what is said, and that it is plain when it is piped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lightship.multistage import Candidate, Hunk
from lightship.optimize import Measurement, Optimization, Trial
from lightship.reports import json_report, optimization_text, printed
from lightship.verify import LevelResult, Verdict

ORIGINAL = Measurement("Dockerfile", 400_000_000, 150_000_000, 9, 9000, "root", ("80/tcp",), "python:3.11", 12.0)
SMALLER = replace(ORIGINAL, reference="scratch", size=100_000_000, compressed=None, layers=2)
SAME = Verdict("SAME", 6, (LevelResult(6, "same", "2 of 2 requests, no [[probe]]"),), ())
CANDIDATE = Candidate(
    "scratch", "scratch (only what running needs)", "FROM x AS builder\n", (Hunk(1, "why", -5_000_000),)
)
TAKEN = Trial(CANDIDATE, SMALLER, SAME)
REFUSED = Trial(Candidate("slim", "a smaller base", refused="no [slim] variant"), problem="no [slim] variant")
IMPROVED = Optimization(
    "improved", "75 % smaller", ORIGINAL, (TAKEN, REFUSED), TAKEN, "FROM x\n", CANDIDATE.text, "podman", 10.0, 9.0
)


def text_of(result: Optimization, written: str) -> str:
    return optimization_text(result, Path("Dockerfile"), Path("Dockerfile.lightship"), written)


def test_everything_that_was_decided_is_said_with_its_reason() -> None:
    text = text_of(IMPROVED, "written")
    for part in (
        "-FROM x\n+FROM x AS builder",
        "line 1: why  (-5.0 MB)",
        "no [slim] variant",
        "2 of 2 requests, no [[probe]]",
        "-75.0 %",
        "SAME up to L6: 400.0 MB -> 100.0 MB",
        "Dockerfile.lightship was written.",
        "1.0 s of it outside of podman",
    ):
        assert part in text, part


def test_a_pipe_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in text_of(IMPROVED, "")
    assert "dry run" in text_of(IMPROVED, "")


def test_unknown_is_never_called_same() -> None:
    result = replace(IMPROVED, outcome="not proven", reason="no candidate could be shown to do the same", chosen=None)
    ending = text_of(result, "").split("\n")[-1]
    assert ending == "UNKNOWN: no candidate could be shown to do the same. Nothing was written."


def test_nothing_to_gain_is_a_success() -> None:
    result = Optimization("nothing to gain", "it is multi-stage already", None, (), None, "a", "a", "podman")
    assert text_of(result, "") == "Nothing to gain: it is multi-stage already."


def test_the_table_holds_all_against_the_first() -> None:
    lines = printed([ORIGINAL, SMALLER]).split("\n")
    assert lines[1].rstrip().endswith("-           -")
    assert "-300.0" in lines[2] and "-75.0 %" in lines[2]


def test_a_narrow_terminal_gets_one_column_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = printed([ORIGINAL, SMALLER]).split("\n")
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].split() == ["image", "Dockerfile", "scratch"]
    assert ["MB", "400.0", "100.0"] in [line.split() for line in lines]


def test_json_has_its_schema_and_the_same_facts() -> None:
    document = json.loads(json_report.optimization(IMPROVED, "written"))
    assert document["schema"] == "lightship.optimize/1"
    assert document["chosen"] == 0
    assert document["candidates"][0]["verdict"]["level"] == 6
    assert document["candidates"][1]["problem"] == "no [slim] variant"
    assert json.loads(json_report.measurements([ORIGINAL]))["images"][0]["size"] == 400_000_000
