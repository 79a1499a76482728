"""Make Podman and Buildah look into the local registry first, for every shell on this machine.

Drop-in files only (see containers-registries.conf.d(5)), so that removing them undoes everything. A name that the local
registry does not have is still asked for where it really lives.
"""

import re
import resource
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

LIMITS = Path("/etc/containers/containers.conf.d/50-lightship-stand-ins.conf")

LIMITS_TEXT = """\
# Written by lightship's tools/bases; `tools/bases remove` takes it away again.
# Podman asks for higher limits than this machine may set (no CAP_SYS_RESOURCE): every `podman run` would end in
# "error setting rlimits".
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
"""

CAP_SYS_RESOURCE = 24


def point_to(port: int) -> None:
    """Write the drop-in."""
    if write_whole(REGISTRIES, TEXT.format(port=port)):
        say(f"bases: podman and buildah now look at 127.0.0.1:{port} first ({REGISTRIES})")


def lower_limits() -> None:
    """Let root's ``podman run`` work where limits cannot be raised, as in most virtual sandboxes."""
    if _has_capability(CAP_SYS_RESOURCE):
        return
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    # Podman lowers its own limit of processes to 32768 before it sets the container's, so that the hard limit
    # which this process sees is too much already.
    processes = min(resource.getrlimit(resource.RLIMIT_NPROC)[1], 4096)
    if files > 0 and processes > 0 and write_whole(LIMITS, LIMITS_TEXT.format(files=files, processes=processes)):
        say(f"bases: podman now asks for no more than this machine's limits ({LIMITS})")


def remove() -> None:
    """Take the drop-ins away."""
    for path in (REGISTRIES, LIMITS):
        if path.exists():
            path.unlink()
            say(f"bases: removed {path}")


def _has_capability(number: int) -> bool:
    effective = re.search(r"^CapEff:\s*([0-9a-f]+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return effective is None or bool(int(effective[1], 16) >> number & 1)
