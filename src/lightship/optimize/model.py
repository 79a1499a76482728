"""The values of the main job: what was asked, what was tried, what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lightship.engines.protocol import Step
from lightship.multistage import Candidate, RuntimeKind, Trims
from lightship.optimize.contents import Contents
from lightship.verify import Verdict

Runtime = Literal["auto", "scratch", "distroless", "slim", "same"]
Outcome = Literal["improved", "nothing to gain", "not proven"]

# The smaller the runtime stage, the more has to be seen of it before it is believed (`--require` asks for more).
LEVEL_NEEDED: dict[RuntimeKind, int] = {"scratch": 6, "distroless": 6, "slim": 5, "same": 5}
DEFAULT_THRESHOLD = 5.0
NO_TRIMS = Trims()
# It changes no byte of the image, and the builder is built anyway. The others are done when they are asked for.
DEFAULT_REWRITES = ("source_last",)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of one optimization. ``threshold``: the least saving, in percent.

    ``look_inside`` asks for the contents of the images, which only reports with pictures need. ``rewrites`` are names
    of ``optimize.rewrites``; ``output`` is where the new Dockerfile will lie, beside the original when None.
    """

    context: Path
    dockerfile: Path
    runtime: Runtime = "auto"
    target: str = ""
    build_args: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    network: Literal["auto", "host", "default", "none"] = "auto"
    ca_bundle: Path | None = None
    require: int = 0
    threshold: float = DEFAULT_THRESHOLD
    timeout: float = 0.0
    no_cache: bool = False
    trims: Trims = NO_TRIMS
    look_inside: bool = False
    rewrites: tuple[str, ...] = DEFAULT_REWRITES
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """An image in figures. Sizes are bytes; ``size`` is the sum of the uncompressed layers.

    ``compressed`` is what a registry would store; None where nobody measured it.
    """

    reference: str
    size: int
    compressed: int | None
    layers: int
    files: int
    user: str
    ports: tuple[str, ...]
    base: str
    build_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate and how far it came. ``problem`` says in one sentence why it is not taken, or is ""."""

    candidate: Candidate
    measurement: Measurement | None = None
    verdict: Verdict | None = None
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """An ignore file that the result was built with: ``text`` belongs into ``path``.

    ``before`` is the text of the one that counted, "" when there was none; ``text`` begins with it.
    """

    path: Path
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class Optimization:
    """What came of it. ``text`` is the new Dockerfile, the original's when there is nothing to gain or to believe.

    ``own_seconds`` is lightship's own time, without the engine's builds, runs and exports. ``contents`` is None where
    nothing was built or nobody asked for it. ``remarks`` say which rewrites were taken back, and what could be done
    besides; ``ignore_file`` is None when the one that is there stays.
    """

    outcome: Outcome
    reason: str
    original: Measurement | None
    trials: tuple[Trial, ...]
    chosen: Trial | None
    original_text: str
    text: str
    engine: str
    seconds: float = 0.0
    engine_seconds: float = 0.0
    contents: Contents | None = None
    remarks: tuple[str, ...] = ()
    ignore_file: IgnoreFile | None = None

    @property
    def own_seconds(self) -> float:
        """Seconds that were spent outside the engine."""
        return self.seconds - self.engine_seconds


@dataclass(frozen=True, slots=True)
class Progress:
    """Who is told how the work goes: ``phase`` once for each piece of work, ``step`` for every build step."""

    phase: Callable[[str], None] = lambda text: None
    step: Callable[[Step], None] = lambda step: None
    note: Callable[[str], None] = lambda text: None
