"""A program on this machine that containers are to reach: a service that the user has no image of."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from lightship.engines import namespaces, ours, process
from lightship.engines.process import Attached
from lightship.engines.protocol import CommandLog, Completed
from lightship.errors import EngineError
from lightship.messages import said

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL."""


class HostProgram:
    """A running program, in a folder of its own that goes with it.

    It ends with ``remove``; when lightship is killed, by a signal from the kernel, and what it may have started itself
    by the next run (``ours.end_programs``).
    """

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], folder: Path, run_id: str, log: CommandLog):
        self._folder = folder
        self._env = {**env, ours.VARIABLE: run_id}
        self._log = log
        if shutil.which(argv[0]) is None:
            raise EngineError(
                said("{argv} is not on this machine", argv=argv[0]), help="install it, or give the service an `image`"
            )
        self._program = Attached(argv, log=log, env=self._env, folder=folder, when_we_die=signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._program.code is None

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._program.code

    def output(self, limit: int = 1 << 20) -> tuple[bytes, bytes]:
        """What it wrote so far to stdout and stderr."""
        return self._program.output(limit)

    def exec(self, argv: Sequence[str], *, timeout: float) -> Completed:
        """Run another program in its environment."""
        return process.run(argv, timeout=timeout, log=self._log, env=self._env)

    def remove(self) -> None:
        """End it, and delete its folder."""
        self._program.end(GRACE)
        shutil.rmtree(self._folder, ignore_errors=True)


def free_port() -> int:
    """A TCP port of this machine's loopback that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something listens on ``port`` of this machine. Looked up, where that can be: a connection is an event."""
    found = namespaces.listening(os.getpid())
    if found is not None:
        return port in found
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
        return True
    return False
