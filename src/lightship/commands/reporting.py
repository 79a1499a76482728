"""``--report FORMAT[=FILE]``: which reports were asked for, and delivering them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import UsageError
from lightship.messages import said
from lightship.reports.translation import tr

# Formats that nobody can read at a terminal.
_FOR_FILES = frozenset({"html", "svg"})


@dataclass(frozen=True, slots=True)
class Report:
    """One report that was asked for; without a path it goes to standard output, in place of the text."""

    format: str
    path: Path | None = None


def add_report_argument(parser: argparse.ArgumentParser, formats: Sequence[str]) -> None:
    """``--report``, in these formats."""
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT[=FILE]",
        help=said(
            "{formats}; without FILE instead of the text; may be given several times", formats=", ".join(formats)
        ),
    )


def asked_reports(
    words: Iterable[str], formats: Sequence[str], *, json: bool = False, inputs: Iterable[Path] = ()
) -> tuple[Report, ...]:
    """The reports of ``--report`` words, and of ``--json``. Raises UsageError when one could not be delivered.

    ``inputs`` are files that no report may take the place of. All is looked at before any work is done.
    """
    inputs = tuple(inputs)
    found = [Report("json")] if json else []
    for word in words:
        name, equals, file = word.partition("=")
        where = f"--report {word}"
        if name not in formats:
            raise UsageError(
                "there is no such report", where=where, help=said("one of {formats}", formats=", ".join(formats))
            )
        if equals and not file:
            raise UsageError(
                "the report's file has no name", where=where, help=said("write --report {name}=FILE", name=name)
            )
        path = Path(file) if file else None
        if path is not None:
            _check(path, inputs)
        found.append(Report(name, path))
    printed = [one for one in found if one.path is None]
    if len(printed) > 1:
        names = tr(" and ").join(one.format for one in printed)
        raise UsageError(
            "only one report can go to standard output",
            where=tr("{names} have no file", names=names),
            help=said("write --report {format}=FILE", format=printed[-1].format),
        )
    if printed and printed[0].format in _FOR_FILES and sys.stdout.isatty():
        name = printed[0].format
        raise UsageError(
            said("a terminal cannot show {name}", name=name),
            where="--report",
            help=said("write --report {name}=FILE.{name}", name=name),
        )
    return tuple(found)


def deliver(reports: Sequence[Report], render: Callable[[str], str], text: Callable[[], str]) -> None:
    """Write every report to its file; print the one without a file, else the text."""
    from lightship.text import encode, write_atomic

    for one in reports:
        if one.path is not None:
            write_atomic(one.path, render(one.format) + "\n")
    printed = next((one for one in reports if one.path is None), None)
    sys.stdout.flush()
    # A Dockerfile's bytes that are not UTF-8 are printed as they are; print() would fail at them.
    sys.stdout.buffer.write(encode((render(printed.format) if printed else text()) + "\n"))


def _check(path: Path, inputs: Sequence[Path]) -> None:
    if path.is_dir():
        raise UsageError("the report's file is a folder", where=str(path), help="name a file")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError("the report cannot be written", where=str(path), help="name a file in a folder that is there")
    if any(path.exists() and one.exists() and path.samefile(one) for one in inputs) or path in inputs:
        raise UsageError("the report would replace a file of yours", where=str(path), help="name another file")
