"""The command that installs an engine on this system."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from lightship.messages import said

_BY_ID = {
    "debian": "apt-get install -y podman buildah runc",
    "ubuntu": "apt-get install -y podman buildah runc",
    "fedora": "dnf install -y podman buildah",
    "rhel": "dnf install -y podman buildah",
    "centos": "dnf install -y podman buildah",
    "alpine": "apk add podman buildah fuse-overlayfs",
    "arch": "pacman -S --noconfirm podman buildah",
    "suse": "zypper install -y podman buildah",
    "opensuse": "zypper install -y podman buildah",
}


def install_command() -> str:
    """What to type, in words."""
    if sys.platform == "darwin":
        return said("install one: brew install podman && podman machine init && podman machine start")
    for id_ in _system_ids():
        if id_ in _BY_ID:
            return said("install one: {by_id}", by_id=_BY_ID[id_])
    return said("install Docker, Podman or Buildah: https://podman.io/docs/installation")


def _system_ids() -> list[str]:
    """ID and ID_LIKE of os-release(5), nearest first."""
    with contextlib.suppress(OSError):
        pairs = (line.partition("=") for line in Path("/etc/os-release").read_text().split("\n"))
        found = {name: value.strip("\"'") for name, _, value in pairs}
        return [found.get("ID", ""), *found.get("ID_LIKE", "").split()]
    return []
