"""A container that lightship started and stays attached to, the same for every engine.

Its output comes through the pipes of the program that runs it (``docker run``, ``podman run``, ``runc run``) and never
through the engine's log files, so a container that prints without end fills no disk.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lightship.engines import namespaces
from lightship.engines.forward import Forward
from lightship.engines.process import Attached
from lightship.engines.protocol import Completed, ContainerState, Process, RunSpec, Stopped
from lightship.errors import EngineError
from lightship.messages import said

KILLED = 128 + signal.SIGKILL
END_TIMEOUT = 20.0
"""Seconds for the engine to tidy up behind a container that has ended."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the engine says of a container. ``pid`` is 0 when none runs or the host cannot see it."""

    status: str
    pid: int
    started: bool
    exit_code: int | None
    oom_killed: bool
    stop_signal: str = ""
    problem: str = ""


class Runtime(Protocol):
    """What a container needs from its engine."""

    def inspect(self, id: str) -> Inspection | None: ...
    def pid(self, id: str) -> int | None:
        """The host's process id of its first process; 0 when it runs where we cannot see it, None while it does not."""
        ...

    def exec(self, id: str, argv: Sequence[str], user: str | None, timeout: float, limit: int) -> Completed: ...
    def kill(self, id: str, name: str) -> None: ...
    def written(self, id: str) -> tuple[str, ...]: ...
    def processes(self, id: str) -> tuple[Process, ...]: ...
    def listening(self, id: str) -> tuple[int, ...]: ...
    def dial(self, id: str, port: int, timeout: float) -> socket.socket:
        """The way in when the network namespace cannot be joined."""
        ...

    def remove(self, id: str) -> None: ...


class AttachedContainer:
    """A started container and the program that runs it."""

    def __init__(self, id: str, program: Attached, runtime: Runtime, spec: RunSpec) -> None:
        self.id = id
        self._program = program
        self._runtime = runtime
        self._mounted = tuple(place.split(":")[0] for place in spec.tmpfs) + tuple(place for _, place in spec.mounts)
        # Where its own sockets cannot be told from those of others, what was there before it is not its own.
        self._shares_network = spec.beside is not None
        self._found = frozenset(spec.beside.listening()) if spec.beside else frozenset()
        self._forwards: list[Forward] = []
        self._asked_to_die = False
        self._ended: ContainerState | None = None
        self._pid = 0
        self._pidfd = -1
        self._began = time.monotonic()
        self._ended_at: float | None = None

    def await_start(self, timeout: float) -> None:
        """Wait until it runs or has ended. Raises EngineError when there is no container at the end of it."""
        deadline = time.monotonic() + timeout
        while self._program.code is None:
            pid = self._runtime.pid(self.id)
            if pid is not None:
                self._pid = pid
                while pid and not namespaces.has_executed(pid) and time.monotonic() < deadline:
                    time.sleep(0.001)
                self._began = time.monotonic()
                with contextlib.suppress(OSError):
                    self._pidfd = os.pidfd_open(pid) if pid else -1
                return
            if time.monotonic() > deadline:
                raise EngineError(
                    "the container did not start", why=said("no process after {timeout:.0f} s", timeout=timeout)
                )
            time.sleep(0.005)
        self._program.wait(1.0)
        if self._runtime.inspect(self.id) is None:
            raise EngineError("the container could not be made", why=self._complaint())

    def state(self) -> ContainerState:
        if self._ended is not None:
            return self._ended
        code = self._program.code
        if code is None:
            return ContainerState("running", running=True, exit_code=None, pid=self._pid)
        self._program.wait(1.0)
        self._ended = self._final(code)
        return self._ended

    def wait(self, timeout: float) -> ContainerState:
        if self._has_ended(timeout):
            self._program.wait(END_TIMEOUT)
        return self.state()

    @property
    def seconds(self) -> float:
        """How long its first process has run."""
        return (self._ended_at or time.monotonic()) - self._began

    def output(self, limit: int = 1 << 20) -> tuple[bytes, bytes]:
        return self._program.output(limit)

    @property
    def truncated(self) -> bool:
        """Whether it wrote more than was kept."""
        return self._program.truncated

    def exec(
        self, argv: Sequence[str], *, timeout: float, user: str | None = None, output_limit: int = 1 << 20
    ) -> Completed:
        before = {process.pid for process in self._seen_processes()}
        done = self._runtime.exec(self.id, argv, user, timeout, output_limit)
        if done.exit_code is None:
            self._end_intruders(before)
        return done

    def listening(self) -> tuple[int, ...]:
        if not self.state().running:
            return ()
        look = namespaces.own_listening if self._shares_network else namespaces.listening
        found = look(self._pid) if self._pid else None
        if found is None:
            return tuple(port for port in self._runtime.listening(self.id) if port not in self._found)
        return found

    def connect(self, port: int, timeout: float) -> socket.socket:
        if not self.state().running:
            raise ConnectionRefusedError(said("container {id} has ended", id=self.id))
        if not self._pid:
            return self._runtime.dial(self.id, port, timeout)
        try:
            return namespaces.connect(self._pid, port, timeout)
        except PermissionError:
            return self._runtime.dial(self.id, port, timeout)

    def forward(self, port: int, to: int) -> None:
        if not self._pid:
            raise EngineError(
                "containers cannot reach a program on this machine",
                why="they run on another one, or in a virtual one",
                help="give the service an `image` instead of a `host_command`",
            )
        try:
            self._forwards.append(Forward(namespaces.listen(self._pid, port), to))
        except OSError as error:
            raise EngineError(
                said("port {port} cannot be opened in a container's network", port=port), why=str(error)
            ) from error

    def processes(self) -> tuple[Process, ...]:
        if not self.state().running:
            return ()
        return self._seen_processes() or self._runtime.processes(self.id)

    def written(self) -> tuple[str, ...]:
        found = self._runtime.written(self.id)
        return tuple(path for path in found if not _is_inside(path, self._mounted))

    def signal(self, name: str) -> None:
        self._asked_to_die = True
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                try:
                    signal.pidfd_send_signal(self._pidfd, signal_number(name))
                except PermissionError:
                    self._runtime.kill(self.id, name)
            return
        self._runtime.kill(self.id, name)

    def stop(self, timeout: float) -> Stopped:
        seen = self._runtime.inspect(self.id)
        if seen is None or not self.state().running:
            return Stopped(0.0, killed=False)
        name = seen.stop_signal or "SIGTERM"
        began = time.monotonic()
        in_vain = bool(self._pid) and namespaces.drops(self._pid, signal_number(name))
        self.signal(name)
        killed = not self._has_ended(0.0 if in_vain else timeout)
        if killed:
            self.signal("SIGKILL")
            self._has_ended(END_TIMEOUT)
        seconds = time.monotonic() - began
        self._program.wait(END_TIMEOUT)
        return Stopped(seconds, killed)

    def remove(self) -> None:
        self._asked_to_die = True
        for one in self._forwards:
            one.close()
        try:
            self._runtime.remove(self.id)
        finally:
            self._program.end(grace=1.0)
            if self._pidfd >= 0:
                os.close(self._pidfd)
                self._pidfd = -1

    def _seen_processes(self) -> tuple[Process, ...]:
        return (namespaces.processes(self._pid) if self._pid else None) or ()

    def _end_intruders(self, before: set[int]) -> None:
        """Kill what an ``exec`` that took too long has left: processes that came since and have no parent inside.

        Engines end their own client only; the program would run on beside the one that is observed.
        """
        now = {process.pid: process for process in self._seen_processes()}
        doomed: set[int] = set()
        for process in sorted(now.values(), key=lambda process: process.pid):
            outside = process.ppid not in now and process.pid != self._pid
            if process.pid not in before and (outside or process.ppid in doomed):
                doomed.add(process.pid)
        for pid in doomed:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _has_ended(self, timeout: float) -> bool:
        """Wait for the first process itself: the engine's own tidying up afterwards is not the program's time."""
        if self._pidfd < 0:
            ended = self._program.wait(timeout) is not None
        else:
            ended = bool(select.select([self._pidfd], [], [], timeout)[0])
        if ended and self._ended_at is None:
            self._ended_at = time.monotonic()
        return ended

    def _final(self, code: int) -> ContainerState:
        seen = self._runtime.inspect(self.id)
        if seen is None:
            return ContainerState("removed", running=False, exit_code=code)
        if not seen.started:
            code = code if code in (126, 127) else 127
            return ContainerState(
                "created", running=False, exit_code=code, problem=seen.problem or reason(self._complaint())
            )
        code = code if seen.exit_code is None else seen.exit_code
        killed = code == KILLED and not self._asked_to_die
        return ContainerState("exited", running=False, exit_code=code, oom_killed=seen.oom_killed or killed)

    def _complaint(self) -> str:
        text = self._program.output()[1].decode("utf-8", "replace").strip()
        lines = [line for line in text.split("\n") if line.strip() and "--help" not in line]
        return lines[-1].strip() if lines else said("no reason given")


def run_to_end(container: AttachedContainer, spec: RunSpec, timeout: float, output_limit: int) -> Completed:
    """Wait for a started container, and remove it whatever happens."""
    try:
        state = container.wait(timeout)
        seconds = container.seconds
        stdout, stderr = container.output(output_limit)
    finally:
        container.remove()
    code = None if state.running else state.exit_code
    return Completed(spec.argv or (), code, stdout, stderr, seconds, truncated=container.truncated)


def _is_inside(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def reason(text: str) -> str:
    """What of an OCI runtime's complaint a person wants: ``exec: "x": executable file not found in $PATH``."""
    text = text.rpartition("container process: ")[2].replace('\\"', '"').rstrip('". ')
    return re.sub(r": unknown$|: OCI runtime attempted.*$", "", text).strip()


def signal_number(name: str) -> int:
    """The number of ``SIGTERM``, ``TERM`` or ``15``, as STOPSIGNAL takes them; ``RTMIN+3`` too."""
    if name.isdigit():
        return int(name)
    base, _, plus = name.upper().removeprefix("SIG").partition("+")
    try:
        return int(signal.Signals[f"SIG{base}"]) + int(plus or 0)
    except (KeyError, ValueError) as error:
        raise EngineError(said("unknown signal {name}", name=name)) from error
