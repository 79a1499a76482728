"""Parts of a system that only some programs read: the package manager's settings, init, cron, login.

A runtime stage that starts from nothing has none of these programs, as a rule, and then none of their files. Where it
has one, or calls one, the files of that part come along.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """``paths`` are the tops, as fnmatch patterns without a leading slash; ``packages`` and ``programs`` read them.

    ``in_packages`` says that what kept packages have there stays behind too (nginx's init script), not only what
    installing made.
    """

    name: str
    paths: tuple[str, ...]
    packages: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    in_packages: bool = True


PARTS = (
    Part(
        "the package manager",
        ("etc/apt", "etc/dpkg", "usr/lib/apt"),
        frozenset({"apt", "aptitude", "unattended-upgrades"}),
        frozenset({"apt", "apt-get", "aptitude"}),
    ),
    Part(
        "init",
        (
            "etc/init.d", "etc/rc*.d", "etc/systemd", "etc/update-motd.d", "usr/lib/systemd", "lib/systemd",
            "usr/lib/init", "lib/init", "var/lib/systemd",
        ),
        frozenset({"systemd", "systemd-sysv", "sysvinit-core", "openrc", "runit"}),
        frozenset({"service", "systemctl", "invoke-rc.d", "update-rc.d", "rc", "openrc", "init"}),
    ),
    Part(
        "cron",
        ("etc/cron*",),
        frozenset({"cron", "anacron", "systemd-cron", "bcron", "cronie", "busybox"}),
        frozenset({"cron", "crond", "crontab", "anacron", "run-parts"}),
    ),
    Part("logs of what was installed", ("var/log",), in_packages=False),
    Part(
        "login",
        (
            "etc/pam.d", "etc/security", "etc/environment", "etc/fstab", "etc/motd", "etc/shells", "etc/subuid",
            "etc/subgid", "etc/gshadow", "etc/inputrc", "etc/networks", "run/adduser", "usr/share/info",
            "usr/local/man", "var/lib/pam", "var/lib/shells.state", "var/lib/ucf", "var/lib/python", "var/mail",
            "usr/local/games",
        ),
        frozenset({"libpam0g", "libpam-modules", "login", "passwd", "cron", "openssh-server", "adduser", "sudo"}),
        frozenset({"su", "sudo", "login", "sshd", "runuser", "useradd", "usermod", "groupadd", "adduser", "addgroup",
                   "chpasswd", "passwd", "newuidmap", "mount"}),
        in_packages=False,
    ),
)  # fmt: skip


def idle_parts(kept_packages: Collection[str], programs: Collection[str]) -> tuple[Part, ...]:
    """The parts that nothing reads: none of their packages is kept, and none of their programs is called."""
    kept, called = frozenset(kept_packages), frozenset(programs)
    return tuple(one for one in PARTS if one.packages.isdisjoint(kept) and one.programs.isdisjoint(called))
