"""What Podman and Buildah keep in containers-storage and no command of theirs tells: configs, working containers."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Store:
    """Where the store is: Podman and Buildah say it in ``info``."""

    root: str
    driver: str
    run_root: str = ""


def stored_config(store: Store, image_id: str) -> bytes | None:
    """The config blob of an image; None where the store is not ours to read (a remote engine).

    Names with characters that a file name may not have are kept as "=" and base64.
    Source: https://github.com/containers/storage/blob/main/images.go (``makeBigDataBaseName``)
    """
    name = "=" + base64.b64encode(f"sha256:{image_id}".encode()).decode()
    path = Path(store.root) / f"{store.driver}-images" / image_id / name
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def names(store: Store, kind: Literal["images", "containers"]) -> list[str]:
    """The names of all images or containers, read from the store: a listing command can wait long for its lock."""
    found: list[str] = []
    for root in filter(None, (store.root, store.run_root)):
        for path in Path(root, f"{store.driver}-{kind}").glob(f"*{kind}.json"):
            with contextlib.suppress(OSError, ValueError):
                found += [name for entry in json.loads(path.read_bytes()) for name in entry.get("names") or ()]
    return found


@dataclass(frozen=True, slots=True)
class WorkingContainer:
    """A container that a build works in; ``marker`` is the mounts file that the build was given (``BuildFiles``)."""

    id: str
    marker: str
    layer: str


def working_containers(store: Store) -> list[WorkingContainer]:
    """The working containers of builds, running or left behind by killed ones."""
    found = []
    for path in Path(store.root, f"{store.driver}-containers").glob("*/userdata/buildah.json"):
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(path.read_bytes())
            layer = Path(state.get("mountpoint") or "/").parent.name
            found.append(WorkingContainer(path.parts[-3], state.get("defaultMountsFilePath") or "", layer))
    return found


def sweep(store: Store, mine: Callable[[str], bool], remove: Callable[[str], object]) -> int:
    """Kill and remove the working containers whose marker is ``mine``; how many.

    Buildah and Podman leave them, and the RUN step's processes, when they are killed in the middle of a build.
    """
    found = [container for container in working_containers(store) if mine(container.marker)]
    for container in found:
        if container.layer:
            _kill_inside(store, container.layer)
        remove(container.id)
    return len(found)


def kill_steps(store: Store, mine: Callable[[str], bool]) -> None:
    """Kill what runs in the working containers whose marker is ``mine``; Podman, told to end, would let it run on."""
    for container in working_containers(store):
        if mine(container.marker) and container.layer:
            _kill_inside(store, container.layer)


def _kill_inside(store: Store, layer: str) -> None:
    """Kill every process whose root is the overlay with this writable layer."""
    upper = f"upperdir={Path(store.root) / store.driver / layer / 'diff'},"
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            lines = (entry / "mountinfo").read_text().split("\n")
            if any(upper in line and line.split(" ")[4] == "/" for line in lines):
                os.kill(int(entry.name), signal.SIGKILL)
