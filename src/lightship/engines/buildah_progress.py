"""Buildah's and Podman's build output as steps; they know no other form than text.

STEP 3/9: RUN make                a step starts, the one before it is done
[1/2] STEP 3/9: RUN make          the same, in stage 1 of 2
--> Using cache 7c818d2d...       it was in the cache
--> 7c818d2dfd6                   its layer is written
COMMIT name                       the end
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from lightship.engines.progress import KEPT_LINES, Steps, Tracked
from lightship.engines.protocol import Step
from lightship.engines.step_lines import buildah_step, stages

_STEP = re.compile(r"(?:\[(?P<stage>\d+)/(?P<stages>\d+)\] )?STEP (?P<number>\d+)/(?P<total>\d+): (?P<text>.*)")
_CACHED = re.compile(r"--> Using cache ")
_COMMIT = re.compile(r"(?:\[\d+/\d+\] )?COMMIT\b")
_ERROR = re.compile(r"(?:Error: |error building at STEP|error running subprocess|time=\")")


class BuildahProgress:
    """Reads Buildah's lines."""

    def __init__(self, dockerfile: str, on_step: Callable[[Step], None]) -> None:
        self._stages = stages(dockerfile)
        self._steps = Steps(on_step)
        self._current = ""
        self._tail: deque[str] = deque(maxlen=KEPT_LINES)

    def feed(self, line: str) -> None:
        found = _STEP.match(line)
        if found:
            self._steps.end(self._current, "done")
            self._begin(found)
        elif _CACHED.match(line):
            self._steps.end(self._current, "cached")
        elif _COMMIT.match(line):
            self._steps.end(self._current, "done")
        elif _ERROR.match(line):
            self._tail.append(line)
        elif not line.startswith("--> "):
            tracked = self._steps.get(self._current)
            lines = tracked.lines if tracked and tracked.step.state == "running" else self._tail
            lines.append(line)

    def finish(self, succeeded: bool) -> tuple[Step, ...]:
        self._steps.end(self._current, "done" if succeeded else "failed")
        return self._steps.all()

    @property
    def failed(self) -> Tracked | None:
        return self._steps.first_failed()

    @property
    def tail(self) -> tuple[str, ...]:
        return tuple(self._tail)

    def _begin(self, found: re.Match[str]) -> None:
        stage = int(found["stage"] or len(self._stages) or 1)
        number, text = int(found["number"]), found["text"]
        instruction = buildah_step(self._stages, stage, number, text)
        steps = self._stages[stage - 1] if 1 <= stage <= len(self._stages) else None
        name = (steps.name if steps else "") if len(self._stages) > 1 else ""
        self._current = f"{stage}.{number}"
        line = instruction.line if instruction else 0
        self._steps.begin(
            self._current,
            Step(number, int(found["total"]), text, "running", stage=name, line=line),
            instruction,
        )
