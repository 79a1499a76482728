"""Whether an image of a case works: the same check for the original and for every image derived from it."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from lightship.engines.protocol import Completed, Container, Engine, RunSpec
from lightship.errors import LightshipError

from .corpus import Case, End, ExecProbe, HttpProbe

PROBE_TIMEOUT = 30.0
"""Seconds for one request or one program."""


def check(engine: Engine, image: str, case: Case, spec: RunSpec | None = None) -> tuple[str, ...]:
    """What does not work, one line each; empty when the image passes every probe of its case.

    ``spec`` starts the container in another way (read-only, as another user) than the image says.
    """
    spec = spec or RunSpec()
    failures: list[str] = []
    if case.end is not None:
        failures += _check_end(engine, image, case.end, spec)
    if _needs_a_server(case):
        failures += _check_server(engine, image, case, spec)
    for probe in case.exec:
        failures += _check_exec(engine, image, probe)
    return tuple(failures)


def _needs_a_server(case: Case) -> bool:
    return bool(case.port or case.inside or case.healthcheck)


def _check_end(engine: Engine, image: str, end: End, spec: RunSpec) -> list[str]:
    done = engine.run(image, spec, timeout=end.timeout)
    return _differences("the image's own command", done, end.exit, end.contains)


def _check_exec(engine: Engine, image: str, probe: ExecProbe) -> list[str]:
    spec = RunSpec(argv=probe.argv, env=probe.env, user=probe.user or None)
    try:
        done = engine.run(image, spec, timeout=PROBE_TIMEOUT)
    except LightshipError as error:
        return [f"exec {' '.join(probe.argv)}: {_last_line(str(error))}"]
    return _differences(f"exec {' '.join(probe.argv)}", done, probe.exit, probe.contains)


def _check_server(engine: Engine, image: str, case: Case, spec: RunSpec) -> list[str]:
    try:
        container = engine.start(image, spec)
    except LightshipError as error:
        return [f"start: {_last_line(str(error))}"]
    try:
        if case.port and not _wait_for_port(container, case.port, case.ready):
            return [f"nothing listens on port {case.port} after {case.ready:g} s: {_tail(container)}"]
        failures = [failure for probe in case.http for failure in _check_http(container, case.port, probe)]
        for probe in case.inside:
            done = container.exec(probe.argv, timeout=PROBE_TIMEOUT, user=probe.user or None)
            failures += _differences(f"inside {' '.join(probe.argv)}", done, probe.exit, probe.contains)
        if case.healthcheck:
            failures += _check_healthcheck(engine, image, container)
        if case.verify is not None:
            failures += _check_verify(container, case)
        if not container.state().running:
            failures.append(f"it stopped while it was probed: {_tail(container)}")
        return failures
    finally:
        container.remove()


def _wait_for_port(container: Container, port: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection = container.connect(port, 2.0)
        except OSError:
            if not container.state().running:
                return False
            time.sleep(0.1)
            continue
        connection.close()  # type: ignore[attr-defined]
        return True
    return False


def _check_http(container: Container, port: int, probe: HttpProbe) -> list[str]:
    name = f"{probe.method} {probe.path}"
    connection = _Connection(container, port)
    try:
        connection.request(probe.method, probe.path, body=probe.body or None)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return [f"{name}: {error!r}: {_tail(container)}"]
    finally:
        connection.close()
    failures = []
    if answer.status != probe.status:
        failures.append(f"{name}: status {answer.status} instead of {probe.status}: {body[:300]!r}")
    elif probe.contains not in body:
        failures.append(f"{name}: {probe.contains!r} is not in {body[:300]!r}")
    for header, wanted in probe.headers:
        if wanted not in answer.headers.get(header, ""):
            failures.append(f"{name}: header {header} is {answer.headers.get(header)!r}, not {wanted!r}")
    return failures


def _check_healthcheck(engine: Engine, image: str, container: Container) -> list[str]:
    """Run the image's own HEALTHCHECK until it succeeds: engines without systemd timers do not run it themselves."""
    healthcheck = engine.config(image).healthcheck
    if healthcheck is None or healthcheck.test[:1] == ("NONE",):
        return ["the image has no HEALTHCHECK"]
    kind, *words = healthcheck.test
    argv = words if kind == "CMD" else ["/bin/sh", "-c", *words]
    deadline = time.monotonic() + PROBE_TIMEOUT
    while True:
        done = container.exec(argv, timeout=PROBE_TIMEOUT)
        if done.exit_code == 0:
            return []
        if time.monotonic() > deadline:
            return _differences("HEALTHCHECK", done, 0, "")
        time.sleep(0.5)


def _check_verify(container: Container, case: Case) -> list[str]:
    """Run the case's own script on this machine, with the container's port at 127.0.0.1:$PORT."""
    script = case.verify
    assert script is not None
    with _forwarded(container, case.port) as port:
        environment = {**os.environ, "PORT": str(port), "URL": f"http://127.0.0.1:{port}"}
        command = [sys.executable, str(script)] if "python" in _first_line(script.read_text()) else [str(script)]
        done = subprocess.run(
            command, env=environment, cwd=script.parent, capture_output=True, timeout=120, check=False
        )
    if done.returncode == 0:
        return []
    return [f"verify: exit {done.returncode}: {(done.stdout + done.stderr).decode(errors='replace')[-600:]}"]


class _Connection(http.client.HTTPConnection):
    """An HTTP connection to a port inside a container, wherever the engine keeps its network."""

    def __init__(self, container: Container, port: int) -> None:
        super().__init__("localhost", port, timeout=PROBE_TIMEOUT)
        self._container = container

    def connect(self) -> None:
        self.sock = self._container.connect(self.port, PROBE_TIMEOUT)  # type: ignore[assignment]
        self.sock.settimeout(PROBE_TIMEOUT)


@contextlib.contextmanager
def _forwarded(container: Container, port: int) -> Iterator[int]:
    """A port of this machine's loopback that leads into the container, so that any client can be used."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server, container, port), daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)  # close() alone does not wake a thread that waits in accept()


def _accept(server: socket.socket, container: Container, port: int) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        try:
            inner: socket.socket = container.connect(port, PROBE_TIMEOUT)  # type: ignore[assignment]
        except OSError:
            client.close()
            continue
        inner.settimeout(None)
        for source, sink in ((client, inner), (inner, client)):
            threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _differences(name: str, done: Completed, wanted_exit: int, contains: str) -> list[str]:
    text = (done.stdout + done.stderr).decode(errors="replace")
    if done.exit_code is None:
        return [f"{name}: did not end in time: {text[-300:]!r}"]
    if done.exit_code != wanted_exit:
        return [f"{name}: exit {done.exit_code} instead of {wanted_exit}: {text[-300:]!r}"]
    if contains not in text:
        return [f"{name}: {contains!r} is not in {text[-300:]!r}"]
    return []


def _tail(container: Container) -> str:
    stdout, stderr = container.output()
    state = container.state()
    text = (stdout + stderr).decode(errors="replace")[-500:]
    return f"{state.status}, exit code {state.exit_code}, output {text!r}"


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
