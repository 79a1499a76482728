"""An optimization as SARIF: a note at every line that a split changes, or one that says why there is no split."""

from __future__ import annotations

from lightship.dockerfile import parse
from lightship.multistage import Hunk
from lightship.reports.headline import headline, nearest
from lightship.reports.optimizations import Outcome
from lightship.reports.sarif import log, unicode, uri
from lightship.reports.translation import in_english

_RULES = (
    ("smaller_image", "A split into builder and runtime stages is proven, and smaller", "note"),
    ("split_not_proven", "No split could be shown to do the same", "warning"),
)


def render(outcome: Outcome) -> str:
    """The log. When there is nothing to gain it has no results."""
    result = outcome.result
    with in_english():
        head = headline(result, outcome.output, outcome.written)
    found = []
    if result.chosen:
        whole = f"{head.title} on {result.chosen.candidate.title}"
        found = [
            _result(0, outcome, hunk, hunk.reason if index else f"{whole}. {hunk.reason}")
            for index, hunk in enumerate(result.chosen.candidate.hunks)
        ]
    elif result.outcome == "not proven":
        near = nearest(result)
        why = f"{head.written} {near.candidate.title}: {near.problem}" if near else head.written
        first = (item.line for item in parse(result.original_text).instructions if item.keyword == "from")
        found = [_result(1, outcome, Hunk(next(first, 1), ""), why)]
    rules = [_rule(*rule) for rule in _RULES]
    return log(rules, [str(outcome.dockerfile)], found)


def _rule(name: str, title: str, level: str) -> dict[str, object]:
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in name.split("_")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "defaultConfiguration": {"level": level},
    }


def _result(rule: int, outcome: Outcome, hunk: Hunk, text: str) -> dict[str, object]:
    name, _, level = _RULES[rule]
    saving = "" if hunk.saves is None else f" ({hunk.saves / 1e6:+.1f} MB)"
    place = {"artifactLocation": {"uri": uri(str(outcome.dockerfile))}, "region": {"startLine": max(hunk.line, 1)}}
    return {
        "ruleId": name,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": unicode(text + saving)},
        "locations": [{"physicalLocation": place}],
    }
