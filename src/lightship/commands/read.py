"""``lightship read``: print what lightship understands of a Dockerfile, for people and for other tools."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lightship.dockerfile import Dockerfile, Instruction, Problem, parse
from lightship.errors import EXIT_OK, EXIT_USAGE, InputError, LightshipError, UsageError
from lightship.messages import said
from lightship.reports.translation import tr
from lightship.semantic import Stage, StageGraph, stages
from lightship.semantic.tree import tree
from lightship.text import Lines, decode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Fill in the command's own arguments."""
    parser.add_argument("file", metavar="FILE", help="the Dockerfile; - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object, schema lightship.read/1")
    parser.add_argument("--target", default="", metavar="STAGE", help="the stage to build, by name or number")
    parser.add_argument(
        "--build-arg",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="give an ARG a value; may be used several times",
    )
    parser.add_argument("--platform", default="", metavar="OS/ARCH", help="build and target platform")


def run(arguments: argparse.Namespace) -> int:
    """Print the tree; 0 when BuildKit would take the file, 2 when it would not."""
    build_args = dict(_build_arg(text) for text in arguments.build_arg)
    dockerfile = parse(_text(arguments.file))
    graph = stages(dockerfile, build_args=build_args, target=arguments.target, platform=arguments.platform)
    problems = (*dockerfile.problems, *graph.problems)
    name = "<stdin>" if arguments.file == "-" else arguments.file
    if arguments.json:
        print(json.dumps(tree(name, dockerfile, graph), indent=2))
    else:
        _print(list(_lines(name, dockerfile, graph)))
    sys.stdout.flush()
    for problem in problems:
        print(explain(name, dockerfile, problem), file=sys.stderr)
    return EXIT_USAGE if any(problem.severity == "error" for problem in problems) else EXIT_OK


def explain(name: str, dockerfile: Dockerfile, problem: Problem) -> str:
    """A problem in the form of all errors: where, what, the line, what to do."""
    lines = Lines(dockerfile.text)
    line, column = lines.position(problem.span.start)
    written = lines.line(line)
    length = max(min(problem.span.end - problem.span.start, len(written) - column + 1), 1)
    start = max(0, column - 1 - 60) if len(written) > 120 else 0
    shown = written[start : start + 120].replace("\t", " ")
    number = f"{line:5}"
    mark = " " * (column - 1 - start) + "^" * min(length, 120)
    excerpt = f"{number} | {shown}\n      | {mark}" if written else ""
    error = LightshipError(
        problem.message,
        where=f"{name}:{line}:{column}",
        excerpt=_printable(excerpt),
        help=problem.help,
    )
    text = _printable(error.text(tr))
    return text.replace(f": {tr('error')}: ", f": {tr('warning')}: ", 1) if problem.severity == "warning" else text


# A piece of a line and how it looks on a terminal.
_Piece = tuple[str, str]


def _lines(name: str, dockerfile: Dockerfile, graph: StageGraph) -> Iterator[list[_Piece]]:
    """The tree for a person: one line an instruction, under its stage."""
    count = len(graph.stages)
    stages_ = tr("1 stage") if count == 1 else tr("{count} stages", count=count)
    summary = f"{name}: {tr('{count} instructions', count=len(dockerfile.instructions))}, {stages_}"
    if graph.target is not None and count > 1:
        summary += tr(", target {stage}", stage=graph.target.label)
    yield [(_printable(summary), "bold")]
    for directive in dockerfile.directives:
        yield [(f"  # {directive.name}={_printable(directive.value)}", "dim")]
    first = graph.stages[0].span.start if graph.stages else len(dockerfile.text) + 1
    for instruction in dockerfile.instructions:
        if instruction.span.start < first:
            yield from _instruction(instruction)
    for stage in graph.stages:
        yield []
        yield _stage(stage, graph)
        for instruction in (stage.from_instruction, *stage.instructions):
            yield from _instruction(instruction)


def _stage(stage: Stage, graph: StageGraph) -> list[_Piece]:
    named = f" {stage.name}" if stage.name else ""
    base = stage.base.reference or tr("unknown ({written})", written=stage.base.written)
    if stage.base.kind == "stage":
        base = tr("stage {stage} ({name})", stage=stage.base.stage, name=stage.base.reference)
    sources = sorted({edge.reference for edge in graph.copies_into(stage.index)})
    note = tr(", copies from {stages}", stages=", ".join(sources)) if sources else ""
    unused = "" if stage in graph.needed else tr(", not needed for the target")
    return [
        (tr("stage {number}{name}", number=stage.index, name=named), "bold cyan"),
        (_printable(tr(" on {base}{note}{unused}", base=base, note=note, unused=unused)), "dim"),
    ]


def _instruction(instruction: Instruction, number: str | None = None) -> Iterator[list[_Piece]]:
    flags = " ".join(flag.text for flag in instruction.flags)
    if number is None:
        last = instruction.end_line
        number = f"{instruction.line}" if last == instruction.line else f"{instruction.line}-{last}"
    pieces = [(f"{number:>9}  ", "dim"), (f"{_printable(instruction.keyword.upper()):<11}", "green")]
    if flags:
        pieces.append((" " + _shortened(flags), "magenta"))
    if instruction.inner is None:
        pieces.append((" " + _shortened(instruction.arguments), ""))
    yield pieces
    for heredoc in instruction.heredocs:
        count = heredoc.content.count("\n") + (not heredoc.content.endswith("\n") and heredoc.content != "")
        yield [(f"{'':22} <<{_printable(heredoc.name)}: {count} line{'' if count == 1 else 's'}", "dim")]
    if instruction.inner is not None:
        yield from _instruction(instruction.inner, "")


def _shortened(text: str) -> str:
    text = " ".join(_printable(text).split())
    return text if len(text) <= 100 else text[:97] + "..."


def _print(lines: list[list[_Piece]]) -> None:
    """Print with colours on a terminal, plainly elsewhere and under NO_COLOR (https://no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        for line in lines:
            print("".join(text for text, _ in line).rstrip())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        console.print(Text.assemble(*line), soft_wrap=True)


def _printable(text: str) -> str:
    """The text with bytes that are not UTF-8, and control characters, made visible."""
    return "".join(char if char == "\n" or char.isprintable() else "\ufffd" for char in text)


def _text(file: str) -> str:
    if file == "-":
        return decode(sys.stdin.buffer.read())
    try:
        return decode(Path(file).read_bytes())
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise InputError(what, where=file, help="name a Dockerfile, or - for standard input") from error


def _build_arg(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(said("--build-arg {text} has no value", text=text), help="write --build-arg NAME=VALUE")
    return name, value
