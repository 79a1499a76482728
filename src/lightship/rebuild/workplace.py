"""A copy of a build context that may be edited, and what is built in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from lightship.dockerfile import parse
from lightship.engines.protocol import BuildRequest, Engine
from lightship.errors import InputError
from lightship.messages import said
from lightship.rebuild.edits import edited
from lightship.semantic import stages
from lightship.semantic.context import context_files
from lightship.semantic.ignore import IgnoreRules, load
from lightship.text import Edit, apply, decode, encode

_STAMP = ".lightship-base"


def copied(context: Path, dockerfile: Path, target: Path) -> tuple[str, ...]:
    """Copy what a build can see of a context; gives the paths of its files. Raises InputError, OSError.

    The copy keeps modes, times and links, empty folders among them, and the ignore file.
    """
    if not context.is_dir():
        raise InputError("the build context is not a folder", where=str(context), help="name it with -C")
    rules = load(context, dockerfile)

    def ignored(folder: str, names: list[str]) -> Iterable[str]:
        below = Path(folder).relative_to(context)
        return {name for name in names if _is_left_out(rules, context, below / name)}

    shutil.copytree(context, target, symlinks=True, ignore=ignored)
    ignore_file = context / ".dockerignore"
    if ignore_file.is_file():
        shutil.copy2(ignore_file, target / ".dockerignore")
    return tuple(path for path, _ in context_files(target, rules) if not (target / path).is_symlink())


def edit_file(folder: Path, path: str, token: str) -> bytes | None:
    """Change a file of the copy; gives what was in it, None when it was not there. Raises InputError for a link."""
    file = folder / path
    if file.is_symlink():
        raise InputError(
            said("{path} is a link", path=path),
            why="editing it would change what it leads to",
            help="edit another file",
        )
    before = file.read_bytes() if file.is_file() else None
    file.write_bytes(encode(edited(path, decode(before or b""), token)))
    return before


def restore(folder: Path, path: str, before: bytes | None) -> None:
    """Put a file of the copy back."""
    if before is None:
        (folder / path).unlink(missing_ok=True)
    else:
        (folder / path).write_bytes(before)


def on_new_bases(engine: Engine, text: str, token: str, folder: Path, request: BuildRequest) -> str:
    """The Dockerfile's text on base images that have one small layer more, as if they had been published anew.

    Raises InputError when it has no base image whose name is known, BuildError, EngineError.
    """
    graph = stages(parse(text), build_args=request.build_args, target=request.target)
    new: dict[str, str] = {}
    edits: list[Edit] = []
    for stage in graph.stages:
        if stage.base.kind != "image" or not stage.from_instruction.words:
            continue
        reference = stage.base.reference
        if reference not in new:
            new[reference] = _republished(engine, reference, token, folder)
        edits.append(Edit(stage.from_instruction.words[0].span, new[reference]))
    if not edits:
        raise InputError("there is no base image that could change", help="it builds on scratch")
    return apply(text, edits)


def _republished(engine: Engine, reference: str, token: str, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    (folder / _STAMP).write_text(token)
    # A label alone would not do: BuildKit knows a base image by its layers.
    text = f"FROM {reference}\nCOPY {_STAMP} /{_STAMP}\n"
    return engine.build(BuildRequest(text, folder), lambda step: None).image


def _is_left_out(rules: IgnoreRules, context: Path, path: Path) -> bool:
    if not rules.excludes(path.as_posix()):
        return False
    # A pattern with "!" may bring back what lies in an excluded folder.
    return not (rules.has_exceptions and (context / path).is_dir())
