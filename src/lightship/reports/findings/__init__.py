"""Findings in every format that people and programs read. One file a format, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

from lightship.rules import FileReport

FORMATS: tuple[str, ...] = ("text", "json", "sarif", "github", "junit")
"""The names of ``--format``; each is a module of this folder with a function ``render``."""


class _Format(Protocol):
    def render(self, reports: Sequence[FileReport]) -> str:
        """All reports as one text, without a line end at its end."""
        ...


def render(name: str, reports: Sequence[FileReport]) -> str:
    """All reports in the format of that name."""
    return cast(_Format, import_module(f"{__name__}.{name}_format")).render(reports)


def counted(reports: Sequence[FileReport]) -> dict[str, int]:
    """How many findings there are of each severity, and how many can be fixed."""
    found = [one for report in reports for one in report.findings]
    counts = {
        severity: sum(one.rule.severity == severity for one in found) for severity in ("error", "warning", "info")
    }
    safe = sum(any(fix.safe for fix in one.finding.fixes) for one in found)
    fixable = sum(bool(one.finding.fixes) for one in found)
    return {"findings": len(found), **counts, "safe_fixes": safe, "unsafe_fixes": fixable - safe}
