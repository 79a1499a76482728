"""What all readers of build progress have in common: the steps seen so far and the last lines of each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from lightship.dockerfile import Instruction
from lightship.engines.protocol import Step

KEPT_LINES = 40


@dataclass(slots=True)
class Tracked:
    """One step while it runs: its value, the instruction behind it, its last output lines."""

    step: Step
    instruction: Instruction | None
    began: float
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))


class Progress(Protocol):
    """Reads an engine's build output line by line."""

    def feed(self, line: str) -> None: ...
    def finish(self, succeeded: bool) -> tuple[Step, ...]:
        """All steps, after the build has ended."""
        ...

    @property
    def failed(self) -> Tracked | None:
        """The step at which the build ended, if it failed at one."""
        ...

    @property
    def tail(self) -> tuple[str, ...]:
        """The engine's last words that belong to no step."""
        ...


class Steps:
    """The steps of one build in the order in which they appeared."""

    def __init__(self, on_step: Callable[[Step], None]) -> None:
        self._on_step = on_step
        self._steps: dict[str, Tracked] = {}

    def begin(self, key: str, step: Step, instruction: Instruction | None) -> Tracked:
        """A step that starts now."""
        tracked = Tracked(step, instruction, time.monotonic())
        self._steps[key] = tracked
        self._on_step(step)
        return tracked

    def end(self, key: str, state: str, seconds: float | None = None) -> None:
        """The step is over: cached, done or failed."""
        tracked = self._steps.get(key)
        if tracked is None or tracked.step.state != "running":
            return
        took = time.monotonic() - tracked.began if seconds is None else seconds
        took = 0.0 if state == "cached" else took
        tracked.step = replace(tracked.step, state=state, seconds=took)  # type: ignore[arg-type]  # one of Step's states
        self._on_step(tracked.step)

    def end_all(self, state: str) -> None:
        """Every step that still runs is over: BuildKit does not tell the end of all."""
        for key in self._steps:
            self.end(key, state)

    def get(self, key: str) -> Tracked | None:
        """The step under that key."""
        return self._steps.get(key)

    def all(self) -> tuple[Step, ...]:
        """Every step as it is now."""
        return tuple(tracked.step for tracked in self._steps.values())

    def first_failed(self) -> Tracked | None:
        """The step that failed."""
        return next((tracked for tracked in self._steps.values() if tracked.step.state == "failed"), None)
