"""Findings as JUnit XML, which most CI servers show as failed tests: a suite a file, a case a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from lightship.rules import FileReport, Reported
from lightship.text import Lines

# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(reports: Sequence[FileReport]) -> str:
    """The document; a file without findings is one case that passes."""
    total = sum(max(len(report.findings), 1) for report in reports)
    failures = sum(len(report.findings) for report in reports)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="lightship check" tests="{total}" failures="{failures}" errors="0">',
        *(line for report in reports for line in _suite(report)),
        "</testsuites>",
    ]
    return "\n".join(lines)


def _suite(report: FileReport) -> Iterator[str]:
    name, count = _attribute(report.name), len(report.findings)
    yield f'  <testsuite name={name} tests="{max(count, 1)}" failures="{count}" errors="0">'
    if not count:
        yield f'    <testcase name="check" classname={name}/>'
    lines = Lines(report.text)
    for reported in report.findings:
        yield from _case(report, reported, lines)
    yield "  </testsuite>"


def _case(report: FileReport, reported: Reported, lines: Lines) -> Iterator[str]:
    finding = reported.finding
    line, column = lines.position(finding.span.start)
    case = f"{finding.rule} in line {line}"
    yield f'    <testcase name={_attribute(case)} classname={_attribute(report.name)} line="{line}">'
    yield f"      <failure type={_attribute(reported.rule.severity)} message={_attribute(finding.message)}>"
    body = [f"{report.name}:{line}:{column}", lines.line(line), f"help: {finding.help}" if finding.help else ""]
    yield escape(_NOT_XML.sub("\ufffd", "\n".join(part for part in body if part))) + "</failure>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
