"""Where Podman and Buildah keep image configs: containers-storage, read directly since no command gives one whole."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path
from typing import Any


def stored_config(graph_root: str, driver: str, image_id: str) -> dict[str, Any] | None:
    """The config blob of an image; None where the store is not ours to read (a remote engine).

    Names with characters that a file name may not have are kept as "=" and base64.
    Source: https://github.com/containers/storage/blob/main/images.go (``makeBigDataBaseName``)
    """
    name = "=" + base64.b64encode(f"sha256:{image_id}".encode()).decode()
    path = Path(graph_root) / f"{driver}-images" / image_id / name
    with contextlib.suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found
    return None
