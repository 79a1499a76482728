"""Packages that came along because others recommend them, and which of them a container may count on.

Debian's policy (https://www.debian.org/doc/debian-policy/ch-relationships.html, 7.2): a recommended package is found
together with the other "in all but unusual installations". A container that has no init and no graphics device is an
unusual one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from lightship import distros
from lightship.distros import Package
from lightship.evidence import Evidence

# Virtual packages of what drives graphics devices: https://www.debian.org/doc/packaging-manuals/virtual-package-names-list.yaml
_DEVICE_DRIVERS = frozenset({"va-driver", "vdpau-driver", "vulkan-icd"})
_NAMES_A_DEVICE = re.compile(rb"vaapi|vdpau|vulkan|hwaccel|/dev/dri|\bqsv|LIBVA_|\bVK_|webgpu|nvenc", re.IGNORECASE)
# Init and what only it starts: https://packages.debian.org/source/bookworm/systemd
_OF_INIT = frozenset(
    {"systemd", "systemd-sysv", "systemd-timesyncd", "libpam-systemd", "udev", "dbus-user-session", "elogind",
     "libpam-elogind", "libpam-cap", "sysvinit-core"}
)  # fmt: skip
_TEXT_LIMIT = 1 << 20
_UNIT = re.compile(r"^(?:usr/)?lib/systemd/system/[^/]+\.service$")
_STARTS = re.compile(r"^ExecStart=[-@:+!]*(\S+)", re.MULTILINE)
_SERVICE = re.compile(r"/(?:sbin|libexec|lib|lib64)/|(?:d|-daemon|-server)$")


def recommended(
    evidence: Evidence, names: Collection[str], base: Collection[str], left: Collection[str]
) -> frozenset[str]:
    """What came along because some packages, or what they depend on, recommend it, and does not serve the build.

    The original has it, and a program may count on it: git on less, or on certificates. What a package recommends that
    is only recommended itself (git: ssh: xauth) is two steps away from what anybody asked for. What the ``base`` image
    has came along with its own packages: it counts when these were asked for. What is ``left`` behind stays there.

    Two kinds are not counted on, since nothing is there that could use them: services that only init starts, and the
    drivers of graphics devices where nothing of the project's own names such a device.
    """
    installed = evidence.installed
    seen = {package.name for package in distros.dependencies(installed, names)} | set(left)
    idle = not_for_running(evidence, names)
    found: set[str] = set()
    for package in distros.dependencies(installed, names):
        if package.name in left or (package.name in base and package.name not in names):
            continue
        for group in package.recommends:
            if not _DEVICE_DRIVERS.isdisjoint(group) and not _names_a_device(evidence):
                continue
            for one in distros.satisfied_by(installed, group):
                if one.name in seen or distros.judge(installed, one).need == "build-only":
                    continue
                if (one.name in base and package.name not in base) or one.name in idle or _is_service(evidence, one):
                    continue
                seen.update(below.name for below in distros.dependencies(installed, [one.name]))
                found.add(one.name)
    return frozenset(found)


def not_for_running(evidence: Evidence, named: Collection[str]) -> frozenset[str]:
    """Packages that a mere dependency does not bring: tools of the package manager, and of an init that is not run.

    Settings of GTK depend on a session bus, which depends on a login session, which depends on systemd; a container
    that does not start with it has none of these. ``named`` are packages that count in any case.
    """
    tools = distros.maintainer_tools(evidence.installed)
    if _runs_init(evidence):
        return tools
    return tools | {package.name for package in evidence.installed.packages if package.name in _OF_INIT} - set(named)


def _is_service(evidence: Evidence, package: Package) -> bool:
    """Whether a package is there to be started by init: its unit starts what nobody starts by hand."""
    if _runs_init(evidence):
        return False
    units = [path for path in package.files if _UNIT.match(path) and path in evidence.files]
    texts = (evidence.files.read(path, _TEXT_LIMIT).decode("utf-8", "replace") for path in units)
    return any(_SERVICE.search(match.group(1)) for text in texts for match in _STARTS.finditer(text))


def _runs_init(evidence: Evidence) -> bool:
    config = evidence.config
    return any(
        word.rpartition("/")[2] in ("init", "systemd") for word in (*(config.entrypoint or ()), *(config.cmd or ()))
    )


def _names_a_device(evidence: Evidence) -> bool:
    """Whether the image's settings or a file that the project brought names a graphics device or how to use one."""
    config = evidence.config
    words = (*(config.entrypoint or ()), *(config.cmd or ()), *(f"{name}={value}" for name, value in config.env))
    if _NAMES_A_DEVICE.search(" ".join(words).encode("utf-8", "surrogateescape")):
        return True
    brought = (path for effect in evidence.effects if effect.instruction.keyword != "run" for path in effect.added)
    for path in brought:
        located = evidence.files.get(path)
        is_text = located is not None and located.entry.kind == "file" and located.entry.size <= _TEXT_LIMIT
        if is_text and _NAMES_A_DEVICE.search(evidence.files.read(path, _TEXT_LIMIT)):
            return True
    return False
