"""Findings for people: where, what, the line, what to do; then one line that sums up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from lightship.reports.findings import counted
from lightship.reports.translation import tr
from lightship.rules import FileReport, Reported
from lightship.text import Lines

_COLOURS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "mark": "32"}
_WIDTH = 120


def render(reports: Sequence[FileReport]) -> str:
    """All findings and the summary; with colours on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    blocks = ["\n".join(block) for report in reports for block in _blocks(report, colours=colours)]
    return "\n\n".join([*blocks, summary(reports)])


def summary(reports: Sequence[FileReport]) -> str:
    """One line: how many findings in how many files, and what can be fixed."""
    counts = counted(reports)
    number = len(reports)
    files = tr("1 file") if number == 1 else tr("{count} files", count=number)
    if not counts["findings"]:
        return tr("nothing found in {files}", files=files)
    errors, warnings, infos = (counts[one] for one in ("error", "warning", "info"))
    kinds = [tr("1 error") if errors == 1 else tr("{count} errors", count=errors)] if errors else []
    kinds += [tr("1 warning") if warnings == 1 else tr("{count} warnings", count=warnings)] if warnings else []
    kinds += [tr("{count} info", count=infos)] if infos else []
    affected = sum(bool(report.findings) for report in reports)
    line = tr("{kinds} in {affected} of {files}", kinds=", ".join(kinds), affected=affected, files=files)
    safe, unsafe = counts["safe_fixes"], counts["unsafe_fixes"]
    if safe:
        line += tr("; --fix can fix {count}", count=safe)
    if unsafe and safe:
        line += tr("; --unsafe-fixes can fix {count} more", count=unsafe)
    elif unsafe:
        line += tr("; --unsafe-fixes can fix {count}", count=unsafe)
    return line


def _blocks(report: FileReport, *, colours: bool) -> Iterator[list[str]]:
    lines = Lines(report.text)
    for reported in report.findings:
        yield [printable(line) if not colours else line for line in _block(report, reported, lines, colours)]


def _block(report: FileReport, reported: Reported, lines: Lines, colours: bool) -> Iterator[str]:
    finding, severity = reported.finding, reported.rule.severity
    line, column = lines.position(finding.span.start)
    where = _coloured(printable(f"{report.name}:{line}:{column}"), "bold", colours)
    cost = f" ({size(finding.bytes)})" if finding.bytes else ""
    message = printable(f"{tr(finding.message)}{cost} [{finding.rule}]")
    yield f"{where}: {_coloured(tr(severity), severity, colours)}: {message}"
    written = lines.line(line)
    if written:
        start = max(0, column - 1 - 60) if len(written) > _WIDTH else 0
        length = max(min(finding.span.end - finding.span.start, len(written) - column + 1), 1)
        mark = " " * (column - 1 - start) + _coloured("^" * min(length, _WIDTH), "mark", colours)
        yield f"{line:5} | {printable(written[start : start + _WIDTH].replace(chr(9), ' '))}"
        yield f"      | {mark}"
    help_ = finding.help or (finding.fixes[0].title if finding.fixes else "")
    if help_:
        flag = f" ({'--fix' if finding.fixes[0].safe else '--unsafe-fixes'})" if finding.fixes else ""
        yield printable(f"{tr('help')}: {tr(help_)}{flag}")


def size(count: int) -> str:
    """Bytes for people, in powers of ten as registries count: 18.4 MB."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def printable(text: str) -> str:
    """The text with bytes that are not UTF-8, and control characters, made visible."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def _coloured(text: str, colour: str, colours: bool) -> str:
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if colours else text
