"""``lightship`` alone: the three things that somebody in this folder most likely wants next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from lightship.reports.translation import tr

_NAMES = ("Dockerfile", "Containerfile")
_OTHERS = (".lightship", ".dockerignore")


def three_things(folder: Path) -> str:
    """Three commands that work in a folder, with what each does."""
    found = next(_dockerfiles(folder), None)
    result = next((path.name for path in sorted(folder.glob("*.lightship")) if path.is_file()), None)
    if result and (folder / result.removesuffix(".lightship")).is_file():
        about = tr(
            "This folder has {original} and {result}, which lightship wrote.",
            original=result.removesuffix(".lightship"),
            result=result,
        )
        original, result = shlex.quote(result.removesuffix(".lightship")), shlex.quote(result)
        things = (
            (f"lightship compare {original} {result}", tr("both images in figures")),
            (f"lightship verify {original} {result}", tr("show once more that they do the same")),
            (
                f"lightship optimize -f {original} --report html=report.html --force",
                tr("again, with a page to look at"),
            ),
        )
    elif found:
        about = tr("This folder has {found}.", found=found)
        named = "" if found in _NAMES else f" -f {shlex.quote(found)}"
        things = (
            (f"lightship optimize{named} --dry-run", tr("how small its image can be, proven; writes nothing")),
            (f"lightship check {shlex.quote(found)}", tr("what is wrong with it, without building it")),
            (
                f"lightship optimize{named} --report html=report.html",
                tr("write the smaller Dockerfile, and a page about it"),
            ),
        )
    else:
        about = tr("This folder has no Dockerfile.")
        things = (
            ("lightship init", tr("write a first multi-stage Dockerfile for the project in it")),
            ("lightship optimize PATH/TO/PROJECT --dry-run", tr("how small a project's image can be, proven")),
            ("lightship doctor", tr("which container engines answer, and how to get one")),
        )
    width = max(len(command) for command, _ in things)
    lines = [f"  {command:{width}}  {what}" for command, what in things]
    return "\n".join([about, "", *lines, "", tr("lightship --help lists all commands.")])


def _dockerfiles(folder: Path) -> Iterator[str]:
    others = (path for pattern in ("Dockerfile.*", "*.Dockerfile") for path in sorted(folder.glob(pattern)))
    for path in (*(folder / name for name in _NAMES), *others):
        if path.is_file() and not path.name.endswith(_OTHERS):
            yield path.name
