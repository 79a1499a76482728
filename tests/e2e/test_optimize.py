"""What ``optimize`` makes of a case passes the very same checks as the original, or was not called SAME."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightship.dockerfile import parse
from lightship.engines import open_engine
from lightship.optimize import Options, Progress, optimize
from lightship.verify.settings import Settings

from .check_case import check
from .corpus import Case, cases
from .test_originals import build_request, lacking

NAMES = [case.name for case in cases()]


@pytest.mark.engine
def test_the_result_passes_the_checks_of_the_original(
    case: Case, engines_present: tuple[str, ...], tmp_path: Path
) -> None:
    # One engine a case, a different one for the next: all of them see some, and the time stays bearable.
    engine = open_engine(engines_present[NAMES.index(case.name) % len(engines_present)])
    missing = lacking(engine, case)
    if missing:
        pytest.skip(f"{engine.name} has no {missing}")
    try:
        options = Options(
            context=case.context_path,
            dockerfile=case.dockerfile_path,
            build_args=case.build_args,
            secrets=case.secret_flags,
        )
        result = optimize(engine, options, Settings(), Progress())
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
        again = optimize(engine, replace(options, dockerfile=written), Settings(), Progress())
        assert again.outcome == "nothing to gain", "a second run changes nothing"
        built = engine.build(replace(build_request(case), dockerfile=result.text), lambda step: None)
        assert check(engine, built.image, case) == ()
    finally:
        engine.clean(engine.run_id)  # type: ignore[attr-defined]
