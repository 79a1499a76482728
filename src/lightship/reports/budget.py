"""An image against its budget and its accepted figures, as text and as a part of a JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lightship.inspection.accepted import Figures, changed
from lightship.inspection.budget import Excess
from lightship.inspection.document import as_document
from lightship.reports.translation import tr


def budget_text(image: str, figures: Figures, accepted: Figures | None, excesses: Iterable[Excess], lock: Path) -> str:
    """What is exceeded with its causes, then what is not as it was accepted."""
    lines: list[str] = []
    for one in excesses:
        lines.append(f"{image}: {tr('budget')}: {tr(one.what)} [{one.key}]")
        lines += [f"    {tr(cause)}" for cause in one.causes]
    if not lines:
        size = f"{figures.size / 1e6:.1f}"
        within = tr("within its budget: {size} MB, {layers} layers", size=size, layers=figures.layers)
        lines.append(f"{image}: {within}")
    if accepted:
        rows = list(changed(accepted, figures))
        since = tr("since {lock}:", lock=lock.name)
        lines.append(since if rows else f"{since} {tr('nothing has changed')}")
        lines += [f"    {tr(name)}: {then} -> {now}{f' ({more})' if more else ''}" for name, then, now, more in rows]
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
