"""``lightship verify``: whether one image does what another does, and how far that was shown."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.commands.arguments import add_build_arguments, add_output_arguments, build_args, level
from lightship.commands.reporting import add_report_argument, asked_reports, deliver
from lightship.errors import EXIT_FINDINGS, EXIT_OK, EXIT_UNKNOWN, UsageError
from lightship.messages import joined, said
from lightship.reports.translation import told, tr

if TYPE_CHECKING:
    from lightship.evidence.observation import Observation
    from lightship.verify import Allowed, Difference, Verdict

SCHEMA = "lightship.verify/1"
DEFAULT_LEVEL = 5
REPORTS = ("markdown", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship verify``."""
    kinds = "a Dockerfile, an image reference, an OCI layout or an archive"
    parser.add_argument("original", metavar="A", help=said("the original: {kinds}", kinds=kinds))
    parser.add_argument("candidate", metavar="B", nargs="?", help="what should do the same: any of these too")
    parser.add_argument(
        "-C",
        "--context",
        type=Path,
        metavar="FOLDER",
        help="build context, and where lightship.toml is (default: A's folder)",
    )
    parser.add_argument(
        "--require",
        type=level,
        metavar="LEVEL",
        help=said(
            "be content with no less (default: L{default_level}, or lightship.toml)", default_level=DEFAULT_LEVEL
        ),
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="print every allowed difference and note, not only how many there are",
    )
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="write what A answers as [[probe]] entries for later runs; B may be left out",
    )
    add_build_arguments(parser)
    add_output_arguments(parser)
    add_report_argument(parser, REPORTS)


def run(arguments: argparse.Namespace) -> int:
    """Look at both, compare, print. 0 the same, 1 different, 4 not shown."""
    original, candidate = arguments.original, arguments.candidate
    if candidate is None and arguments.record is None:
        raise UsageError(
            "there is nothing to compare it with", where=original, help="name B too, or --record FILE to write probes"
        )
    if candidate is None and (arguments.json or arguments.report):
        raise UsageError("there is no verdict to report", where="--record without B", help="name B too")
    names = original, candidate or ""
    inputs = [Path(name) for name in names if name]
    reports = asked_reports(arguments.report, REPORTS, json=arguments.json, inputs=inputs)
    if arguments.record is not None:
        _check_record(arguments.record, inputs)
    verdict, required = _verified(arguments)
    if verdict is None:
        return EXIT_OK

    def render(name: str) -> str:
        if name == "json":
            return json.dumps(document(*names, verdict, required), indent=2, ensure_ascii=False)
        from lightship.reports.verdict import markdown

        return markdown(*names, verdict)

    deliver(reports, render, lambda: _printed(verdict, required, everything=arguments.all))
    if verdict.word == "DIFFERENT":
        return EXIT_FINDINGS
    return EXIT_OK if verdict.holds(required) else EXIT_UNKNOWN


def _check_record(path: Path, inputs: Sequence[Path]) -> None:
    """Refuse early what could not be written, or is not ours to replace."""
    from lightship.text import decode
    from lightship.verify.recording import MARK
    from lightship.verify.settings import Settings, with_probes

    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError("the probes cannot be written", where=str(path), help="name a file in a folder that is there")
    if path in inputs or (path.exists() and not path.read_bytes().startswith(MARK.encode())):
        raise UsageError(
            "the file is not one that was recorded, and is not replaced",
            where=str(path),
            help="name another file, and load it with `probes` under [verify] of lightship.toml",
        )
    if path.exists():
        with_probes(Settings(), decode(path.read_bytes()), str(path))


def _write_record(path: Path, original: Observation) -> str:
    """Record beside what the file holds already; what was done, in a line."""
    from lightship.text import decode, write_atomic
    from lightship.verify.recording import record, recording_text
    from lightship.verify.settings import Settings, with_probes

    old = decode(path.read_bytes()) if path.exists() else ""
    known = with_probes(Settings(), old, str(path))
    recording = record(original, known.requests, known.commands)
    new = recording_text(recording, path.name)
    if new != old:
        write_atomic(path, new)
    return said(
        "{path}: {what}, {requests} requests, {commands} commands{left_out}",
        path=path,
        what=said("unchanged") if new == old else said("written"),
        requests=len(recording.requests),
        commands=len(recording.commands),
        left_out=joined("", (said("\n  left out: {what}", what=one) for one in recording.left_out)),
    )


def _printed(verdict: Verdict, required: int, *, everything: bool) -> str:
    from lightship.reports import terminal

    out, buffer = terminal.buffered()
    out.print(_table(verdict))
    return buffer.getvalue() + "\n".join(text(verdict, required, everything=everything))


def _verified(arguments: argparse.Namespace) -> tuple[Verdict | None, int]:
    """The verdict, None when there is no candidate, and the level that is required."""
    from tempfile import TemporaryDirectory

    from lightship.commands.engine import opened_engine
    from lightship.commands.settings import load_settings
    from lightship.engines.protocol import BuildRequest
    from lightship.probes import observe, plan_from_original
    from lightship.probes.target import open_target
    from lightship.reports.progress import progress
    from lightship.verify import compare

    folder = arguments.context or Path(arguments.original).parent
    settings = load_settings(folder, written_next=arguments.record)
    asked = arguments.require if arguments.require is not None else settings.require
    required = DEFAULT_LEVEL if asked is None else asked
    build = BuildRequest(
        "",
        arguments.context or Path(),
        target=arguments.target,
        build_args=build_args(arguments.build_arg),
        secrets=tuple(arguments.secret),
        network=arguments.network,
        ca_bundle=arguments.ca_bundle,
        no_cache=arguments.no_cache,
    )
    with (
        progress(quiet=arguments.quiet or arguments.json) as told,
        opened_engine(arguments.engine, verbose=arguments.verbose) as engine,
        TemporaryDirectory(prefix=f"lightship-{engine.run_id}-") as directory,
    ):
        told.phase(said("opening {original}", original=arguments.original))
        original = open_target(arguments.original, engine, Path(directory), build=build, on_step=told.step)
        candidate = None
        if arguments.candidate is not None:
            told.phase(said("opening {candidate}", candidate=arguments.candidate))
            candidate = open_target(arguments.candidate, engine, Path(directory), build=build, on_step=told.step)
        told.phase("finding out what the original answers")
        plan = plan_from_original(engine, original.image, original.facts, settings)
        told.phase("watching the original, twice")
        before = observe(engine, original.image, original.facts, plan, runs=2)
        if arguments.record is not None:
            told.note(_write_record(arguments.record, before))
        if candidate is None:
            return None, required
        told.phase("watching the candidate")
        after = observe(engine, candidate.image, candidate.facts, plan)
        return compare(before, after, allowed=settings.allowed), required


def document(original: str, candidate: str, verdict: Verdict, required: int) -> dict[str, object]:
    """The JSON document ``lightship.verify/1``."""
    return {
        "schema": SCHEMA,
        "original": original,
        "candidate": candidate,
        "word": verdict.word,
        "level": verdict.level,
        "required": required,
        "holds": verdict.holds(required),
        "levels": [
            {
                "level": one.level,
                "state": one.state,
                "detail": one.detail,
                "differences": [_difference(each) for each in one.differences],
                "doubts": [_difference(each) for each in one.doubts],
            }
            for one in verdict.levels
        ],
        "allowed": [{**_difference(one.difference), "why": one.why} for one in verdict.allowed],
        "notes": list(verdict.notes),
    }


def text(verdict: Verdict, required: int, *, everything: bool) -> list[str]:
    """The verdict in lines: what differs, what could not be shown, what was allowed, and the word."""
    lines: list[str] = []
    for heading, found in ((tr("differences"), verdict.differences), (tr("not shown"), verdict.doubts)):
        if found:
            lines += [f"{heading}:", *(line for one in found for line in _lines(one, "  ")), ""]
    if verdict.allowed:
        lines += [*_allowed(verdict.allowed, everything), ""]
    if verdict.notes and everything:
        lines += [f"{tr('notes')}:", *(f"  {tr(note)}" for note in verdict.notes), ""]
    lines.append(tr(str(verdict)))
    if verdict.word == "SAME" and not verdict.holds(required):
        lines.append(
            tr(
                "L{level} is required: what is missing stands in the table; a [[probe]] in lightship.toml can add it",
                level=required,
            )
        )
    return lines


def _table(verdict: Verdict) -> object:
    from rich.table import Table
    from rich.text import Text

    from lightship.verify.verdict import LEVELS

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("level", "asks", "result", "what was compared"):
        table.add_column(tr(name), overflow="fold")
    colours = {"same": "green", "different": "red", "unknown": "yellow"}
    for one in verdict.levels:
        table.add_row(
            f"L{one.level}",
            tr(LEVELS[one.level]),
            Text(tr(one.state), style=colours.get(one.state, "")),
            Text(tr(one.detail)),
        )
    return table


def _lines(one: Difference, indent: str) -> list[str]:
    gone = tr("(not there)")
    values = f": {told(one.original) or gone} -> {told(one.candidate) or gone}"
    lines = [f"{indent}{one.name}{values}"]
    for child in one.children[:20]:
        lines += _lines(child, indent + "  ")
    if len(one.children) > 20:
        lines.append(f"{indent}  {tr('and {count} more', count=len(one.children) - 20)}")
    return lines


def _allowed(allowed: tuple[Allowed, ...], everything: bool) -> list[str]:
    if not everything:
        return [tr("{count} kinds of difference are allowed; --all lists them with the reasons", count=len(allowed))]
    return [f"{tr('allowed')}:", *(f"  {one.difference.name}: {tr(one.why)}" for one in allowed)]


def _difference(one: Difference) -> dict[str, object]:
    return {
        "path": list(one.path),
        "original": one.original,
        "candidate": one.candidate,
        "children": [_difference(child) for child in one.children],
    }
