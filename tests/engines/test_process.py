"""Programs that we start, with real programs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lightship.engines.process import Attached, run, stream
from lightship.engines.protocol import CommandLog
from lightship.errors import EngineError


def test_output_exit_code_and_log() -> None:
    log = CommandLog()
    done = run(["sh", "-c", "echo 'a b'; echo c >&2; exit 3"], timeout=10, log=log, env={"X": "y z"})
    assert (done.exit_code, done.stdout, done.stderr, done.truncated) == (3, b"a b\n", b"c\n", False)
    assert log.lines == ["X='y z' sh -c 'echo '\"'\"'a b'\"'\"'; echo c >&2; exit 3'"]


def test_output_beyond_the_limit_is_dropped_and_does_not_block() -> None:
    done = run(["sh", "-c", "head -c 5000000 /dev/zero; exit 1"], timeout=20, log=CommandLog(), output_limit=10)
    assert (done.exit_code, done.stdout, done.truncated) == (1, b"\0" * 10, True)


def test_the_time_limit_ends_the_whole_group() -> None:
    began = time.monotonic()
    done = run(["sh", "-c", "sleep 77 & echo $!; wait"], timeout=0.5, log=CommandLog())
    assert done.exit_code is None
    assert time.monotonic() - began < 5
    assert _gone(int(done.stdout))


def test_what_ignores_sigterm_is_killed() -> None:
    program = Attached(["sh", "-c", "trap '' TERM; echo on; sleep 77"], log=CommandLog())
    while program.output()[0] != b"on\n":
        time.sleep(0.01)
    program.end(grace=0.2)
    assert program.code == -signal.SIGKILL


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(EngineError, match="not installed"):
        run(["/no/such/program"], timeout=1, log=CommandLog())


def test_lines_arrive_while_it_runs_without_line_ends_at_the_end() -> None:
    seen: list[tuple[str, float]] = []
    code = stream(
        ["sh", "-c", "echo one; sleep 0.6; printf 'two\\r\\nthree' >&2"],
        lambda line: seen.append((line, time.monotonic())),
        timeout=10,
        log=CommandLog(),
    )
    assert code == 0
    assert [line for line, _ in seen] == ["one", "two", "three"]
    assert seen[1][1] - seen[0][1] > 0.3


def test_what_the_reader_raises_ends_the_program() -> None:
    pids: list[int] = []

    def stop(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stream(["sh", "-c", "echo $$; sleep 77"], stop, timeout=10, log=CommandLog())
    assert not Path(f"/proc/{pids[0]}").exists()


def test_a_build_does_not_outlive_a_killed_lightship(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "from lightship.engines.process import stream\nfrom lightship.engines.protocol import CommandLog\n"
        f"stream(['sh', '-c', 'echo $$ > {mark}; exec sleep 77'], print, timeout=60, log=CommandLog())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    deadline = time.monotonic() + 20
    while not (mark.exists() and mark.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.02)
    pid = int(mark.read_text())
    parent.kill()
    parent.wait()
    assert _gone(pid)


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
