"""An optimization as a picture for a README or a slide: both sizes, and what each line of the original weighs."""

from __future__ import annotations

from lightship.reports.figures import percent
from lightship.reports.headline import headline
from lightship.reports.optimizations import Outcome
from lightship.reports.picture import picture
from lightship.reports.translation import tr


def render(outcome: Outcome) -> str:
    """The picture. Without a result it shows the original alone; without that, a title."""
    result = outcome.result
    old, new = result.original, result.chosen.measurement if result.chosen else None
    images = [(name, one.size) for name, one in ((tr("Original"), old), (tr("Result"), new)) if one]
    parts = result.contents.parts if result.contents else ()
    if result.chosen and old and new:
        change = percent(new.size, old.size).replace("-", "\N{MINUS SIGN}")
        title = f"{old.size / 1e6:,.1f} MB → {new.size / 1e6:,.1f} MB ({change})"
        subtitle = f"{outcome.dockerfile.name} · {tr(result.chosen.candidate.title)} · {tr(str(result.chosen.verdict))}"
        return picture(title, subtitle, images, parts, compared=True)
    head = headline(result, outcome.output, outcome.written)
    return picture(outcome.dockerfile.name, head.written, images, parts)
