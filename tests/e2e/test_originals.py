"""Every case's original, built as it is, passes its own checks: what is compared with must work first."""

from __future__ import annotations

import pytest

from lightship.engines.protocol import BuildRequest, Engine

from .check_case import check
from .corpus import Case


def test_original_passes_its_own_checks(case: Case, case_engine: Engine) -> None:
    engine = case_engine
    missing = lacking(engine, case)
    if missing:
        pytest.skip(f"{engine.name} has no {missing}")
    built = engine.build(build_request(case), lambda step: None)
    try:
        assert check(engine, built.image, case) == ()
    finally:
        engine.remove_image(built.image)


def build_request(case: Case) -> BuildRequest:
    """The case's Dockerfile, as it is, with its context, arguments and secrets."""
    with case.dockerfile_path.open(newline="") as handle:
        text = handle.read()
    return BuildRequest(
        dockerfile=text,
        context=case.context_path,
        dockerfile_path=case.dockerfile_path,
        build_args=case.build_args,
        secrets=case.secret_flags,
    )


def lacking(engine: Engine, case: Case) -> str:
    """What the case needs and the engine cannot do, "" when it can do it all."""
    can = engine.info().capabilities
    if can is None:
        return "capabilities"
    able = {"heredocs": can.heredocs, "cache_mounts": can.cache_mounts, "secrets": True}
    return ", ".join(need for need in case.needs if not able[need])
