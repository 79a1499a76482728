"""What a killed run leaves is removed by the next, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engines.image import build, context
from lightship.engines import open_engine
from lightship.engines.protocol import Engine, RunSpec

pytestmark = pytest.mark.engine

BUILDING = """\
import sys
from pathlib import Path
from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest
text = 'FROM scratch\\nCOPY actor /actor\\nRUN ["/actor", "pause"]\\n'
engine = open_engine(sys.argv[1])
engine.build(BuildRequest(text, Path(sys.argv[2]), network="none"), lambda step: print(step.text, flush=True))
"""
RUNNING = """\
import sys, time
from pathlib import Path
from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest, RunSpec
engine = open_engine(sys.argv[1])
text = 'FROM scratch\\nCOPY actor /actor\\nCMD ["/actor", "pause"]\\n'
image = engine.build(BuildRequest(text, Path(sys.argv[2]), network="none"), lambda step: None).image
container = engine.start(image, RunSpec())
print("RUN", engine.run_id, container.state().pid, flush=True)
time.sleep(60)
"""


def test_killed_in_a_build(engine: Engine, tmp_path: Path) -> None:
    child = _kill_at_run(engine, tmp_path, BUILDING)
    engine.clean()
    assert _until_gone(b"/actor\0pause\0", child.pid)


def test_killed_beside_a_container(engine: Engine, tmp_path: Path) -> None:
    capabilities = engine.info().capabilities
    if not capabilities or not capabilities.runs_containers:
        pytest.skip(f"{engine.name} runs no containers here")
    mine = engine.start(build(engine, tmp_path, _SERVER), RunSpec())
    try:
        child = _kill_at_run(engine, tmp_path, RUNNING)
        _, run_id, pid = child.line.split()
        assert Path(f"/proc/{pid}").exists()
        assert engine.clean() >= 2
        assert not Path(f"/proc/{pid}").exists()
        assert engine.clean(run_id) == 0
        assert mine.state().running, "a run that goes on has lost its container"
    finally:
        mine.remove()


def test_clean_of_this_run_takes_everything_of_it_and_no_more(engine: Engine, tmp_path: Path) -> None:
    other = open_engine(engine.name)
    kept = build(engine, tmp_path, _SERVER)
    gone = build(other, tmp_path, _SERVER)
    assert other.clean(other.run_id) >= 1
    assert other.resolve(gone, pull=False) is None
    assert engine.resolve(kept, pull=False)


_SERVER = 'FROM scratch\nCOPY actor /actor\nCMD ["/actor", "serve", "8000"]\n'


class _Child:
    def __init__(self, pid: int, line: str) -> None:
        self.pid = pid
        self.line = line


def _kill_at_run(engine: Engine, tmp_path: Path, code: str) -> _Child:
    context(tmp_path)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-c", code, engine.name, str(tmp_path)]
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, env=env, text=True)
    assert child.stdout
    line = ""
    with child.stdout:
        for line in child.stdout:
            if line.startswith("RUN"):
                break
    time.sleep(2.0)
    child.send_signal(signal.SIGKILL)
    child.wait()
    time.sleep(0.5)
    return _Child(child.pid, line)


def _until_gone(command: bytes, pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not any(_command(path) == command for path in Path("/proc").iterdir() if path.name.isdigit()):
            return True
        time.sleep(0.1)
    return False


def _command(path: Path) -> bytes:
    try:
        return (path / "cmdline").read_bytes()
    except OSError:
        return b""
