"""An image against its budget and its accepted figures, as text and as a part of a JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lightship.inspection.accepted import Figures, changed
from lightship.inspection.budget import Excess
from lightship.inspection.document import as_document


def budget_text(image: str, figures: Figures, accepted: Figures | None, excesses: Iterable[Excess], lock: Path) -> str:
    """What is exceeded with its causes, then what is not as it was accepted."""
    lines: list[str] = []
    for one in excesses:
        lines.append(f"{image}: budget: {one.what} [{one.key}]")
        lines += [f"    {cause}" for cause in one.causes]
    if not lines:
        lines.append(f"{image}: within its budget: {figures.size / 1e6:.1f} MB, {figures.layers} layers")
    if accepted:
        rows = list(changed(accepted, figures))
        lines.append(f"since {lock.name}: " + ("" if rows else "nothing has changed"))
        lines[-1] = lines[-1].rstrip()
        lines += [f"    {name}: {then} -> {now}{f' ({more})' if more else ''}" for name, then, now, more in rows]
    return "\n".join(lines)


def budget_document(
    image: str, figures: Figures, accepted: Figures | None, excesses: Iterable[Excess]
) -> dict[str, object]:
    """The ``budget`` of ``lightship.check/1``."""
    return {
        "image": image,
        "figures": as_document(figures),
        "accepted": as_document(accepted),
        "exceeded": [as_document(one) for one in excesses],
    }
