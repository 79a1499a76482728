"""The local registry: Debian's docker-registry on the loopback address, with its files in the cache folder."""

import http.client
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from .host import Problem, which
from .places import CACHE, read_state, say, write_state, write_whole

FIRST_PORT = 5050
"""Not 5000, which other local registries and development servers like to take."""

PID = CACHE / "registry.pid"

CONFIG = """\
version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: "{root}"}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port}"}}
"""

ACCEPT = ", ".join(
    (
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
    )
)


def start(port: int | None = None) -> int:
    """Make sure that the registry runs, and give its port."""
    known = port or int(read_state().get("port", 0))
    if known and _ours(known):
        return known
    if which("docker-registry") is None:
        raise Problem("docker-registry is not installed\nhelp: apt-get install docker-registry")
    chosen = port or _free_port(known)
    config = CACHE / "registry.yml"
    write_whole(config, CONFIG.format(root=CACHE / "registry", port=chosen))
    log = CACHE / "logs" / "registry.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f"bases: starting a registry on 127.0.0.1:{chosen}, files in {CACHE / 'registry'}")
    with log.open("a") as output:
        process = subprocess.Popen(
            [str(which("docker-registry")), "serve", config],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
        )
    deadline = time.monotonic() + 15
    while not _answers(chosen):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Problem(f"the registry did not start on 127.0.0.1:{chosen}\nhelp: see {log}")
        time.sleep(0.05)
    write_whole(PID, f"{process.pid}\n")
    write_state(port=chosen)
    return chosen


def stop() -> None:
    """Stop the registry that `start` began; any other is left alone."""
    stop_process(PID, "registry.yml")


def stop_process(pid_file: Path, word: str) -> None:
    """End the process whose id is in *pid_file*, if it still is the one whose command line has *word*."""
    try:
        pid = int(pid_file.read_text())
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return
    if word not in command:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and not _is_zombie(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def has(port: int, repository: str, tag: str) -> str | None:
    """The digest of an image in the registry, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("HEAD", f"/v2/{repository}/manifests/{tag}", headers={"Accept": ACCEPT})
        response = connection.getresponse()
        return response.headers["Docker-Content-Digest"] if response.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def tag(port: int, repository: str, old: str, new: str) -> None:
    """Give an image a second tag: its manifest is stored again under the new name, no layer moves."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"/v2/{repository}/manifests/{old}", headers={"Accept": ACCEPT})
        response = connection.getresponse()
        body, kind = response.read(), response.headers.get("Content-Type", "")
        connection.request("PUT", f"/v2/{repository}/manifests/{new}", body=body, headers={"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise Problem(f"the registry refused the tag {repository}:{new} (HTTP {answer.status})")
    finally:
        connection.close()


def _ours(port: int) -> bool:
    """Whether the process on *port* is the registry that we started."""
    try:
        command = Path(f"/proc/{int(PID.read_text())}/cmdline").read_text()
    except (OSError, ValueError):
        return False
    return str(CACHE / "registry.yml") in command and _answers(port)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port(wanted: int) -> int:
    """The wanted port if nobody listens on it, else the first free one from `FIRST_PORT` on."""
    ports: list[int] = [port for port in (wanted, *range(FIRST_PORT, FIRST_PORT + 100)) if port]
    for port in ports:
        with socket.socket() as probe:
            # docker-registry sets it too; without it a port just left by the last registry looks taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Problem(f"no free port from {FIRST_PORT} to {FIRST_PORT + 99}\nhelp: tools/bases --port NUMBER")


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
