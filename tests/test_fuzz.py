"""A short run of the fuzz target: guided by coverage where atheris can be had, at random elsewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "fuzz" / "fuzz_reading.py"
SECONDS = 10


def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    guided = importlib.util.find_spec("atheris") is not None
    options = [f"-max_total_time={SECONDS}", "-timeout=5", "-max_len=4096"] if guided else ["--random", str(SECONDS)]
    # libFuzzer writes what it finds into the current folder.
    done = subprocess.run(
        [sys.executable, str(TARGET), *options], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    found = [path.read_bytes() for path in tmp_path.iterdir()]
    assert done.returncode == 0 and not found, (found, done.stderr[-3000:])
