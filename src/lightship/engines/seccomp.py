"""The system calls a container may make: the profile that containers/common installs, in the runtime's own form."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROFILES = ("/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json")
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "x86"}
_SCMP = {
    "x86_64": "SCMP_ARCH_X86_64",
    "aarch64": "SCMP_ARCH_AARCH64",
    "armv7l": "SCMP_ARCH_ARM",
    "i686": "SCMP_ARCH_X86",
}


def profile(capabilities: Sequence[str]) -> dict[str, Any] | None:
    """The profile for a container with these capabilities; None where no profile is installed.

    The file's rules may hold only for some capabilities and architectures; the runtime knows no such conditions.
    Source: https://github.com/containers/common/blob/main/pkg/seccomp/types.go
    """
    for name in PROFILES:
        with contextlib.suppress(OSError, ValueError):
            return _resolve(json.loads(Path(name).read_text()), capabilities)
    return None


def _resolve(raw: dict[str, Any], capabilities: Sequence[str]) -> dict[str, Any]:
    machine = os.uname().machine
    ours = _SCMP.get(machine)
    maps = raw.get("archMap") or []
    chosen: list[str] = list(raw.get("architectures") or [])
    for entry in maps:
        if entry.get("architecture") == ours:
            chosen = [entry["architecture"], *(entry.get("subArchitectures") or [])]
    resolved: dict[str, Any] = {
        "defaultAction": raw["defaultAction"],
        "architectures": chosen,
        "syscalls": [
            _rule(rule)
            for rule in raw.get("syscalls") or []
            if _holds(rule, capabilities, _ARCHITECTURES.get(machine, ""))
        ],
    }
    if raw.get("defaultErrnoRet") is not None:
        resolved["defaultErrnoRet"] = raw["defaultErrnoRet"]
    return resolved


def _holds(rule: dict[str, Any], capabilities: Sequence[str], architecture: str) -> bool:
    includes, excludes = rule.get("includes") or {}, rule.get("excludes") or {}
    if any(name in capabilities for name in excludes.get("caps") or ()):
        return False
    if architecture in (excludes.get("arches") or ()):
        return False
    if any(name not in capabilities for name in includes.get("caps") or ()):
        return False
    arches = includes.get("arches")
    return not arches or architecture in arches


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "names": rule.get("names") or [rule["name"]],
        "action": rule["action"],
    }
    if rule.get("args"):
        kept["args"] = [
            {key: arg[key] for key in ("index", "value", "valueTwo", "op") if arg.get(key) is not None}
            for arg in rule["args"]
        ]
    if rule.get("errnoRet") is not None:
        kept["errnoRet"] = rule["errnoRet"]
    return kept
