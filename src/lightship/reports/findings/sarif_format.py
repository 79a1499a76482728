"""Findings as SARIF 2.1.0, which code hosts show beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Sequence

from lightship.reports.findings.text_format import size
from lightship.reports.sarif import log, unicode, uri
from lightship.rules import FileReport, Fix, Reported, Rule
from lightship.rules.page import page
from lightship.text import Lines, Span

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(reports: Sequence[FileReport]) -> str:
    """One run with all results, and the rules that they are of."""
    found = {one.rule.name: one.rule for report in reports for one in report.findings}
    rules = [found[name] for name in sorted(found)]
    index = {rule.name: number for number, rule in enumerate(rules)}
    return log(
        [_rule(rule) for rule in rules],
        [report.name for report in reports],
        [result for report in reports for result in _results(report, index)],
    )


def _rule(rule: Rule) -> dict[str, object]:
    about = page(rule)
    return {
        "id": rule.name,
        "name": "".join(part.capitalize() for part in rule.name.split("_")),
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.title},
        "help": {"text": about.text, "markdown": about.text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.category, *rule.codes]},
    }


def _results(report: FileReport, index: dict[str, int]) -> list[dict[str, object]]:
    lines = Lines(report.text)
    return [_result(report, reported, lines, index) for reported in report.findings]


def _result(report: FileReport, reported: Reported, lines: Lines, index: dict[str, int]) -> dict[str, object]:
    finding = reported.finding
    text = finding.message + (f" ({size(finding.bytes)})" if finding.bytes else "")
    location = {"artifactLocation": {"uri": uri(report.name)}, "region": _region(finding.span, lines)}
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[reported.rule.severity],
        "message": {"text": unicode(f"{text}. {finding.help}" if finding.help else text)},
        "locations": [{"physicalLocation": location}],
    }
    if finding.fixes:
        result["fixes"] = [_fix(report, fix, lines) for fix in finding.fixes]
    return result


def _fix(report: FileReport, fix: Fix, lines: Lines) -> dict[str, object]:
    replacements = [
        {
            "deletedRegion": _region(edit.span, lines),
            "insertedContent": {"text": unicode(edit.replacement)},
        }
        for edit in fix.edits
    ]
    change = {"artifactLocation": {"uri": uri(report.name)}, "replacements": replacements}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}


def _region(span: Span, lines: Lines) -> dict[str, int]:
    line, column = lines.position(span.start)
    end_line, end_column = lines.position(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
