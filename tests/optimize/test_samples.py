"""The main job on the lesson's samples: proven, small, readable, and nothing of the user's touched.

FastAPI's on every engine; the others on one, since what an engine does is seen with the first.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lightship.dockerfile import parse
from lightship.engines import open_engine
from lightship.engines.protocol import Engine
from lightship.optimize import CompareOptions, Options, Progress, measure_all, optimize
from lightship.verify.settings import Settings

SAMPLES = Path(__file__).parents[2] / "docker"
SAMPLE = SAMPLES / "fastapi-app"
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


@pytest.mark.parametrize(("name", "most"), [("go-app", 0.02), ("node-app", 0.25)])
def test_the_other_samples_are_proven_and_as_small_as_by_hand(
    engines_present: tuple[str, ...], tmp_path: Path, name: str, most: float
) -> None:
    """``most``: what the result may weigh, as a share of the one stage. By hand, no source lies beside Go's program."""
    engine = open_engine(engines_present[0])
    folder = Path(shutil.copytree(SAMPLES / name, tmp_path / "other-name"))
    options = Options(context=folder, dockerfile=folder / "Dockerfile.single", runtime="scratch")
    try:
        result = optimize(engine, options, Settings(), Progress())
        targets = CompareOptions(targets=(str(folder / "Dockerfile.multi"),))
        (by_hand,) = measure_all(lambda: engine, targets, Progress())
    finally:
        engine.clean(engine.run_id)
    assert result.outcome == "improved", [(trial.candidate.kind, trial.problem) for trial in result.trials]
    assert result.original and result.chosen and result.chosen.verdict and result.chosen.measurement
    assert result.chosen.verdict.holds(6)
    assert result.chosen.measurement.size <= most * result.original.size
    assert by_hand.size <= most * result.original.size


def test_what_is_multi_stage_already_has_nothing_to_gain(engine: Engine, sample: Path) -> None:
    options = Options(context=sample, dockerfile=sample / "Dockerfile.multi")
    assert optimize(engine, options, Settings(), Progress()).outcome == "nothing to gain"


def test_the_command_writes_once_and_leaves_an_existing_file_alone(
    engines_present: tuple[str, ...], sample: Path
) -> None:
    command = [sys.executable, "-m", "lightship", "optimize", str(sample), "-f", "Dockerfile.single"]
    command += ["--runtime", "same", "--engine", engines_present[0], "--json"]
    first = subprocess.run([*command, "--rebuild=E1"], capture_output=True, check=False)
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    output = sample / "Dockerfile.single.lightship"
    assert document["output"] == "written"
    assert output.read_text() == document["dockerfile"]
    costs = [(cost["dockerfile"], cost["code"], cost["problem"]) for cost in document["rebuild"]]
    assert costs == [("Dockerfile.single", "E1", ""), (output.name, "E1", "")]
    assert document["rebuild"][1]["new_bytes"] <= document["rebuild"][0]["new_bytes"]
    second = subprocess.run(command, capture_output=True, check=False)
    assert json.loads(second.stdout)["output"] == "unchanged"
    output.write_text("FROM mine\n")
    third = subprocess.run(command, capture_output=True, check=False)
    assert third.returncode == 2
    assert b"already there" in third.stderr
    assert output.read_text() == "FROM mine\n"
