"""The OCI runtime configuration of a container, as Docker would start the image by default.

Buildah has images and root file systems but no containers that run as the image says, so for Buildah we write what
Docker writes and hand it to the OCI runtime. Nothing is looser than Docker's defaults.

Source: https://github.com/opencontainers/runtime-spec/blob/main/config.md and
https://github.com/moby/moby/blob/master/daemon/pkg/oci/defaults.go
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lightship.engines import seccomp
from lightship.engines.docker_like import DEFAULT_PIDS, tmpfs_option
from lightship.engines.protocol import RunSpec
from lightship.engines.users import Identity, identify
from lightship.oci.model import ImageConfig

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CAPABILITIES = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
]
MASKED = [
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def runtime_spec(config: ImageConfig, spec: RunSpec, rootfs: Path, files: Path, hostname: str) -> dict[str, Any]:
    """The whole ``config.json``; ``files`` holds hosts, hostname and resolv.conf."""
    who = identify(rootfs, spec.user if spec.user is not None else config.user)
    capabilities = [] if spec.drop_capabilities else CAPABILITIES
    return {
        "ociVersion": "1.0.2",
        "hostname": hostname,
        "root": {"path": str(rootfs), "readonly": spec.read_only},
        "process": _process(config, spec, who, capabilities, hostname),
        "mounts": _mounts(spec, files),
        "linux": {
            "namespaces": [*({"type": kind} for kind in ("pid", "ipc", "uts", "mount")), _network(spec)],
            "resources": _resources(spec),
            "seccomp": seccomp.profile(capabilities),
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
        },
    }


def _network(spec: RunSpec) -> dict[str, str]:
    """A network of its own, or that of the container beside it."""
    if spec.beside is None:
        return {"type": "network"}
    return {"type": "network", "path": f"/proc/{spec.beside.state().pid}/ns/net"}


def command(config: ImageConfig, spec: RunSpec) -> tuple[str, ...]:
    """What is run: ``spec.argv``, or entry point and command together."""
    return spec.argv or (*(config.entrypoint or ()), *(config.cmd or ()))


def _process(
    config: ImageConfig, spec: RunSpec, who: Identity, capabilities: list[str], hostname: str
) -> dict[str, Any]:
    env = {"PATH": DEFAULT_PATH, "HOSTNAME": hostname, "HOME": who.home, **dict(config.env), **dict(spec.env)}
    usable = capabilities if who.uid == 0 else []
    return {
        "terminal": False,
        "user": {"uid": who.uid, "gid": who.gid, "additionalGids": list(who.groups), "umask": 0o022},
        "args": list(command(config, spec)),
        "env": [f"{name}={value}" for name, value in env.items()],
        "cwd": spec.working_dir or config.working_dir or "/",
        "noNewPrivileges": spec.no_new_privileges,
        "capabilities": {
            "bounding": capabilities,
            "effective": usable,
            "permitted": usable,
            "inheritable": [],
        },
        "oomScoreAdj": 0,
    }


def _mounts(spec: RunSpec, files: Path) -> list[dict[str, Any]]:
    closed = ["nosuid", "noexec", "nodev"]
    mounts: list[dict[str, Any]] = [
        _mount("/proc", "proc", "proc", closed),
        _mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        _mount(
            "/dev/pts",
            "devpts",
            "devpts",
            ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
        ),
        _mount("/sys", "sysfs", "sysfs", [*closed, "ro"]),
        _mount("/sys/fs/cgroup", "cgroup", "cgroup", [*closed, "ro"]),
        _mount("/dev/mqueue", "mqueue", "mqueue", closed),
        _mount("/dev/shm", "tmpfs", "shm", [*closed, "mode=1777", "size=67108864"]),
    ]
    for name in ("hosts", "hostname", "resolv.conf"):
        mounts.append(_mount(f"/etc/{name}", "bind", str(files / name), ["rbind", "rprivate"]))
    for place in spec.tmpfs:
        path, _, options = tmpfs_option(place).partition(":")
        mounts.append(_mount(path, "tmpfs", "tmpfs", [*closed, *options.split(",")]))
    for host, path in spec.mounts:
        mounts.append(_mount(path, "bind", str(host), ["rbind", "ro", "rprivate"]))
    return mounts


def _mount(destination: str, kind: str, source: str, options: list[str]) -> dict[str, Any]:
    return {"destination": destination, "type": kind, "source": source, "options": options}


def _resources(spec: RunSpec) -> dict[str, Any]:
    resources: dict[str, Any] = {
        "devices": [{"allow": False, "access": "rwm"}],
        "pids": {"limit": spec.pids_limit or DEFAULT_PIDS},
    }
    if spec.memory_limit:
        resources["memory"] = {"limit": spec.memory_limit}
    return resources
