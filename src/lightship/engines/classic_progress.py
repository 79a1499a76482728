"""The classic Docker builder's output as steps; it counts through the whole file and knows no stages.

Step 3/9 : RUN make               a step starts, the one before it is done
 ---> Using cache                 it was in the cache
 ---> 7c818d2dfd6c                its image
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from lightship.engines.progress import KEPT_LINES, Steps, Tracked
from lightship.engines.protocol import Step
from lightship.engines.step_lines import classic_step, stages

_STEP = re.compile(r"Step (?P<number>\d+)/(?P<total>\d+) : (?P<text>.*)")
_NOISE = re.compile(r" ---> |Removing intermediate container |Successfully |Sending build context ")


class ClassicProgress:
    """Reads the classic builder's lines."""

    def __init__(self, dockerfile: str, on_step: Callable[[Step], None]) -> None:
        self._stages = stages(dockerfile)
        self._steps = Steps(on_step)
        self._current = ""
        self._tail: deque[str] = deque(maxlen=KEPT_LINES)

    def feed(self, line: str) -> None:
        found = _STEP.match(line)
        if found:
            self._steps.end(self._current, "done")
            self._current = found["number"]
            number, text = int(found["number"]), found["text"]
            instruction = classic_step(self._stages, number, int(found["total"]), text)
            at = instruction.line if instruction else 0
            self._steps.begin(self._current, Step(number, int(found["total"]), text, "running", line=at), instruction)
        elif line == " ---> Using cache":
            self._steps.end(self._current, "cached")
        elif line.startswith("The command "):
            self._tail.append(line)
        elif not _NOISE.match(line) and line.strip():
            tracked = self._steps.get(self._current)
            (tracked.lines if tracked else self._tail).append(line)

    def finish(self, succeeded: bool) -> tuple[Step, ...]:
        self._steps.end(self._current, "done" if succeeded else "failed")
        return self._steps.all()

    @property
    def failed(self) -> Tracked | None:
        return self._steps.first_failed()

    @property
    def tail(self) -> tuple[str, ...]:
        failed = self.failed
        return tuple(self._tail) or (tuple(failed.lines)[-1:] if failed else ())
