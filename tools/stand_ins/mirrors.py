"""Make Podman and Buildah look into the local registry first, for every shell on this machine.

Drop-in files only (see containers-registries.conf.d(5)), so that removing them undoes everything. A name that the local
registry does not have is still asked for where it really lives.
"""

from pathlib import Path

from .places import say, write_whole

REGISTRIES = Path("/etc/containers/registries.conf.d/50-lightship-stand-ins.conf")

TEXT = """\
# Written by lightship's tools/bases; `tools/bases remove` takes it away again.
# docker.io and gcr.io are looked up in a local registry of STAND-IN images first.
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "127.0.0.1:{port}"
insecure = true

[[registry]]
prefix = "gcr.io"
location = "gcr.io"
[[registry.mirror]]
location = "127.0.0.1:{port}/gcr.io"
insecure = true

[aliases]
"buildpack-deps" = "docker.io/library/buildpack-deps"
"debian" = "docker.io/library/debian"
"golang" = "docker.io/library/golang"
"node" = "docker.io/library/node"
"python" = "docker.io/library/python"
"""


def point_to(port: int) -> None:
    """Write the drop-in."""
    if write_whole(REGISTRIES, TEXT.format(port=port)):
        say(f"bases: podman and buildah now look at 127.0.0.1:{port} first ({REGISTRIES})")


def remove() -> None:
    """Take the drop-in away."""
    if REGISTRIES.exists():
        REGISTRIES.unlink()
        say(f"bases: removed {REGISTRIES}")
