"""What ``optimize`` makes of a case passes the very same checks as the original, or was not called SAME."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightship.dockerfile import parse
from lightship.engines.protocol import Engine
from lightship.optimize import Options, Progress, optimize
from lightship.optimize.model import Runtime
from lightship.verify.settings import Settings

from .check_case import check
from .corpus import Case
from .test_originals import build_request, lacking


def test_the_result_passes_the_checks_of_the_original(case: Case, case_engine: Engine, tmp_path: Path) -> None:
    missing = lacking(case_engine, case)
    if missing:
        pytest.skip(f"{case_engine.name} has no {missing}")
    options = Options(
        context=case.context_path,
        dockerfile=case.dockerfile_path,
        build_args=case.build_args,
        secrets=case.secret_flags,
    )
    result = optimize(case_engine, options, Settings(), Progress())
    reasons = [(trial.candidate.kind, trial.problem) for trial in result.trials]
    assert result.outcome == "improved" or not case.gain, reasons
    if result.outcome != "improved":
        return
    assert not parse(result.text).errors
    original = case.dockerfile_path.read_bytes().decode()
    lost = [line for line in original.split("\n") if line not in result.text and not line.startswith("FROM")]
    assert lost == [], "the original's lines stay as they are"
    written = tmp_path / "Dockerfile"
    written.write_text(result.text)
    again = optimize(case_engine, replace(options, dockerfile=written), Settings(), Progress())
    assert again.outcome == "nothing to gain", "a second run changes nothing"
    built = case_engine.build(replace(build_request(case), dockerfile=result.text), lambda step: None)
    assert check(case_engine, built.image, case) == ()


@pytest.mark.all_cases
def test_every_runtime_stage_that_must_be_possible_is(case: Case, case_engine: Engine) -> None:
    """Each on its own, whatever is smaller: `auto` shows only the one that it takes."""
    missing = lacking(case_engine, case)
    if missing:
        pytest.skip(f"{case_engine.name} has no {missing}")
    kinds: tuple[Runtime, ...] = ("scratch", "distroless", "slim", "same")
    for kind in kinds if case.gain else ():
        if kind not in case.runtimes:
            continue
        options = Options(
            context=case.context_path,
            dockerfile=case.dockerfile_path,
            build_args=case.build_args,
            secrets=case.secret_flags,
            runtime=kind,
            threshold=0,
        )
        result = optimize(case_engine, options, Settings(), Progress())
        assert result.outcome == "improved", (kind, [(trial.problem, trial.detail) for trial in result.trials])
        built = case_engine.build(replace(build_request(case), dockerfile=result.text), lambda step: None)
        assert check(case_engine, built.image, case) == (), kind
