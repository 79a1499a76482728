"""A verdict as Markdown: the word first, the rungs and differences folded."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.reports.markdown import Section, code, document, table, text
from lightship.reports.translation import tr
from lightship.verify import Verdict
from lightship.verify.verdict import LEVELS


def markdown(original: str, candidate: str, verdict: Verdict) -> str:
    """Whether the candidate does what the original does; at most ``reports.markdown.LIMIT`` bytes."""
    top = f"### lightship: {tr(str(verdict))}\n\n{code(candidate)} {tr('held against')} {code(original)}"
    return document(top, sections(verdict), "")


def sections(verdict: Verdict) -> Iterator[Section]:
    """The ladder, then what differs or could not be shown."""
    levels = ((f"L{one.level}", tr(LEVELS[one.level]), tr(one.state), text(tr(one.detail))) for one in verdict.levels)
    header = tr("level"), tr("asks"), tr("result"), tr("what was compared")
    yield table(f"{tr('The equivalence ladder')}: {tr(str(verdict))}", header, levels)
    differences = verdict.differences or verdict.doubts
    if differences:
        found = ((text(one.name), code(one.original), code(one.candidate)) for one in differences)
        yield table(tr("What differs, or could not be shown"), (tr("where"), tr("original"), tr("candidate")), found)
