"""Optimizations made by hand: one that found something, with texts that try to break out of every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lightship.inspection.model import Surface
from lightship.multistage import Candidate, Hunk
from lightship.optimize import Contents, IgnoreFile, Measurement, Optimization, PackageRow, Part, Tree, Trial
from lightship.rebuild import RebuildCost
from lightship.reports.optimizations import Outcome
from lightship.verify import Allowed, Difference, LevelResult, Verdict

HOSTILE = (
    '</script><script>document.title="taken over"</script><img src="http://192.0.2.1/x.png" '
    "onerror=\"document.title='taken over'\">| `` ``` </details> @everyone [x](http://192.0.2.1) \x1b[31m \udcff"
)
ORIGINAL_TEXT = f"FROM python:3.11\n# {HOSTILE}\nRUN make all\nCOPY . .\n"
RESULT_TEXT = (
    f"FROM python:3.11 AS builder\n# {HOSTILE}\nRUN make all\n\nFROM scratch\nCOPY --from=builder / /\nCOPY . .\n"
)
ORIGINAL = Measurement("Dockerfile", 400_000_000, 150_000_000, 9, 9000, "root", ("80/tcp",), "python:3.11", 12.0)
SMALLER = replace(ORIGINAL, reference="scratch", size=100_000_000, compressed=30_000_000, layers=2, base="scratch")
DIFFERENCE = Difference(("files", HOSTILE), "there", "")
SAME = Verdict(
    "SAME",
    6,
    tuple(LevelResult(level, "same" if level < 7 else "not checked", HOSTILE) for level in range(9)),
    (),
    allowed=(Allowed(DIFFERENCE, "a cache"),),
)
DIFFERENT = Verdict(
    "DIFFERENT",
    2,
    tuple(
        LevelResult(level, "different" if level == 3 else "same", "", (DIFFERENCE,) if level == 3 else ())
        for level in range(9)
    ),
    (DIFFERENCE,),
)
CANDIDATE = Candidate("scratch", "scratch (only what running needs)", RESULT_TEXT, (Hunk(1, HOSTILE, -5_000_000),))
TAKEN = Trial(CANDIDATE, SMALLER, SAME)
LARGER = Trial(Candidate("same", "python:3.11 (the same base)", "FROM a\n"), replace(ORIGINAL, size=200_000_000))
REFUSED = Trial(Candidate("slim", "a smaller base", refused=HOSTILE), problem=HOSTILE)
BEFORE = Surface(
    "root",
    True,
    ("80/tcp",),
    ("usr/bin/su",),
    (),
    ("srv",),
    ("bash", "sh"),
    ("apt",),
    ("gcc",),
    ("curl",),
    600,
    200,
    20,
)
AFTER = Surface("root", True, ("80/tcp",), (), (), (HOSTILE,), ("sh",), (), (), (), 30, 20, 20)
CONTENTS = Contents(
    Tree(
        "",
        390_000_000,
        90_000_000,
        9000,
        (
            Tree(
                "usr",
                350_000_000,
                60_000_000,
                8000,
                (
                    Tree("lib", 250_000_000, 50_000_000, 5000),
                    Tree(HOSTILE, 100_000_000, 10_000_000, 3000, (Tree("gcc", 100_000_000, 10_000_000, 3000),)),
                ),
            ),
            Tree("app", 40_000_000, 30_000_000, 1000),
        ),
    ),
    (Part(1, "FROM python:3.11", 300_000_000, 290_000_000, 60_000_000), Part(3, HOSTILE, 100_000_000, 9_000, 8_000)),
    (Part(6, "COPY --from=builder / /", 100_000_000, 90_000_000, 90_000_000),),
    (
        PackageRow("os", "gcc", "12.2", "", 70_000_000),
        PackageRow("os", "libc6", "2.36", "2.36", 9_000_000),
        PackageRow("python", HOSTILE, "1.0", "1.0"),
    ),
    BEFORE,
    AFTER,
)
IMPROVED = Optimization(
    "improved",
    "75 % smaller",
    ORIGINAL,
    (TAKEN, REFUSED, LARGER),
    TAKEN,
    ORIGINAL_TEXT,
    RESULT_TEXT,
    "podman",
    10.0,
    9.0,
    CONTENTS,
    (f"left out: {HOSTILE}",),
    IgnoreFile(Path("some where/.dockerignore"), "a\n", f"a\n\n# {HOSTILE}\n.git\n"),
)
NOT_PROVEN = replace(
    IMPROVED,
    outcome="not proven",
    reason="no candidate could be shown to do the same",
    trials=(replace(TAKEN, verdict=DIFFERENT, problem="it differs: files"), REFUSED),
    chosen=None,
    text=ORIGINAL_TEXT,
    ignore_file=None,
    contents=replace(CONTENTS, parts_after=(), after=None),
)
NOTHING = Optimization(
    "nothing to gain", "it is multi-stage already", None, (), None, ORIGINAL_TEXT, ORIGINAL_TEXT, "docker"
)


REBUILD = (
    RebuildCost("Dockerfile", "E1", "one line of source", "app.py", 3, 0, ("RUN a", HOSTILE), 2, 18_739_000, 7.5, 1),
    RebuildCost("Dockerfile.lightship", "E1", "one line of source", "app.py", 1, 6, ("COPY . .",), 1, 7_000, 0.2, 1),
    RebuildCost(HOSTILE, "E3", "the README", problem="there is no README in the context"),
)


def outcome(result: Optimization) -> Outcome:
    """The outcome of a dry run, with what rebuilds cost where there is a result."""
    rebuild = REBUILD if result.chosen else ()
    return Outcome(result, Path("some where/Dockerfile"), Path("some where/Dockerfile.lightship"), rebuild=rebuild)
