"""Whose a container, an image or a folder is: the run id that names everything lightship makes.

A run id says which process made a thing, so that a later run can tell what a killed run has left behind, and never
takes a thing of the user's or of a run that is still going on for its own. Containers carry it as a label and in
their name. Images carry it in their tag only: a label would change the very config that is to be compared.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LABEL = "io.lightship.run"
REPOSITORY = "localhost/lightship"
PREFIX = "lightship-"
VARIABLE = "LIGHTSHIP_RUN"
"""In the environment of programs that are started on this machine to be reached by containers."""

_PATTERN = re.compile(r"(?P<pid>\d+)-(?P<start>\d+)-(?P<scope>[0-9a-f]{6})(?P<boot>[0-9a-f]{6})-(?P<nonce>[0-9a-f]{6})")
_counter = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RunId:
    """Process id, its start time, where it ran (machine and pid namespace), since which boot, and a random part."""

    text: str

    def name(self) -> str:
        """A fresh name for a container of this run."""
        return f"{PREFIX}{self.text}-{next(_counter)}"

    def tag(self) -> str:
        """A fresh reference for an image of this run."""
        return f"{REPOSITORY}:{self.text}-{next(_counter)}"


def new_run_id() -> RunId:
    """The id of a run of this process."""
    scope, boot = _place()
    return RunId(f"{os.getpid()}-{_start_time(os.getpid()) or 0}-{scope}{boot}-{secrets.token_hex(3)}")


def run_id_in(text: str) -> str | None:
    """The run id inside a container name, an image reference or a folder name."""
    found = _PATTERN.search(text)
    return found.group() if found else None


def is_abandoned(run_id: str) -> bool:
    """Whether the process of a run is gone for certain.

    A run on another machine or in another pid namespace (a remote or shared daemon) cannot be judged from here: False.
    """
    found = _PATTERN.fullmatch(run_id)
    if not found:
        return False
    scope, boot = _place()
    if found["scope"] != scope:
        return False
    if found["boot"] != boot:
        return True
    return _start_time(int(found["pid"])) != int(found["start"])


def may_clean(text: str, run_id: str | None) -> bool:
    """Whether a thing so named may be removed: it is of the run ``run_id``, or (None) of a run that is gone."""
    found = run_id_in(text)
    if found is None:
        return False
    return found == run_id if run_id else is_abandoned(found)


def folder(run_id: RunId) -> Path:
    """A fresh private folder of the run, outside of everything of the user's."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{run_id.text}-"))


@contextlib.contextmanager
def passing_folder() -> Iterator[Path]:
    """A private folder for a moment, named so that a later run removes it when this one is killed before it does."""
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{new_run_id().text}-") as name:
        yield Path(name)


def folders(run_id: str | None) -> list[Path]:
    """The folders that ``clean`` may remove."""
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*")
    return [path for path in found if path.is_dir() and not path.is_symlink() and may_clean(path.name, run_id)]


def remove_folders(run_id: str | None, *, all_kinds: bool = False) -> int:
    """Remove them; how many there were. Those with an OCI runtime's state belong to Buildah, which ends it first."""
    found = [path for path in folders(run_id) if all_kinds or not (path / "runc").is_dir()]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*.pid"):
        if may_clean(path.name, run_id):
            path.unlink(missing_ok=True)
    return len(found)


def end_programs(run_id: str | None) -> int:
    """Kill the programs on this machine that ``clean`` may end, children included; how many there were.

    They are known by a variable in their environment, which their children inherit.
    """
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The handle first: what is killed is then what was looked at, and not a later process of that number.
            handle = os.pidfd_open(int(entry.name))
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
                marks = [one for one in variables if one.startswith(f"{VARIABLE}=".encode())]
                if marks and may_clean(marks[0].decode("utf-8", "replace"), run_id):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    count += 1
            finally:
                os.close(handle)
    return count


def _place() -> tuple[str, str]:
    with contextlib.suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - not a path
        return _hash(_machine() + namespace), _hash(Path("/proc/sys/kernel/random/boot_id").read_text())
    return _hash(_machine()), _hash("")


def _machine() -> str:
    with contextlib.suppress(OSError):
        return Path("/etc/machine-id").read_text().strip() + socket.gethostname()
    return socket.gethostname()


def _hash(text: str) -> str:
    return hashlib.blake2s(text.encode()).hexdigest()[:6]


def _start_time(pid: int) -> int | None:
    """Clock ticks since boot at which a process started; proc(5), field 22 of stat."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])
