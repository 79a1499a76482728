"""What this machine has and lacks: packages, certificates, a way to Docker Hub."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from .places import CACHE, say

PACKAGES = {
    # Named with their network stack, because the one that apt picks by itself differs between the two.
    "buildah": "buildah netavark",
    "podman": "podman netavark",
    "runc": "runc",
    "skopeo": "skopeo",
    "dockerd": "docker.io",
    "iptables": "iptables",
    "docker-registry": "docker-registry",
    "mmdebstrap": "mmdebstrap",
    "update-ca-certificates": "ca-certificates",
}
"""Program -> the Debian packages that bring it."""

HOST_CERTIFICATES = Path("/usr/local/share/ca-certificates")
"""Where Debian keeps an administrator's own authorities; see update-ca-certificates(8)."""

_running: set[subprocess.Popen[str]] = set()


class Problem(Exception):
    """Something that a person has to know, in one line, with what to do as the second."""


def run(
    arguments: Sequence[str | Path],
    *,
    log: Path | None = None,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a program to its end and give its standard output; a failure is a `Problem` with its last lines."""
    command = [str(argument) for argument in arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    _running.add(process)
    try:
        stdout, stderr = process.communicate()
    finally:
        _running.discard(process)
    output = stdout + stderr
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as handle:
            handle.write(f"$ {' '.join(command)}\n{output}\n")
    if process.returncode != 0:
        last = "\n".join("    " + line for line in output.strip().split("\n")[-12:])
        where = f"\nhelp: all of its output is in {log}" if log else ""
        raise Problem(f"{' '.join(command[:6])} ... exited with {process.returncode}\n{last}{where}")
    return stdout


def stop_running() -> None:
    """End the programs that other threads are waiting for, so that an interrupted run ends at once."""
    for process in tuple(_running):
        process.terminate()


def require_root() -> None:
    """Stop early, with the reason, when not root."""
    if os.geteuid() != 0:
        raise Problem(
            "making and serving stand-in bases needs root (apt-get, chroot, /etc/containers)\n"
            "help: run it with sudo, or as root in a virtual machine or container"
        )


def require_debian() -> None:
    """Stop early on anything but Debian 12, whose packages are what the stand-ins are made of."""
    try:
        release = Path("/etc/os-release").read_text()
    except FileNotFoundError:
        release = ""
    if "VERSION_CODENAME=bookworm" not in release:
        raise Problem(
            "stand-in bases are made on Debian 12 (bookworm) only\n"
            "help: use a registry: lightship itself needs no stand-ins where docker.io answers"
        )


def install_missing(programs: Sequence[str]) -> None:
    """Install the Debian packages whose program is not there, after saying which."""
    missing = [name for name in programs if which(name) is None]
    if missing:
        require_root()
        install(" ".join(PACKAGES[name] for name in missing).split())


def install(packages: Sequence[str]) -> None:
    """Install Debian packages after saying which."""
    packages = list(dict.fromkeys(packages))
    say(f"bases: installing with apt-get: {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    log = CACHE / "logs" / "apt.log"
    # Another apt-get (unattended-upgrades, another script) may hold the locks for a while: wait, do not fail. The
    # option is for dpkg's lock only; the one of the package lists has none.
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    for left in reversed(range(30)):
        try:
            run([*apt, "update"], env=quiet, log=log)
            break
        except Problem as problem:
            if not left or "lists/lock" not in str(problem):
                raise
            time.sleep(2)
    run([*apt, "install", "-y", "--no-install-recommends", *packages], env=quiet, log=log)


def which(program: str) -> str | None:
    """The program's path, with the sbin folders that a plain user's PATH lacks."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")


def pip() -> list[str]:
    """The command that runs pip: this Python's own, or one in a virtual environment of ours."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    home = CACHE / "pip"
    if not (home / "bin" / "pip").exists():
        if importlib.util.find_spec("ensurepip") is None:
            install(["python3-venv"])
        run([sys.executable, "-m", "venv", "--clear", home])
    return [str(home / "bin" / "python"), "-m", "pip"]


def extra_certificates() -> list[Path]:
    """Authorities that this machine trusts besides the public ones: a company's proxy, for example.

    A RUN step that speaks to a package registry must trust them too, so they go into the stand-ins.
    """
    return sorted(HOST_CERTIFICATES.rglob("*.crt"))


def docker_hub_answers() -> bool:
    """Whether docker.io's registry can be reached from here.

    It answers 401 with its token service to a client that has not logged in; a proxy's own error page does not count.
    """
    try:
        with urllib.request.urlopen("https://registry-1.docker.io/v2/", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401 and "auth.docker.io" in error.headers.get("Www-Authenticate", "")
    except (OSError, ValueError):
        return False
