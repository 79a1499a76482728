"""An engine whose containers are threads of this process, and a file tree that is a dictionary."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lightship.engines.protocol import Completed, ContainerState, Process, RunSpec, Stopped
from lightship.oci.model import Entry

Answer = Callable[[bytes], bytes | Iterator[bytes] | None]


class Server:
    """Listens on a port of its own; gives each connection's request bytes to ``answer``."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = connection.recv(65536)
                while b"Content-Length: " in request and request.endswith(b"\r\n\r\n"):
                    request += connection.recv(65536)
                reply = self._answer(request)
                for part in [reply] if isinstance(reply, bytes) else reply or ():
                    connection.sendall(part)
            except OSError:
                return


class FakeContainer:
    """A container that runs until it is stopped; what it does is told by its arguments."""

    id = "fake"

    def __init__(self, port: int = 0, *, ends_after: float | None = None, code: int = 0, **seen: Any) -> None:
        self._port = port
        self._ends = None if ends_after is None else time.monotonic() + ends_after
        self._code = code
        self._seen = seen
        self._stopped = False
        self.removed = False

    def state(self) -> ContainerState:
        problem = self._seen.get("problem", "")
        if problem or self._stopped or (self._ends is not None and time.monotonic() >= self._ends):
            return ContainerState("exited", False, self._code, problem=problem)
        return ContainerState("running", True, None)

    def wait(self, timeout: float) -> ContainerState:
        deadline = time.monotonic() + timeout
        while self.state().running and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.state()

    def output(self, limit: int = 1 << 20) -> tuple[bytes, bytes]:
        return self._seen.get("stdout", b"")[:limit], self._seen.get("stderr", b"")[:limit]

    def exec(
        self, argv: Sequence[str], *, timeout: float, user: str | None = None, output_limit: int = 1 << 20
    ) -> Completed:
        codes: list[int] = self._seen.get("health", [0])
        return Completed(tuple(argv), codes.pop(0) if len(codes) > 1 else codes[0], b"", b"", 0.0)

    def listening(self) -> tuple[int, ...]:
        return (8000,) if self._port and self.state().running else ()

    def connect(self, port: int, timeout: float) -> socket.socket:
        if port != 8000:
            raise ConnectionRefusedError
        return socket.create_connection(("127.0.0.1", self._port), timeout)

    def processes(self) -> tuple[Process, ...]:
        return (Process(1, 0, 1000, ("server",), 5_000_000),)

    def written(self) -> tuple[str, ...]:
        return ("/app/log",)

    def signal(self, name: str) -> None:
        self._stopped = True

    def stop(self, timeout: float) -> Stopped:
        self._stopped = True
        return Stopped(0.1, killed=False)

    def remove(self) -> None:
        self.removed = True


class FakeEngine:
    """Starts the containers that ``make`` gives; runs commands on this machine."""

    name = "fake"

    def __init__(self, make: Callable[[RunSpec], FakeContainer]) -> None:
        self._make = make
        self.started: list[tuple[RunSpec, FakeContainer]] = []

    def start(self, image: str, spec: RunSpec) -> FakeContainer:
        container = self._make(spec)
        self.started.append((spec, container))
        return container

    def run(self, image: str, spec: RunSpec, *, timeout: float, output_limit: int = 1 << 20) -> Completed:
        assert spec.argv
        try:
            done = subprocess.run(spec.argv, capture_output=True, timeout=timeout, check=False)
        except FileNotFoundError as error:
            return Completed(spec.argv, 127, b"", str(error).encode(), 0.0)
        return Completed(spec.argv, done.returncode, done.stdout[:output_limit], done.stderr[:output_limit], 0.0)


@dataclass(frozen=True, slots=True)
class Located:
    entry: Entry


class FakeTree:
    """A file tree of a dictionary: text is a file, ``-> x`` a link, None a directory; or (content, mode, uid, gid)."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self._bodies: dict[str, bytes] = {}
        self._entries: dict[str, Entry] = {"": Entry("", "dir", 0o755, 0, 0, 0, 0)}
        for path, value in files.items():
            content, mode, uid, gid = value if isinstance(value, tuple) else (value, 0o644, 0, 0)
            for parent in self._parents(path):
                self._entries.setdefault(parent, Entry(parent, "dir", 0o755, 0, 0, 0, 0))
            if content is None:
                self._entries[path] = Entry(path, "dir", mode if isinstance(value, tuple) else 0o755, uid, gid, 0, 0)
            elif isinstance(content, str) and content.startswith("-> "):
                self._entries[path] = Entry(path, "symlink", 0o777, uid, gid, 0, 0, content[3:])
            else:
                body = content if isinstance(content, bytes) else content.encode()
                self._bodies[path] = body
                self._entries[path] = Entry(path, "file", mode, uid, gid, len(body), 0)

    def get(self, path: str) -> Located | None:
        return Located(self._entries[path]) if path in self._entries else None

    def read(self, path: str, limit: int) -> bytes:
        return self._bodies.get(path, b"")[:limit]

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        return self._bodies.get(path, b"")[offset : offset + length]

    def names(self, directory: str) -> tuple[str, ...]:
        prefix = f"{directory}/" if directory else ""
        found = {one[len(prefix) :].partition("/")[0] for one in self._entries if one.startswith(prefix) and one}
        return tuple(sorted(found - {""}))

    def walk(self, prefix: str) -> Iterator[Located]:
        for path in sorted(self._entries):
            if not prefix or path == prefix or path.startswith(f"{prefix}/"):
                yield Located(self._entries[path])

    def _parents(self, path: str) -> list[str]:
        parts = path.split("/")[:-1]
        return ["/".join(parts[: index + 1]) for index in range(len(parts))]
