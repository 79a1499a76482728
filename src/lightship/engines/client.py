"""An engine's command line: called with a time limit, recorded, its failures raised as EngineError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lightship.engines import process
from lightship.engines.failure import completed_error
from lightship.engines.protocol import CommandLog, Completed
from lightship.messages import said

SHORT = 60.0
"""Seconds for a question."""
LONG = 1800.0
"""Seconds for moving an image."""
ANSWER_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class Client:
    """A program and the flags that stand before every subcommand."""

    engine: str
    prefix: tuple[str, ...]
    log: CommandLog
    env: Mapping[str, str] = field(default_factory=dict)

    def attempt(self, *arguments: str, timeout: float = SHORT, limit: int = ANSWER_LIMIT) -> Completed:
        """Run a subcommand; its failure is a value."""
        argv = [*self.prefix, *arguments]
        return process.run(argv, timeout=timeout, log=self.log, env=self.env, output_limit=limit)

    def call(self, *arguments: str, doing: str, timeout: float = SHORT) -> str:
        """What a subcommand printed. Raises EngineError."""
        completed = self.attempt(*arguments, timeout=timeout)
        if completed.exit_code != 0:
            raise completed_error(self.engine, doing, completed)
        return completed.stdout.decode("utf-8", "replace").strip()

    def export(self, *arguments: str, image: str, archive: Path) -> Path:
        """``archive``, written by a subcommand; a part of one is removed. Raises EngineError."""
        try:
            self.call(*arguments, doing=said("exporting {image}", image=image), timeout=LONG)
        except BaseException:
            archive.unlink(missing_ok=True)
            raise
        return archive

    def json(self, *arguments: str, doing: str) -> Any:
        """What a subcommand printed, as JSON."""
        return json.loads(self.call(*arguments, doing=doing))
