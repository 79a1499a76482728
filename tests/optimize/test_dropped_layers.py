"""What runs again for a candidate gives other bytes: neither a lost cache nor a rewrite may make that a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lightship.engines import choose
from lightship.engines.protocol import BuildRequest, BuiltImage, Engine, Step
from lightship.optimize import Options, Progress, optimize
from lightship.verify.settings import Settings

pytestmark = pytest.mark.engine

DOCKERFILE = """FROM debian:bookworm-slim
RUN head -c 4096 /dev/urandom > /srv/data && mkdir -p /root/.npm && head -c 30000000 /dev/zero > /root/.npm/cache
CMD ["sha256sum", "/srv/data"]
"""


class Forgetful:
    """An engine whose cache is gone when the second build begins."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.builds = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def build(self, request: BuildRequest, progress: Callable[[Step], None]) -> BuiltImage:
        """As the engine's own, but for the second."""
        self.builds += 1
        return self._engine.build(replace(request, no_cache=self.builds <= 2), progress)


def test_what_is_built_anew_is_compared_with_what_was_built_anew(
    engines_present: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    notes: list[str] = []
    engine = choose(engines_present[0])
    forgetful = Forgetful(engine)
    options = Options(context=tmp_path, dockerfile=tmp_path / "Dockerfile", runtime="same")
    result = optimize(forgetful, options, Settings(), Progress(note=notes.append))  # type: ignore[arg-type]
    engine.clean(engine.run_id)
    assert result.outcome == "improved", [(trial.problem, trial.detail) for trial in result.trials]
    assert forgetful.builds == 4
    assert len(notes) == 1


def test_a_rewrite_that_gives_another_image_is_taken_back(engines_present: tuple[str, ...], tmp_path: Path) -> None:
    ordered = "COPY note /srv/\nRUN apt-get install -y coreutils\n"
    text = DOCKERFILE.replace("RUN head", f"{ordered}RUN head")
    (tmp_path / "Dockerfile").write_text(text)
    (tmp_path / "note").write_text("read by nobody")
    engine = choose(engines_present[0])
    options = Options(context=tmp_path, dockerfile=tmp_path / "Dockerfile", runtime="same")
    result = optimize(engine, options, Settings(), Progress())
    engine.clean(engine.run_id)
    assert result.outcome == "improved", [(trial.problem, trial.detail) for trial in result.trials]
    (remark,) = [one for one in result.remarks if one.startswith("left out")]
    assert "dependencies before source (it differs: files > srv/data > content)" in remark
    assert ordered in result.text, "the order is the original's"
