"""Looking inside one image, and holding two against each other: layers, waste, owners, attack surface, secrets.

    with open_image("docker-archive:app.tar") as image:
        print(look_inside(image, "app.tar").efficiency)

Everything is read from headers and a few files; nothing is run. ``checkpoints`` and ``secrets`` say what they found,
never the values. Absent by intent: vulnerabilities, which need a database that somebody keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightship.inspection.model import (
    Card,
    Checkpoint,
    Component,
    Inspection,
    LayerRow,
    Owner,
    Place,
    Secret,
    Surface,
    Waste,
)

if TYPE_CHECKING:
    from lightship.inspection.look import look_inside

__all__ = [
    "Card",
    "Checkpoint",
    "Component",
    "Inspection",
    "LayerRow",
    "Owner",
    "Place",
    "Secret",
    "Surface",
    "Waste",
    "look_inside",
]


def __getattr__(name: str) -> Any:
    # Readers of package databases and languages are most of the start-up, and an image that is known needs none.
    if name == "look_inside":
        from lightship.inspection.look import look_inside

        return look_inside
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
