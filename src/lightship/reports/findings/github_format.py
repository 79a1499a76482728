"""Findings as workflow commands, which GitHub shows as annotations.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
"""

from __future__ import annotations

from collections.abc import Sequence

from lightship.reports.findings.text_format import size, summary
from lightship.reports.translation import tr
from lightship.rules import FileReport, Reported
from lightship.text import Lines

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(reports: Sequence[FileReport]) -> str:
    """One command a finding, and the summary as an ordinary line of the log."""
    commands = [command for report in reports for command in _commands(report)]
    return "\n".join([*commands, summary(reports)])


def _commands(report: FileReport) -> list[str]:
    lines = Lines(report.text)
    return [_command(report, reported, lines) for reported in report.findings]


def _command(report: FileReport, reported: Reported, lines: Lines) -> str:
    finding = reported.finding
    line, column = lines.position(finding.span.start)
    end_line, end_column = lines.position(max(finding.span.end, finding.span.start))
    properties = {"file": report.name, "line": line, "endLine": end_line, "title": f"lightship: {finding.rule}"}
    if end_line == line:
        # GitHub takes columns only when a finding is on one line.
        properties |= {"col": column, "endColumn": end_column}
    text = tr(finding.message) + (f" ({size(finding.bytes)})" if finding.bytes else "")
    text += f"\n{tr(finding.help)}" if finding.help else ""
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[reported.rule.severity]} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
