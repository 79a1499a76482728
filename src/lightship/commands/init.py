"""``lightship init``: a first multi-stage Dockerfile and ``.dockerignore`` for a project that has none."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path

from lightship.errors import EXIT_OK, InputError, UsageError
from lightship.projects import LANGUAGES, Plan, Wishes, dockerfile, dockerignore, image_name, plan, read_project
from lightship.reports.translation import tr
from lightship.rules import RULES, Reported, Selection, chosen, findings, subject_of
from lightship.rules.context import ContextFacts
from lightship.semantic.ignore import IgnoreRules, load, read
from lightship.text import encode, write_atomic

_NAMES = ("Dockerfile", "Containerfile", "dockerfile")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship init``."""
    parser.add_argument(
        "context", nargs="?", type=Path, default=Path(), metavar="CONTEXT", help="folder of the project (default: .)"
    )
    says = parser.add_argument_group("what the project does not say")
    names = tuple(one.name for one in LANGUAGES)
    says.add_argument("--language", choices=names, default="", help="where a folder holds projects of several")
    says.add_argument("--base", default="", metavar="IMAGE", help="image to build on, such as python:3.12-slim")
    says.add_argument(
        "--entry", default="", metavar="NAME", help="which of several entry points, as the error lists them"
    )
    says.add_argument("--command", default="", metavar="TEXT", dest="start", help="how the program is started")
    says.add_argument("--port", type=int, metavar="NUMBER", help="the port that it listens on")
    says.add_argument("--user", default="", metavar="UID[:GID]", help="run as this user (default: the base image's)")
    output = parser.add_argument_group("output")
    output.add_argument("-o", "--output", type=Path, metavar="FILE", help="(default: CONTEXT/Dockerfile)")
    output.add_argument("--force", action="store_true", help="replace a Dockerfile and a .dockerignore that are there")
    output.add_argument("--dry-run", action="store_true", help="print the Dockerfile, and write nothing")
    output.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Write both files. 0 when they are there, 2 when they may not be written, 4 when the project says too little."""
    folder: Path = arguments.context
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), help="name the folder of the project")
    target: Path = arguments.output or folder / "Dockerfile"
    ignore_file = folder / ".dockerignore"
    if not arguments.force and not arguments.dry_run:
        _refuse_existing(folder, target, named=arguments.output is not None)
    keeps_ignore = os.path.lexists(ignore_file) and not arguments.force
    ignore = load(folder, target) if keeps_ignore else IgnoreRules()
    made = plan(read_project(folder, ignore), _wishes(arguments))
    text, ignored = dockerfile(made), dockerignore(made)
    if not keeps_ignore:
        ignore = IgnoreRules(read(ignored), ignore_file)
    found = findings(
        subject_of(text, path=target, context=ContextFacts(folder, ignore)),
        chosen(RULES, Selection()),
        known=RULES,
    )
    if not arguments.dry_run:
        _write(target, text, ignore_file, None if keeps_ignore else ignored)
    command = _next(target, folder)
    if arguments.json:
        written = () if arguments.dry_run else (str(target), *(() if keeps_ignore else (str(ignore_file),)))
        texts = {"dockerfile": text, "dockerignore": None if keeps_ignore else ignored}
        print(json.dumps({**_document(made, found), "written": written, **texts, "next": command}, indent=2))
    elif arguments.dry_run:
        sys.stdout.buffer.write(encode(text))
        _print_notes(made, found)
    else:
        if keeps_ignore:
            print(tr("Wrote {target}; {kept} was there and stays as it is.", target=target, kept=ignore_file))
        else:
            print(tr("Wrote {target} and {ignore_file}.", target=target, ignore_file=ignore_file))
        starts, named = tr("starts"), tr("stages")
        width = max(len(starts), len(named)) + 2
        print(f"\n  {starts:{width}}{shlex.join(made.entry.argv)}\n  {'':{width}}{made.entry.why}")
        print(f"  {named:{width}}{', '.join(' '.join(filter(None, (one.name, one.base))) for one in made.stages)}\n")
        _print_notes(made, found)
        print(f"{tr('Every other line has its reason above it. Next:')}\n\n    {command}")
    return EXIT_OK


def _wishes(arguments: argparse.Namespace) -> Wishes:
    return Wishes(arguments.language, arguments.base, arguments.start, arguments.entry, arguments.port, arguments.user)


def _refuse_existing(folder: Path, target: Path, *, named: bool) -> None:
    """Raise UsageError when there is a Dockerfile already."""
    names = [target] if named else [target, *(folder / name for name in _NAMES)]
    for path in names:
        if os.path.lexists(path):
            raise UsageError(
                "there is a Dockerfile already",
                where=str(path),
                help="`lightship optimize` makes it smaller; --force replaces it, -o FILE writes another",
            )


def _write(target: Path, text: str, ignore_file: Path, ignored: str | None) -> None:
    """Both files, or none: a new ``.dockerignore`` is taken back when the Dockerfile cannot be written."""
    is_new = ignored is not None and not os.path.lexists(ignore_file)
    if ignored is not None:
        write_atomic(ignore_file, ignored)
    try:
        write_atomic(target, text)
    except BaseException:
        if is_new:
            ignore_file.unlink(missing_ok=True)
        raise


def _next(target: Path, folder: Path) -> str:
    return shlex.join(["docker", "build", "-t", image_name(folder), "-f", str(target), str(folder)])


def _print_notes(made: Plan, found: tuple[Reported, ...]) -> None:
    """What the user should know, on standard error: standard output may be a Dockerfile."""
    for note in made.notes:
        print(f"{tr('note')}: {tr(note)}", file=sys.stderr)
    for one in found:
        found_ = tr("lightship check says: {message} ({rule})", message=one.finding.message, rule=one.rule.name)
        print(f"{tr('note')}: {found_}", file=sys.stderr)


def _document(made: Plan, found: tuple[Reported, ...]) -> dict[str, object]:
    """What ``lightship.init/1`` says of a plan; see docs/reference/init.md."""
    return {
        "schema": "lightship.init/1",
        "language": made.language,
        "entry": {"name": made.entry.name, "argv": made.entry.argv, "reason": made.entry.why},
        "stages": [{"name": one.name, "base": one.base, "reason": one.why} for one in made.stages],
        "notes": made.notes,
        "findings": [{"rule": one.rule.name, "message": one.finding.message} for one in found],
    }
