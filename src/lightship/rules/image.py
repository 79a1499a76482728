"""What rules may know of a built image: how large what each instruction added is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from lightship.dockerfile import Instruction


@dataclass(frozen=True, slots=True)
class RecordedImage:
    """Facts of an image.

    ``layers`` maps an instruction's line to the paths it added (no leading slash) and their bytes; ``bases`` the
    reference of a base image to its platform.
    """

    platform: str = ""
    bases: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    def bytes_below(self, instruction: Instruction, *folders: str) -> int | None:
        """Bytes that the instruction added below (or at) one of ``folders``; None when its layer is not known."""
        layer = self.layers.get(instruction.line)
        if layer is None:
            return None
        starts = tuple(folder.strip("/") for folder in folders)
        return sum(size for path, size in layer.items() if any(_is_below(path, start) for start in starts))

    def platform_of(self, reference: str) -> str | None:
        """The platform of a base image, None when not known."""
        return self.bases.get(reference)


def recorded(text: str) -> RecordedImage:
    """The facts in an ``evidence.json``: ``{"platform": ..., "bases": {...}, "layers": {"3": {"path": bytes}}}``."""
    document = json.loads(text)
    layers = {int(line): dict(paths) for line, paths in document.get("layers", {}).items()}
    return RecordedImage(document.get("platform", ""), document.get("bases", {}), layers)


def _is_below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(folder + "/")
