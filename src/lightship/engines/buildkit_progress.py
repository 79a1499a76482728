"""BuildKit's ``--progress plain`` output as steps.

#7 [builder 2/5] RUN pip install flask     a step starts (stage name left out when there is one stage)
#7 1.204 Collecting flask                  its output, with seconds
#7 CACHED | #7 DONE 3.1s | #7 ERROR: ...   its end
------                                     after a failure: the step's last lines again, and the error
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from lightship.engines.progress import KEPT_LINES, Steps, Tracked
from lightship.engines.protocol import Step
from lightship.engines.step_lines import buildkit_step, from_of, stages

_LINE = re.compile(r"#(\d+) (.*)")
_STEP = re.compile(r"\[(?:(?P<stage>\S+) +)?(?P<number>\d+)/(?P<total>\d+)\] (?P<text>.*)", re.DOTALL)
_TIMED = re.compile(r"\d+\.\d+ (.*)|\d+\.\d+$")
_METADATA = re.compile(r"\[internal\] load metadata for (?P<image>\S+)")
_DONE = re.compile(r"DONE (\d+(?:\.\d+)?)s")
_NOISE = re.compile(r"sha256:[0-9a-f]{64}|resolve |transferring |extracting |\.\.\.$")


class BuildKitProgress:
    """Reads plain progress."""

    def __init__(self, dockerfile: str, on_step: Callable[[Step], None]) -> None:
        self._stages = stages(dockerfile)
        self._steps = Steps(on_step)
        self._lookups: dict[str, str] = {}
        self._tail: deque[str] = deque(maxlen=KEPT_LINES)

    def feed(self, line: str) -> None:
        found = _LINE.match(line)
        if not found:
            if line.strip():
                self._tail.append(line)
            return
        key, rest = found.groups()
        tracked = self._steps.get(key)
        if tracked is None:
            self._begin(key, rest)
        elif rest == "CACHED":
            self._steps.end(key, "cached", 0.0)
        elif done := _DONE.match(rest):
            self._steps.end(key, "done", float(done.group(1)))
        elif rest.startswith(("ERROR", "CANCELED")):
            self._steps.end(key, "failed" if rest.startswith("ERROR") else "done")
        elif timed := _TIMED.match(rest):
            tracked.lines.append(timed.group(1) or "")
        elif not _NOISE.match(rest):
            tracked.lines.append(rest)

    def finish(self, succeeded: bool) -> tuple[Step, ...]:
        if succeeded:
            self._steps.end_all("done")
        return self._steps.all()

    @property
    def failed(self) -> Tracked | None:
        return self._steps.first_failed()

    @property
    def tail(self) -> tuple[str, ...]:
        return tuple(self._tail)

    def _note(self, key: str, rest: str) -> None:
        """Lines of vertexes that are no step. Looking up a base image becomes its FROM's step if that fails."""
        looked_up = _METADATA.match(rest)
        if looked_up:
            self._lookups[key] = looked_up["image"]
        if not rest.startswith("ERROR"):
            return
        self._tail.append(rest)
        base = from_of(self._stages, self._lookups.get(key, ""))
        if base:
            step = Step(1, 1, f"FROM {base.arguments}", "running", line=base.line)
            self._steps.begin(key, step, base)
            self._steps.end(key, "failed")

    def _begin(self, key: str, rest: str) -> None:
        found = _STEP.match(rest)
        if not found:
            self._note(key, rest)
            return
        stage, number, text = found["stage"] or "", int(found["number"]), found["text"]
        instruction = buildkit_step(self._stages, stage, number, text)
        line = instruction.line if instruction else 0
        step = Step(number, int(found["total"]), text, "running", stage=stage, line=line)
        self._steps.begin(key, step, instruction)
