"""The main job on the lesson's sample, on every engine: proven, small, readable, and nothing of the user's touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lightship.dockerfile import parse
from lightship.engines.protocol import Engine
from lightship.optimize import CompareOptions, Options, Progress, measure_all, optimize
from lightship.verify.settings import Settings

SAMPLE = Path(__file__).parents[2] / "docker" / "fastapi-app"
pytestmark = pytest.mark.engine


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample, copied elsewhere and renamed: nothing may hang on where it lies or what it is called."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "other-name"))


def test_it_is_proven_and_not_larger_than_the_hand_written_one(engine: Engine, sample: Path) -> None:
    before = {path: path.read_bytes() for path in sample.iterdir()}
    options = Options(context=sample, dockerfile=sample / "Dockerfile.single")
    result = optimize(engine, options, Settings(), Progress())
    assert result.outcome == "improved", [(trial.candidate.kind, trial.problem) for trial in result.trials]
    assert result.chosen and result.chosen.verdict and result.chosen.measurement
    assert result.chosen.verdict.word == "SAME"
    assert result.chosen.verdict.level >= 6
    (by_hand,) = measure_all(lambda: engine, CompareOptions(targets=(str(sample / "Dockerfile.multi"),)), Progress())
    assert result.chosen.measurement.size <= by_hand.size
    assert {path: path.read_bytes() for path in sample.iterdir()} == before, "nothing of the user's is touched"
    parsed = parse(result.text)
    assert not parsed.errors
    copies = [item for item in parsed.instructions if item.keyword == "copy" and item.flag("from")]
    assert 1 <= len(copies) <= 15


def test_what_is_multi_stage_already_has_nothing_to_gain(engine: Engine, sample: Path) -> None:
    options = Options(context=sample, dockerfile=sample / "Dockerfile.multi")
    assert optimize(engine, options, Settings(), Progress()).outcome == "nothing to gain"


def test_the_command_writes_once_and_leaves_an_existing_file_alone(
    engines_present: tuple[str, ...], sample: Path
) -> None:
    command = [sys.executable, "-m", "lightship", "optimize", str(sample), "-f", "Dockerfile.single"]
    command += ["--runtime", "same", "--engine", engines_present[0], "--json"]
    first = subprocess.run(command, capture_output=True, check=False)
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    output = sample / "Dockerfile.single.lightship"
    assert document["output"] == "written"
    assert output.read_text() == document["dockerfile"]
    second = subprocess.run(command, capture_output=True, check=False)
    assert json.loads(second.stdout)["output"] == "unchanged"
    output.write_text("FROM mine\n")
    third = subprocess.run(command, capture_output=True, check=False)
    assert third.returncode == 2
    assert b"already there" in third.stderr
    assert output.read_text() == "FROM mine\n"
