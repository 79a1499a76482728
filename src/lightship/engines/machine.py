"""Facts about this machine that decide which flags an engine needs. Facts only: no machine is known by its name."""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import shutil
from pathlib import Path
from typing import Literal

CAP_SYS_RESOURCE = 24


@functools.cache
def cgroup_layout() -> Literal["unified", "hybrid", "legacy", "none"]:
    """How control groups are mounted; "hybrid" is version 1 with a version 2 tree beside it. cgroups(7)."""
    with contextlib.suppress(OSError):
        kinds = {
            (fields[1], fields[2])
            for line in Path("/proc/self/mounts").read_text().split("\n")
            if len(fields := line.split()) > 2 and fields[1].startswith("/sys/fs/cgroup")
        }
        if ("/sys/fs/cgroup", "cgroup2") in kinds:
            return "unified"
        if any(kind == "cgroup2" for _, kind in kinds):
            return "hybrid"
        if any(kind == "cgroup" for _, kind in kinds):
            return "legacy"
    return "none"


def has_systemd() -> bool:
    """Whether systemd runs the machine; sd_booted(3)."""
    return Path("/run/systemd/system").is_dir()


def is_root() -> bool:
    """Whether we are user 0, of this user namespace."""
    return os.geteuid() == 0


@functools.cache
def has_capability(number: int) -> bool:
    """Whether this process has a capability in its effective set; capabilities(7)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().split("\n"):
            if line.startswith("CapEff:"):
                return bool(int(line.split()[1], 16) >> number & 1)
    return False


def ulimit_flags() -> list[str]:
    """``--ulimit`` flags at or below the hard limits, where nothing above them may be set; else none.

    Podman asks for nofile=1048576 and nproc=32768 by default; without CAP_SYS_RESOURCE every start then ends in "error
    setting rlimit type 7: operation not permitted".
    """
    if not is_root() or has_capability(CAP_SYS_RESOURCE):
        return []
    flags = []
    for name, kind, default in (
        ("nofile", resource.RLIMIT_NOFILE, 1048576),
        ("nproc", resource.RLIMIT_NPROC, 32768),
    ):
        hard = resource.getrlimit(kind)[1]
        value = default if hard == resource.RLIM_INFINITY else min(default, hard)
        flags += ["--ulimit", f"{name}={value}:{value}"]
    return flags


def runtime_instead_of(configured: str) -> str:
    """The path of an OCI runtime to name instead of the configured one, or "" when that one is fine here.

    crun refuses hybrid control groups ("cgroups in hybrid mode not supported, drop all controllers from cgroupv2");
    runc takes them.
    """
    if Path(configured).name != "crun" or cgroup_layout() != "hybrid":
        return ""
    return shutil.which("runc") or shutil.which("runc", path="/usr/sbin:/usr/local/sbin:/sbin") or ""


def default_ca_bundle() -> Path | None:
    """The host's bundle of trusted certificates, where the usual systems keep it."""
    for name in (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ):
        if Path(name).is_file():
            return Path(name)
    return None


def proxies() -> dict[str, str]:
    """The host's proxy variables, by the names that a build knows without ARG.

    Source: https://docs.docker.com/build/building/variables/#proxy-arguments
    """
    names = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
    found = {name: os.environ.get(name) or os.environ.get(name.lower()) for name in names}
    return {name: value for name, value in found.items() if value}


def proxy_urls() -> list[str]:
    """Where the proxies are."""
    return [value for name, value in proxies().items() if name != "NO_PROXY"]


def free_bytes(path: Path) -> int:
    """Bytes that we may still write below ``path``."""
    return shutil.disk_usage(path).free
