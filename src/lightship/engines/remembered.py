"""What a slow trial has shown on this machine, kept for a while under the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

from lightship import __version__
from lightship.text import write_atomic

SURROUNDINGS = ("DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "PATH")
DAY = 86400.0


def key(*parts: str) -> str:
    """A name for a question: its parts, and what an answer depends on besides (this boot, DNS, where engines are)."""
    facts = [__version__, *parts, *(os.environ.get(name, "") for name in SURROUNDINGS)]
    for path in ("/proc/sys/kernel/random/boot_id", "/etc/resolv.conf"):
        with contextlib.suppress(OSError):
            facts.append(Path(path).read_text())
    return hashlib.blake2s("\0".join(facts).encode()).hexdigest()


def recall(name: str, max_age: float = DAY) -> Any:
    """The answer kept under a key, or None."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(_file().read_text())[name]
        if 0 <= time.time() - kept["at"] <= max_age:
            return kept["value"]
    return None


def remember(name: str, value: object) -> None:
    """Keep an answer (None: forget it). A cache folder that cannot be written is no failure."""
    with contextlib.suppress(OSError):
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        kept: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(path.read_text())
        fresh = {known: entry for known, entry in kept.items() if time.time() - entry["at"] <= DAY}
        fresh.pop(name, None)
        if value is not None:
            fresh[name] = {"at": time.time(), "value": value}
        write_atomic(path, json.dumps(fresh))


def _file() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lightship" / "engines.json"
