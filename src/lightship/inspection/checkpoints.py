"""Points of the CIS Docker Benchmark (section 4) and of Dockle that an image alone can prove.

Sources: https://www.cisecurity.org/benchmark/docker, https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lightship.inspection.model import Checkpoint, Place, Secret, Surface
from lightship.inspection.tokens import plain_instruction
from lightship.messages import said
from lightship.oci import ImageConfig, Rootfs

_UPGRADE = re.compile(
    r"\b(?:apt-get|apt|yum|dnf)\s+(?:-\S+\s+)*(?:dist-upgrade|full-upgrade|upgrade)\b|\bapk\s+upgrade\b"
)
_UPDATE = re.compile(r"\b(?:apt-get|apt)\s+(?:-\S+\s+)*update\b")
_APK_ADD = re.compile(r"\bapk\b(?=[^&|;]*\sadd\b)(?![^&|;]*--no-cache)")
_SENSITIVE = ("/dev", "/proc", "/sys")
_INSTALL = re.compile(r"\b(?:apt-get|apt)\s+(?:-\S+\s+)*install\b")


def checkpoints(
    config: ImageConfig, rootfs: Rootfs, surface: Surface, secrets: Sequence[Secret], caches: Sequence[Place]
) -> tuple[Checkpoint, ...]:
    """Every point, passed or not; a detail says what was found."""
    lines = [plain_instruction(line.created_by) for line in config.history]
    runs = [line for line in lines if line.upper().startswith("RUN ")]
    health = config.healthcheck is not None and config.healthcheck.test[:1] != ("NONE",)
    adds = sum(line.upper().startswith("ADD ") for line in lines[1:])  # the first line is the base's own archive
    users, groups = _table(rootfs, "etc/passwd"), _table(rootfs, "etc/group")
    return (
        Checkpoint("CIS-DI-0001", "a user other than root", not surface.is_root, f"USER {surface.user}"),
        Checkpoint("CIS-DI-0006", "a HEALTHCHECK", health),
        _point(
            "CIS-DI-0007", "no update alone in a RUN", [r for r in runs if _UPDATE.search(r) and not _INSTALL.search(r)]
        ),
        _point("CIS-DI-0008", "no setuid or setgid files", [f"/{path}" for path in surface.set_id]),
        Checkpoint("CIS-DI-0009", "COPY in place of ADD", adds == 0, f"{adds} ADD" if adds else ""),
        _point("CIS-DI-0010", "no secrets", [one.path if one.layer < 0 else f"/{one.path}" for one in secrets]),
        _point("DKL-DI-0001", "no sudo", [f"/{path}" for path in ("usr/bin/sudo", "bin/sudo") if path in rootfs]),
        _point(
            "DKL-DI-0002",
            "no sensitive directory as a VOLUME",
            [path for path in config.volumes if f"{path}/".startswith(tuple(f"{one}/" for one in _SENSITIVE))],
        ),
        _point("DKL-DI-0003", "no upgrade of all packages", [run for run in runs if _UPGRADE.search(run)]),
        _point("DKL-DI-0004", "apk add with --no-cache", [run for run in runs if _APK_ADD.search(run)]),
        _point(
            "DKL-DI-0005",
            "no package lists left behind",
            [f"/{c.path}" for c in caches if "lists" in c.path or "apk" in c.path],
        ),
        _point("DKL-LI-0001", "no account without a password", list(_open_accounts(rootfs))),
        _point("DKL-LI-0002", "no two accounts or groups of one number", [*_twice(users), *_twice(groups)]),
        _point("DKL-LI-0003", "no caches, no temporary files", [f"/{c.path}" for c in caches]),
    )


def _point(code: str, title: str, found: Sequence[str]) -> Checkpoint:
    first = found[0] if found else ""
    more = said(" and {count} more", count=len(found) - 1) if len(found) > 1 else ""
    return Checkpoint(code, title, not found, first[:100] + more)


def _table(rootfs: Rootfs, path: str) -> list[list[str]]:
    return [line.split(":") for line in rootfs.read_text(path, 1 << 20).split("\n") if line.count(":") > 2]


def _open_accounts(rootfs: Rootfs) -> Iterator[str]:
    return (fields[0] for fields in _table(rootfs, "etc/shadow") if fields[1] == "")


def _twice(table: list[list[str]]) -> list[str]:
    counts = Counter(fields[2] for fields in table)
    return [fields[0] for fields in table if counts[fields[2]] > 1]
