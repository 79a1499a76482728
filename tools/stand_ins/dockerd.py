"""A Docker daemon for machines that have none running, with the local registry as its mirror.

Where a daemon answers already it is used as it is. A daemon's mirror works for docker.io only, and one that we did not
start has none, so what the mirror cannot give is pulled from the registry and tagged.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from . import registry
from .host import Problem, run, which
from .places import CACHE, say
from .recipes import Recipe

HOME = CACHE / "dockerd"
PID = HOME / "dockerd.pid"
SOCKET = Path("/var/run/docker.sock")

WITHOUT_NETWORK = ("--iptables=false", "--bridge=none")
"""For machines where netfilter cannot be changed: containers then have the host's network or none."""


def answers() -> bool:
    """Whether plain ``docker`` reaches a daemon: at DOCKER_HOST, in the user's context, or on the usual socket."""
    client = which("docker")
    if client is None:
        return False
    command = [client, "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, capture_output=True, timeout=20).returncode == 0


def start(port: int) -> bool:
    """Start a daemon if none answers, and say whether the one that answers is ours."""
    if _is_ours():
        return True
    if answers():
        say("bases: a Docker daemon is running already and is left as it is")
        return False
    if which("dockerd") is None:
        say("bases: dockerd is not installed; podman and buildah are served only")
        return False
    if _start(port, ()) or _start(port, WITHOUT_NETWORK):
        return True
    raise Problem(f"dockerd did not start\nhelp: see {CACHE / 'logs' / 'dockerd.log'}")


def stop() -> None:
    """Stop the daemon that `start` began, with its containers; any other is left alone."""
    registry.stop_process(PID, str(HOME))


def load(recipes: Sequence[Recipe], port: int, *, mirrored: bool) -> None:
    """Pull and tag what the daemon could not find by itself."""
    names = []
    for recipe in recipes:
        if mirrored and recipe.full_name.startswith("docker.io/"):
            continue
        tags = (recipe.tag, *recipe.aliases)
        names += [(f"{recipe.repository}:{tag}", f"{recipe.name.rpartition(':')[0]}:{tag}") for tag in tags]
        if recipe.also:
            names.append((f"{recipe.also}:{recipe.tag}",) * 2)
    if not names:
        return
    docker = str(which("docker"))
    listed = run([docker, "image", "ls", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"])
    there = dict(line.split(" ", 1) for line in listed.strip().split("\n") if " " in line)
    for source, name in names:
        local = f"127.0.0.1:{port}/{source}"
        if name in there and there[name] != there.get(local):
            # Somebody else's image of that name, perhaps the official one.
            continue
        if name in there and not _changed(docker, local, source, port):
            continue
        run([docker, "pull", "--quiet", local], log=CACHE / "logs" / "docker.log")
        run([docker, "tag", local, name])


def _changed(docker: str, local: str, source: str, port: int) -> bool:
    repository, _, tag = source.rpartition(":")
    digest = registry.has(port, repository, tag) or ""
    have = run([docker, "image", "inspect", "--format", "{{.RepoDigests}}", local])
    return digest not in have


def _start(port: int, flags: Sequence[str]) -> bool:
    log = CACHE / "logs" / "dockerd.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    HOME.mkdir(parents=True, exist_ok=True)
    PID.unlink(missing_ok=True)
    command = [
        str(which("dockerd")),
        *("--data-root", str(HOME / "data"), "--exec-root", str(HOME / "exec"), "--pidfile", str(PID)),
        *("--host", f"unix://{SOCKET}", "--registry-mirror", f"http://127.0.0.1:{port}"),
        *flags,
    ]
    say(f"bases: starting dockerd on {SOCKET}, files in {HOME}" + (" without a network bridge" if flags else ""))
    # dockerd looks for iptables and containerd on its PATH, and sbin is not on everybody's.
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin"
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={**os.environ, "PATH": path},
            start_new_session=True,
        )
    deadline = time.monotonic() + 40
    while process.poll() is None and time.monotonic() < deadline:
        if SOCKET.exists() and answers():
            return True
        time.sleep(0.1)
    if process.poll() is None:
        process.terminate()
        process.wait(20)
    return False


def _is_ours() -> bool:
    try:
        return str(HOME) in Path(f"/proc/{int(PID.read_text())}/cmdline").read_text() and answers()
    except (OSError, ValueError):
        return False


def remove_files() -> None:
    """Delete the daemon's images and containers."""
    shutil.rmtree(HOME, ignore_errors=True)
