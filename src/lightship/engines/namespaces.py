"""Into a container's network without publishing a port: sockets made inside its network namespace.

A socket belongs for life to the network namespace in which it was made (network_namespaces(7)), so a thread that
joins the container's namespace, connects and hands the socket back gives a plain connected socket: no port is taken
on the host, nothing is reachable from outside, two runs cannot collide.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from lightship.engines.protocol import Process

T = TypeVar("T")

CLONE_NEWNET = 0x40000000
_LISTEN = "0A"

# Runs in a process of its own: setns(2) into a user namespace is refused to a program with more than one thread.
_HELPER = """
import array, ctypes, os, socket, sys
what, pid, port, timeout, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
libc = ctypes.CDLL(None, use_errno=True)
channel = socket.socket(fileno=out)
try:
    spaces = [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in ("user", "net")]
    for space, flag in zip(spaces, (0x10000000, 0x40000000)):
        if libc.setns(space, flag):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    error = None
    for host in ("127.0.0.1", "::1"):
        try:
            if what == "listen":
                link = socket.create_server((host, port))
            else:
                link = socket.create_connection((host, port), timeout)
            break
        except OSError as caught:
            error = error or caught
    else:
        raise error
    channel.sendmsg([b"ok"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [link.fileno()]))])
except OSError as error:
    channel.sendall(f"{error.errno or 110} {error}".encode())
"""


def can_join(pid: int) -> bool:
    """Whether this process may join the network namespace of ``pid`` directly."""
    try:
        _in_namespace(pid, lambda: None)
    except OSError:
        return False
    return True


def connect(pid: int, port: int, timeout: float) -> socket.socket:
    """A socket connected to ``port`` on the loopback of the network namespace of ``pid``. Raises OSError."""
    try:
        return _in_namespace(pid, lambda: _dial(port, timeout))
    except PermissionError:
        return _through_user_namespace("dial", pid, port, timeout)


def listen(pid: int, port: int) -> socket.socket:
    """A socket that listens on ``port`` of the loopback of the network namespace of ``pid``. Raises OSError."""
    try:
        return _in_namespace(pid, lambda: socket.create_server(("127.0.0.1", port)))
    except PermissionError:
        return _through_user_namespace("listen", pid, port, 10.0)


def listening(pid: int) -> tuple[int, ...] | None:
    """The TCP ports on which something listens in the network namespace of ``pid``; None when that cannot be read."""
    ports: set[int] = set()
    try:
        ports |= ports_of(Path(f"/proc/{pid}/net/tcp").read_text())
    except OSError:
        return None
    with contextlib.suppress(OSError):  # a kernel without IPv6
        ports |= ports_of(Path(f"/proc/{pid}/net/tcp6").read_text())
    return tuple(sorted(ports))


def own_listening(pid: int) -> tuple[int, ...] | None:
    """As ``listening``, but only what the processes in the pid namespace of ``pid`` listen on themselves.

    Containers may share a network; a socket belongs to whoever has it open.
    """
    owned: set[str] = set()
    for process in processes(pid) or ():
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    owned.add(os.readlink(descriptor))  # noqa: PTH115 - not a path
    ports: set[int] = set()
    for table in ("tcp", "tcp6"):
        try:
            text = Path(f"/proc/{pid}/net/{table}").read_text()
        except OSError:
            if table == "tcp":
                return None
            continue
        ports |= {port for port, inode in _listeners(text) if f"socket:[{inode}]" in owned}
    return tuple(sorted(ports))


def ports_of(table: str) -> set[int]:
    """The listening ports in the text of /proc/net/tcp or tcp6; proc(5)."""
    return {port for port, _ in _listeners(table)}


def _listeners(table: str) -> list[tuple[int, str]]:
    """(port, inode of the socket); an old kernel's or a shortened table may have no inode."""
    rows = (line.split() for line in table.split("\n")[1:])
    return [
        (int(row[1].rpartition(":")[2], 16), row[9] if len(row) > 9 else "")
        for row in rows
        if len(row) > 3 and row[3] == _LISTEN
    ]


def has_executed(pid: int) -> bool:
    """Whether the first process of a container runs the image's program, and not the runtime's own start any more."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 - its text
    except OSError:
        return True
    # A runtime that runs from a copy of itself in memory shows as "/" or "/memfd:...".
    starting = program == "/" or program.startswith("/memfd:")
    return not starting and not Path(program.split(" ")[0]).name.startswith(("runc", "crun"))


def processes(pid: int) -> tuple[Process, ...] | None:
    """The processes in the pid namespace of ``pid``, its own first; None when that cannot be read."""
    try:
        space = os.readlink(f"/proc/{pid}/ns/pid")  # noqa: PTH115 - not a path
    except OSError:
        return None
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError, KeyError):
            if os.readlink(entry / "ns/pid") == space:  # noqa: PTH115 - not a path
                found.append(_process(int(entry.name)))
    return tuple(sorted(found, key=lambda process: (process.pid != pid, process.pid)))


def drops(pid: int, number: int) -> bool:
    """Whether the kernel drops signal ``number`` to ``pid``, so that waiting for what it does would be in vain.

    The first process of a pid namespace gets only the signals that it has a handler for (pid_namespaces(7)), or that
    one of its threads blocks to wait for them (sigwait(3)). False where that cannot be read.
    """
    if number in (signal.SIGKILL, signal.SIGSTOP):
        return False
    bit = 1 << (number - 1)
    try:
        if _status(Path(f"/proc/{pid}"))["NSpid"].split()[-1] != "1":
            return False
        threads = [_status(thread) for thread in Path(f"/proc/{pid}/task").iterdir()]
        return not any(int(one[field], 16) & bit for one in threads for field in ("SigCgt", "SigBlk"))
    except (OSError, KeyError, ValueError):
        return False


def _status(folder: Path) -> dict[str, str]:
    """The fields of a process's or thread's status file; proc(5)."""
    return dict(line.split(":", 1) for line in (folder / "status").read_text().split("\n") if ":" in line)


def _process(pid: int) -> Process:
    fields = _status(Path(f"/proc/{pid}"))
    argv = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "surrogateescape")
    return Process(
        pid=pid,
        ppid=int(fields["PPid"]),
        uid=int(fields["Uid"].split()[0]),
        argv=tuple(argv.removesuffix("\0").split("\0")) if argv else (f"[{fields['Name'].strip()}]",),
        peak_rss=int(fields.get("VmHWM", "0 kB").split()[0]) * 1024,
        cpu_seconds=_cpu_seconds(pid),
    )


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process in user and kernel mode, of children that it waited for too; proc(5), stat."""
    # The name before the last bracket may hold anything.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _dial(port: int, timeout: float) -> socket.socket:
    """IPv4 first: most servers bind 0.0.0.0 or 127.0.0.1; some bind ::1 only."""
    try:
        return socket.create_connection(("127.0.0.1", port), timeout)
    except OSError as first:
        with contextlib.suppress(OSError):
            return socket.create_connection(("::1", port), timeout)
        raise first


def _in_namespace(pid: int, action: Callable[[], T]) -> T:
    """What ``action`` gives when it runs inside the network namespace of ``pid``, in a thread that ends afterwards."""
    result: list[T] = []
    failure: list[BaseException] = []

    def inside() -> None:
        try:
            _join_network(pid)
            result.append(action())
        except BaseException as error:  # handed to the thread that waits
            failure.append(error)

    thread = threading.Thread(target=inside, daemon=True)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]


def _join_network(pid: int) -> None:
    """setns(2) for the calling thread alone. (``os.setns`` comes with Python 3.12.)"""
    space = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(space, CLONE_NEWNET):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(space)


def _through_user_namespace(what: Literal["dial", "listen"], pid: int, port: int, timeout: float) -> socket.socket:
    ours, theirs = socket.socketpair()
    argv = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        _HELPER,
        what,
        str(pid),
        str(port),
        str(timeout),
        str(theirs.fileno()),
    ]
    with ours, theirs:
        helper = subprocess.Popen(argv, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True)
        theirs.close()
        try:
            ours.settimeout(2 * timeout + 5)
            answer, ancillary, _, _ = ours.recvmsg(4096, socket.CMSG_SPACE(4))
        finally:
            helper.kill()
            helper.wait()
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return socket.socket(fileno=array.array("i", content)[0])
    number, _, message = answer.decode("utf-8", "replace").partition(" ")
    raise OSError(int(number) if number.isdigit() else 0, message or "the connecting helper died")
