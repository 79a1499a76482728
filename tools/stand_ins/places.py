"""Where everything is kept, and the lock that keeps two runs apart."""

import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).resolve().parent
"""This package's folder, with the Dockerfiles of the stand-ins in ``images/``."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lightship"
"""The one folder that holds the registry, the daemon's data, tarballs, logs and state."""

STATE = CACHE / "state.json"


def say(text: str) -> None:
    """Print a line at once, so that a long step is announced before it starts."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Hold the only lock: a second run waits for the first, then finds its work done.

    ``flock`` goes away with the process, so that a run that was killed leaves nothing to clean up.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    # The lock file is never removed: whoever waits on a removed one would hold a lock that nobody else can see.
    with (CACHE / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("bases: another run is at work, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_state() -> dict[str, Any]:
    """What earlier runs have done: the registry's port, the digest of every recipe built."""
    try:
        state = json.loads(STATE.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(**changes: Any) -> None:
    """Merge *changes* into the state file."""
    write_whole(STATE, json.dumps(read_state() | changes, indent=1, sort_keys=True) + "\n")


def write_whole(path: Path, text: str) -> bool:
    """Write *text*, all or nothing, and say whether the file changed.

    The text lands under a temporary name first, so that an interrupted run never leaves half a file.
    """
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text)
    part.replace(path)
    return True
