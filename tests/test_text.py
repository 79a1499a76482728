"""Writing files: wholly or not at all, also when the run is killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from lightship.text import write_atomic

KILLED = """
import os, signal, sys
from pathlib import Path
from lightship.text import write_atomic
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
write_atomic(Path(sys.argv[1]), "new")
"""


def test_a_file_keeps_its_mode_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile.lightship"
    write_atomic(path, "old")
    path.chmod(0o640)
    write_atomic(path, "new\udcff")
    assert path.read_bytes() == b"new\xff" and path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_run_leaves_nothing_in_a_build_context(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile.lightship"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
