"""Findings as one JSON document; the schema is in docs/reference/check.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lightship import __version__
from lightship.reports.findings import counted
from lightship.rules import VERSION, FileReport, Fix, Reported
from lightship.text import Lines

SCHEMA = "lightship.check/1"


def render(reports: Sequence[FileReport], *, budget: Mapping[str, object] | None = None) -> str:
    """The document ``lightship.check/1``: a line for every finding, so that it is quick to write and to read.

    ``budget`` is what ``reports.budget`` says of the image, where one was given that has a budget.
    """
    head = {"schema": SCHEMA, "lightship": __version__, "rules": VERSION}
    start = "".join(f"  {json.dumps(name)}: {json.dumps(value)},\n" for name, value in head.items())
    files = ",\n".join(_file(report) for report in reports)
    summary = json.dumps({"files": len(reports), **counted(reports)})
    more = f',\n  "budget": {json.dumps(budget)}' if budget is not None else ""
    return f'{{\n{start}  "files": [\n{files}\n  ],\n  "summary": {summary}{more}\n}}'


def _file(report: FileReport) -> str:
    lines = Lines(report.text)
    findings = ",\n".join(f"      {json.dumps(_finding(reported, lines))}" for reported in report.findings)
    written = f"\n{findings}\n    " if findings else ""
    return f'    {{"file": {json.dumps(report.name)}, "findings": [{written}]}}'


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
