"""Findings as one JSON document; the schema is in docs/reference/check.md."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lightship import __version__
from lightship.reports.findings import counted
from lightship.rules import VERSION, FileReport, Fix, Reported
from lightship.text import Lines

SCHEMA = "lightship.check/1"


def render(reports: Sequence[FileReport]) -> str:
    """The document ``lightship.check/1``."""
    document = {
        "schema": SCHEMA,
        "lightship": __version__,
        "rules": VERSION,
        "files": [{"file": report.name, "findings": _findings(report)} for report in reports],
        "summary": {"files": len(reports), **counted(reports)},
    }
    return json.dumps(document, indent=2)


def _findings(report: FileReport) -> list[dict[str, object]]:
    lines = Lines(report.text)
    return [_finding(reported, lines) for reported in report.findings]


def _finding(reported: Reported, lines: Lines) -> dict[str, object]:
    finding, rule = reported.finding, reported.rule
    line, column = lines.position(finding.span.start)
    end_line, end_column = lines.position(finding.span.end)
    return {
        "rule": finding.rule,
        "codes": list(rule.codes),
        "severity": rule.severity,
        "category": rule.category,
        "message": finding.message,
        "help": finding.help,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "span": [finding.span.start, finding.span.end],
        "bytes": finding.bytes,
        "fixes": [_fix(fix) for fix in finding.fixes],
    }


def _fix(fix: Fix) -> dict[str, object]:
    edits = [{"span": [edit.span.start, edit.span.end], "replacement": edit.replacement} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
