"""A Docker daemon for machines that have none running, with the local registry as its mirror.

Where a daemon answers already it is used as it is. A daemon's mirror works for docker.io only, and one that we did not
start has none, so what the mirror cannot give is pulled from the registry and tagged.
"""

import os
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import registry
from .host import run, which
from .places import CACHE, read_state, say, write_state
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
    return subprocess.run(command, check=False, capture_output=True, timeout=20).returncode == 0


def start(port: int | None) -> bool:
    """Start a daemon if none answers, and say whether the one that answers is ours.

    *port* is the local registry's, None where Docker Hub itself answers.
    """
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
    # Not an error: the other engines do without it. Tests that require every engine fail by themselves.
    say(f"bases: dockerd does not start on this machine, see {CACHE / 'logs' / 'dockerd.log'}: {_last_words()}")
    return False


def stop() -> None:
    """Stop the daemon that `start` began, with its containers; any other is left alone."""
    registry.stop_process(PID, str(HOME))


def load(recipes: Sequence[Recipe], port: int, *, mirrored: bool) -> None:
    """Pull and tag what the daemon could not find by itself."""
    wanted = _names(recipe for recipe in recipes if not (mirrored and recipe.full_name.startswith("docker.io/")))
    there = _images() if wanted else {}
    loaded = dict(read_state().get("docker", {}))
    for source, name in wanted:
        if name in there and there[name] != loaded.get(name, {}).get("id"):
            # Somebody else's image of that name, perhaps the official one.
            continue
        repository, _, tag = source.rpartition(":")
        digest = registry.has(port, repository, tag)
        if name in there and loaded[name]["digest"] == digest:
            continue
        local = f"127.0.0.1:{port}/{source}"
        _docker("pull", "--quiet", local)
        _docker("tag", local, name)
        loaded[name] = {"digest": digest, "id": _docker("image", "inspect", "--format", "{{.Id}}", name).strip()}
        # The name with the port has done its work and would only confuse whoever lists the images.
        _docker("image", "rm", local)
        write_state(docker=loaded)


def unload() -> None:
    """Remove from a daemon that is not ours the images that `load` gave it, unless they have changed since."""
    loaded = read_state().get("docker", {})
    if not loaded or _is_ours() or not answers():
        return
    there = _images()
    for name, image in loaded.items():
        if there.get(name) == image["id"]:
            _docker("image", "rm", name)


def _names(recipes: Iterable[Recipe]) -> list[tuple[str, str]]:
    """Pairs of a name in the registry and the name that a FROM uses."""
    names = []
    for recipe in recipes:
        short = recipe.name.rpartition(":")[0]
        names += [(f"{recipe.repository}:{tag}", f"{short}:{tag}") for tag in (recipe.tag, *recipe.aliases)]
        if recipe.also:
            names.append((f"{recipe.also}:{recipe.tag}", f"{recipe.also}:{recipe.tag}"))
    return names


def _images() -> dict[str, str]:
    """Name -> full image ID of what the daemon has."""
    listed = _docker("image", "ls", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}")
    return dict(line.split(" ", 1) for line in listed.strip().split("\n") if " " in line)


def _docker(*arguments: str) -> str:
    return run([str(which("docker")), *arguments], log=CACHE / "logs" / "docker.log")


def _start(port: int | None, flags: Sequence[str]) -> bool:
    log = CACHE / "logs" / "dockerd.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    HOME.mkdir(parents=True, exist_ok=True)
    PID.unlink(missing_ok=True)
    command = [
        str(which("dockerd")),
        *("--data-root", str(HOME / "data"), "--exec-root", str(HOME / "exec"), "--pidfile", str(PID)),
        *("--host", f"unix://{SOCKET}"),
        *(("--registry-mirror", f"http://127.0.0.1:{port}") if port else ()),
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


def _last_words() -> str:
    """The line in which dockerd says why it gave up."""
    lines = (CACHE / "logs" / "dockerd.log").read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.startswith("failed to start")), "it did not say why")


def _is_ours() -> bool:
    try:
        return str(HOME) in Path(f"/proc/{int(PID.read_text())}/cmdline").read_text() and answers()
    except (OSError, ValueError):
        return False
