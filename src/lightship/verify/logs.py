"""What a program wrote: new errors in its log, and its whole output when it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lightship.evidence.observation import RunFact
from lightship.verify import volatile
from lightship.verify.paths_in_text import place_free

ERROR = re.compile(
    r"traceback \(most recent|segmentation fault|core dumped|panic:|no such file|not found|cannot open|can't open|"
    r"permission denied|read-only file system|operation not permitted|\w*(?:error|exception)\b|"
    r"\b(?:fatal|critical|emerg|failed)\b",
    re.IGNORECASE,
)
"""Lines that say that something went wrong."""

LOG_LINES = 20_000
"""Lines of a log that are looked at."""

_VARYING = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8,}|\d+", re.IGNORECASE)
_COLOR = re.compile(r"\x1b\[[0-9;]*m")


def new_errors(original: Sequence[RunFact], candidate: RunFact, limit: int = 10) -> list[str]:
    """Error lines of the candidate's log that no run of the original has; numbers and ids do not count."""
    known = {_shape(line) for run in original for line in _lines(run)}
    found = [line.strip() for line in _lines(candidate) if ERROR.search(line) and _shape(line) not in known]
    return [line[:300] for line in dict.fromkeys(found)][:limit]


def compare_output(before: Sequence[bytes], after: bytes) -> tuple[tuple[str, str] | None, bool]:
    """((original, candidate) where they differ or None, whether the original's output is too volatile to say)."""
    texts = [place_free(_COLOR.sub("", one.decode("utf-8", "replace"))) for one in before]
    text = place_free(_COLOR.sub("", after.decode("utf-8", "replace")))
    common = volatile.pattern(texts)
    if common.matches(text):
        return None, not common.is_constant and common.share < 0.2
    if any(_bag(text) == _bag(one) for one in texts):
        return None, False  # the same lines in another order: threads
    if common.share < 0.2:
        return None, True
    return volatile.first_difference(texts[0], text), False


def last_line(run: RunFact) -> str:
    """The last line that says something, errors first: where a traceback has its reason."""
    for stream in (run.stderr, run.stdout):
        lines = [line.strip() for line in stream.decode("utf-8", "replace").split("\n") if line.strip()]
        if lines:
            return lines[-1][:200]
    return ""


def _bag(text: str) -> list[str]:
    return sorted(line for line in text.split("\n") if line.strip())


def _lines(run: RunFact) -> Iterable[str]:
    for stream in (run.stderr, run.stdout):
        yield from stream.decode("utf-8", "replace").split("\n", LOG_LINES)[:LOG_LINES]


def _shape(line: str) -> str:
    return _VARYING.sub("0", place_free(_COLOR.sub("", line))).strip()
