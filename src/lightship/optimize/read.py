"""The user's Dockerfile, read and found usable, or one clear error."""

from __future__ import annotations

from pathlib import Path

from lightship.dockerfile import Dockerfile, parse
from lightship.errors import InputError
from lightship.messages import said
from lightship.semantic import Stage, StageGraph
from lightship.text import Lines, decode


def read_dockerfile(path: Path) -> Dockerfile:
    """The Dockerfile at ``path``. Raises InputError when it is not there, not readable, or not a Dockerfile."""
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError:
        raise InputError("no such Dockerfile", where=str(path), help="name it with -f, or go to its folder") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(
            "the Dockerfile cannot be read", where=str(path), why=why, help="look at its rights"
        ) from error
    dockerfile = parse(text)
    if dockerfile.errors:
        problem = dockerfile.errors[0]
        lines = Lines(text)
        line, column = lines.position(problem.span.start)
        excerpt = f"{line:5} | {lines.line(line)}\n      | {' ' * (column - 1)}^"
        raise InputError(problem.message, where=f"{path}:{line}:{column}", excerpt=excerpt, help=problem.help)
    if not dockerfile.instructions:
        raise InputError("the Dockerfile has no instructions", where=str(path), help="begin with a FROM line")
    return dockerfile


def stage_to_split(graph: StageGraph, path: Path) -> Stage:
    """The stage that is built. Raises InputError when there is none."""
    if graph.target is not None and not graph.problems:
        return graph.target
    if graph.problems:
        problem = graph.problems[0]
        raise InputError(problem.message, where=str(path), help=problem.help or "check the FROM lines and --target")
    raise InputError("there is no stage to build", where=str(path), help="begin with a FROM line")


def already_split(graph: StageGraph, stage: Stage) -> str:
    """Why there is nothing to split in a stage, or ""."""
    if stage.base.kind == "stage" or graph.copies_into(stage.index):
        return said("it is multi-stage already: its COPY --from lines choose what ships")
    if stage.base.kind == "scratch":
        return said("it builds on scratch already")
    return ""
