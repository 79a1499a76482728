"""Package managers: what is installed, who owns a path, what serves only the build, how one installs.

One file a package manager (``dpkg``, ``apk``, ``rpm``), listed in ``installed.MANAGERS``.
Absent by intent: running a package manager, and reading one's repositories.
"""

from lightship.distros.checksums import checksums
from lightship.distros.installed import (
    MANAGERS,
    asked_by,
    asked_for,
    caches,
    dependencies,
    install_command,
    installed,
    judge,
    maintainer_tools,
    manager_of,
    release,
    runtime_twins,
    satisfied_by,
)
from lightship.distros.model import (
    InstallCommand,
    Installed,
    Judgement,
    Package,
    PackageManager,
    Release,
)

__all__ = [
    "MANAGERS",
    "InstallCommand",
    "Installed",
    "Judgement",
    "Package",
    "PackageManager",
    "Release",
    "asked_by",
    "asked_for",
    "caches",
    "checksums",
    "dependencies",
    "install_command",
    "installed",
    "judge",
    "maintainer_tools",
    "manager_of",
    "release",
    "runtime_twins",
    "satisfied_by",
]
