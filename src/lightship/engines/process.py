"""Programs that we start: with live output, bounded memory, a time limit, and an end whatever happens.

Each program leads a process group of its own, so that Ctrl-C reaches us first and we end the whole group: a `docker
build` or `podman run` must not outlive lightship.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from lightship.engines.protocol import CommandLog, Completed
from lightship.errors import EngineError
from lightship.messages import said

CHUNK = 1 << 16
GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL: `docker build` uses them to tell the daemon to stop."""
_DIE_WITH_US = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, int(sys.argv[2]))
if os.getppid() != int(sys.argv[1]):
    sys.exit(143)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""PR_SET_PDEATHSIG, prctl(2): a build gets a signal when we are killed. Set by a program between, since
``preexec_fn`` is not safe beside threads."""

LINE_LIMIT = 1 << 16
"""A line longer than this is handed on in pieces: a RUN step may print a gigabyte without a line end."""


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    log: CommandLog,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    output_limit: int = 1 << 20,
) -> Completed:
    """Run a program to its end or its time limit. Raises EngineError when it cannot be started."""
    program = Attached(argv, log=log, env=env, stdin=stdin, output_limit=output_limit)
    try:
        code = program.wait(timeout)
    finally:
        program.end()
    stdout, stderr = program.output()
    return Completed(tuple(argv), code, stdout, stderr, program.seconds, truncated=program.truncated)


def stream(
    argv: Sequence[str],
    on_line: Callable[[str], None],
    *,
    timeout: float,
    log: CommandLog,
    env: Mapping[str, str] | None = None,
    when_we_die: signal.Signals = signal.SIGTERM,
    before_end: Callable[[], object] | None = None,
) -> int | None:
    """Run a program and hand on each line of its output (stdout and stderr as one) while it runs.

    Gives the exit code, or None when the time limit ended it. ``on_line`` runs in the caller's thread, so what it
    raises ends the program too. ``before_end`` is called when the program has to be ended; ``when_we_die`` is the
    signal that it gets when this process is killed.
    """
    process = _popen(argv, log, env, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT, when_we_die=when_we_die)
    deadline = time.monotonic() + timeout
    try:
        finished = _pump(process, on_line, deadline)
        if not finished:
            return None
        return process.wait(max(deadline - time.monotonic(), GRACE))
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None and before_end:
            before_end()
        _end(process, GRACE)


class Attached:
    """A running program whose output is read all the time; what goes beyond ``output_limit`` bytes is read and dropped.

    So a program that prints a gigabyte neither fills memory nor waits for us.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: CommandLog,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        output_limit: int = 1 << 20,
        folder: Path | None = None,
        when_we_die: signal.Signals | None = None,
    ) -> None:
        self.truncated = False
        self._started = time.monotonic()
        self._ended: float | None = None
        self._limit = output_limit
        self._output = (bytearray(), bytearray())
        wants = subprocess.DEVNULL if stdin is None else subprocess.PIPE
        self._process = _popen(
            argv, log, env, stdin=wants, stderr=subprocess.PIPE, folder=folder, when_we_die=when_we_die
        )
        streams = zip((self._process.stdout, self._process.stderr), self._output, strict=True)
        self._threads = [
            threading.Thread(target=self._read, args=(stream, kept), daemon=True) for stream, kept in streams
        ]
        if stdin is not None:
            self._threads.append(threading.Thread(target=self._feed, args=(stdin,), daemon=True))
        for thread in self._threads:
            thread.start()

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        code = self._process.poll()
        if code is not None and self._ended is None:
            self._ended = time.monotonic()
        return code

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return (self._ended or time.monotonic()) - self._started

    def wait(self, timeout: float) -> int | None:
        """The exit code, or None when it still runs after ``timeout`` seconds."""
        try:
            self._process.wait(max(timeout, 0))
        except subprocess.TimeoutExpired:
            return None
        code = self.code
        for thread in self._threads:
            thread.join(GRACE)
        return code

    def output(self, limit: int | None = None) -> tuple[bytes, bytes]:
        """What it wrote so far to stdout and stderr."""
        cut = self._limit if limit is None else limit
        return bytes(self._output[0][:cut]), bytes(self._output[1][:cut])

    def end(self, grace: float = GRACE) -> None:
        """End the program and everything in its process group."""
        _end(self._process, grace)
        _ = self.code
        for thread in self._threads:
            thread.join(1.0)

    def _read(self, pipe: IO[bytes], kept: bytearray) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(pipe.fileno(), CHUNK):
                room = self._limit - len(kept)
                if len(chunk) > room:
                    self.truncated = True
                kept += chunk[: max(room, 0)]
        with contextlib.suppress(OSError):
            pipe.close()

    def _feed(self, content: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError):
            pipe.write(content)
        with contextlib.suppress(OSError):
            pipe.close()


def bridge(argv: Sequence[str], *, log: CommandLog, env: Mapping[str, str] | None = None) -> socket.socket:
    """A socket whose other end is the input and output of a program; the program ends when the socket is closed."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = _popen(argv, log, env, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL)
    threading.Thread(target=process.wait, daemon=True).start()
    return ours


def _popen(
    argv: Sequence[str],
    log: CommandLog,
    env: Mapping[str, str] | None,
    *,
    stdin: int,
    stderr: int,
    stdout: int = subprocess.PIPE,
    when_we_die: signal.Signals | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    added = " ".join(f"{name}={shlex.quote(value)}" for name, value in sorted((env or {}).items()))
    log.lines.append(f"{added} {shlex.join(argv)}".strip())
    through = []
    if when_we_die and sys.platform == "linux":
        through = [sys.executable, "-I", "-S", "-c", _DIE_WITH_US, str(os.getpid()), str(int(when_we_die))]
    try:
        return subprocess.Popen(
            [*through, *argv],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            bufsize=0,
            cwd=folder,
        )
    except FileNotFoundError as error:
        raise EngineError(
            said("{argv} is not installed", argv=argv[0]), help="`lightship doctor` says how to get an engine"
        ) from error
    except OSError as error:
        raise EngineError(said("{argv} cannot be started", argv=argv[0]), why=str(error.strerror or error)) from error


def _pump(process: subprocess.Popen[bytes], on_line: Callable[[str], None], deadline: float) -> bool:
    """Hand on lines until the output ends; False when the time limit came first."""
    assert process.stdout is not None
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if time.monotonic() > deadline:
                return False
            if not selector.select(timeout=0.5):
                # A daemonised grandchild may keep the pipe open after the program itself has ended.
                if process.poll() is not None:
                    break
                continue
            chunk = os.read(process.stdout.fileno(), CHUNK)
            if not chunk:
                break
            *lines, pending = (pending + chunk).split(b"\n")
            if len(pending) > LINE_LIMIT:
                lines, pending = [*lines, pending], b""
            for line in lines:
                on_line(line.decode("utf-8", "replace").rstrip("\r"))
    if pending:
        on_line(pending.decode("utf-8", "replace").rstrip("\r"))
    return True


def _end(process: subprocess.Popen[bytes], grace: float) -> None:
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
        # Whatever of its group is left: podman ends at once and leaves the children of a RUN step behind. Not later
        # than this: the number of a group that is gone may soon be somebody else's.
        _signal_group(process, signal.SIGKILL)
        process.wait()
    if process.stdout is not None and process.stderr is None:
        process.stdout.close()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
