"""The attack surface of an image: what is there that somebody who got in could use."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.inspection.model import Owner, Surface
from lightship.oci import ImageConfig, Rootfs

# What a shell and execvp(3) fall back to when PATH is not set.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# By the names that they go by on a PATH, in any distribution.
SHELLS = frozenset({"ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "sh", "tcsh", "zsh"})
PACKAGE_MANAGERS = frozenset(
    {"apk", "apt", "apt-get", "bundle", "cargo", "composer", "conda", "corepack", "dnf", "dpkg", "gem", "microdnf",
     "npm", "pip", "pip3", "pnpm", "poetry", "rpm", "uv", "yarn", "yum", "zypper"}
)  # fmt: skip
COMPILERS = frozenset(
    {"as", "c++", "cc", "clang", "cmake", "g++", "gcc", "gfortran", "go", "javac", "ld", "make", "node-gyp", "rustc"}
)
NETWORK_TOOLS = frozenset(
    {"curl", "dig", "ftp", "git", "nc", "ncat", "netcat", "nmap", "nslookup", "rsync", "scp", "sftp", "socat", "ssh",
     "tcpdump", "telnet", "wget"}
)  # fmt: skip
SET_ID = 0o6000
_STICKY, _WORLD = 0o1000, 0o002
_OS = "os"


def surface_of(config: ImageConfig, rootfs: Rootfs, owners: tuple[Owner, ...], components: int) -> Surface:
    """The surface. ``components`` counts packages that have no files of their own."""
    programs = frozenset(_programs(config, rootfs))
    set_id, writable, capable = [], [], []
    executables = 0
    for path, located in rootfs.items():
        entry = located.entry
        mode, kind = entry.mode, entry.kind
        if kind == "file":
            executables += mode & 0o111 != 0
            if mode & SET_ID:
                set_id.append(path)
            if entry.xattrs and any(name == "security.capability" for name, _ in entry.xattrs):
                capable.append(path)
            if mode & _WORLD:
                writable.append(path)
        elif kind == "dir" and mode & _WORLD and not mode & _STICKY:
            writable.append(path)

    def present(names: frozenset[str]) -> tuple[str, ...]:
        return tuple(sorted(programs & names))

    user = config.user or "root"
    return Surface(
        user=user,
        is_root=is_root(user),
        ports=config.exposed_ports,
        set_id=tuple(sorted(set_id)),
        capabilities=tuple(sorted(capable)),
        world_writable=tuple(sorted(writable)),
        shells=present(SHELLS),
        package_managers=present(PACKAGE_MANAGERS),
        compilers=present(COMPILERS),
        network_tools=present(NETWORK_TOOLS),
        executables=executables,
        os_packages=sum(one.kind == _OS for one in owners),
        language_packages=sum(one.kind not in (_OS, "files") for one in owners) + components,
    )


def is_root(user: str) -> bool:
    """Whether a USER is root: by name, by number, or because none is set."""
    return user.partition(":")[0] in ("", "root", "0")


def _programs(config: ImageConfig, rootfs: Rootfs) -> Iterator[str]:
    """The names of everything executable on the image's PATH."""
    for directory in (config.variable("PATH") or DEFAULT_PATH).split(":"):
        real = rootfs.resolve(directory)
        if real is None:
            continue
        for name in rootfs.children(real):
            if rootfs.is_executable(f"{real}/{name}"):
                yield name
