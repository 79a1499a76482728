"""What an image may be: ``[budget]`` in `lightship.toml`, ``[tool.lightship.budget]`` in pyproject.toml.

[budget]
max_mb = 200                        # sum of the uncompressed layers, in MB of 10^6 bytes
max_compressed_mb = 80              # as a registry stores them
max_growth_mb = 5                   # more than the accepted figures in lightship.lock
max_layers = 15
max_wasted_mb = 2                   # bytes that are shipped and cannot be seen
max_setuid = 0                      # files with the setuid or setgid bit
forbidden_packages = ["gcc", "curl"]
root = false                        # the image's user may not be root

Every key may be left out. Source of the idea: bundle-size budgets of web builds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from lightship.errors import UsageError
from lightship.inspection.accepted import Figures
from lightship.inspection.model import Inspection, LayerRow
from lightship.messages import said

_CAUSES = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """The table, checked; None and () for what it does not say. ``where`` is its file, "" when there is none."""

    max_mb: float | None = None
    max_compressed_mb: float | None = None
    max_growth_mb: float | None = None
    max_layers: int | None = None
    max_wasted_mb: float | None = None
    max_setuid: int | None = None
    forbidden_packages: tuple[str, ...] = ()
    root: bool = True
    where: str = ""


@dataclass(frozen=True, slots=True)
class Excess:
    """One point of a budget that an image does not keep. ``causes`` say what brought it there, the largest first."""

    key: str
    what: str
    causes: tuple[str, ...]


_WHOLE = ("max_layers", "max_setuid")
_KEYS = tuple(field.name for field in fields(Budget) if field.name != "where")


def parse_budget(text: str, where: str, *, table: tuple[str, ...] = ()) -> Budget | None:
    """The budget in a TOML file's text; None when it has none. Raises UsageError, naming the line of a bad key."""
    if "budget" not in text:
        return None
    import tomllib

    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError("the file is not valid TOML", where=where, why=str(error)) from error
    for name in (*table, "budget"):
        document = document.get(name) if isinstance(document, dict) else None
    if document is None:
        return None
    if not isinstance(document, dict):
        raise _error(text, where, "budget", said("budget must be a table"))
    for key, value in document.items():
        if key not in _KEYS:
            raise _error(
                text,
                where,
                key,
                said("unknown key {key!r} in [budget]", key=key),
                said("known are {keys}", keys=", ".join(sorted(_KEYS))),
            )
        if not _is_valid(key, value):
            raise _error(text, where, key, said("{key} has a value of the wrong kind", key=key), _expected(key))
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in document.items()
    }
    return Budget(**values, where=where)


def exceeded(image: Inspection, budget: Budget, accepted: Figures | None = None) -> Iterator[Excess]:
    """Every point that the image does not keep. Growth is looked at where figures were accepted before."""
    if budget.max_mb is not None and image.size > budget.max_mb * 1e6:
        yield Excess("max_mb", _over(said("size"), image.size, budget.max_mb), tuple(_largest(image)))
    if budget.max_compressed_mb is not None and (image.compressed or 0) > budget.max_compressed_mb * 1e6:
        what = _over(said("compressed size"), image.compressed or 0, budget.max_compressed_mb)
        yield Excess("max_compressed_mb", what, tuple(_largest(image)))
    if budget.max_growth_mb is not None and accepted and image.size - accepted.size > budget.max_growth_mb * 1e6:
        what = _over(said("growth since it was accepted"), image.size - accepted.size, budget.max_growth_mb)
        yield Excess("max_growth_mb", what, tuple(_largest(image, unlike=accepted.layer_ids)))
    if budget.max_layers is not None and len(image.layers) > budget.max_layers:
        yield Excess(
            "max_layers", said("{count} layers, at most {limit}", count=len(image.layers), limit=budget.max_layers), ()
        )
    if budget.max_wasted_mb is not None and image.wasted > budget.max_wasted_mb * 1e6:
        yield Excess("max_wasted_mb", _over(said("waste"), image.wasted, budget.max_wasted_mb), tuple(_wasted(image)))
    if budget.max_setuid is not None and len(image.surface.set_id) > budget.max_setuid:
        what = said(
            "{count} setuid or setgid files, at most {limit}",
            count=len(image.surface.set_id),
            limit=budget.max_setuid,
        )
        yield Excess("max_setuid", what, tuple(f"/{path}" for path in image.surface.set_id))
    forbidden = [one for one in image.owners if one.kind != "files" and _is_among(one.name, budget.forbidden_packages)]
    for one in sorted(forbidden, key=lambda one: one.name):
        version = f" {one.version}" if one.version else ""
        what = said(
            "forbidden package {name}{version} ({kind}, {size:.1f} MB)",
            name=one.name,
            version=version,
            kind=one.kind,
            size=one.size / 1e6,
        )
        yield Excess("forbidden_packages", what, tuple(_named_in(image, one.name)))
    if not budget.root and image.surface.is_root:
        yield Excess(
            "root", said("the image's user is {user}", user=image.surface.user), (said("add a USER that is not root"),)
        )


def described(row: LayerRow) -> str:
    """A layer as a person finds it: by line where that is known, with its instruction."""
    place = said("line {line}", line=row.line) if row.line else said("layer #{index}", index=row.index)
    text = row.instruction if len(row.instruction) <= 90 else row.instruction[:89] + "…"
    return place + ": " + (text or said("not known"))


def _over(what: str, size: int, allowed: float) -> str:
    return said(
        "{what} {size:.1f} MB, at most {allowed:g} MB: {excess:.1f} MB too much",
        what=what,
        size=size / 1e6,
        allowed=allowed,
        excess=size / 1e6 - allowed,
    )


def _largest(image: Inspection, unlike: tuple[str, ...] = ()) -> Iterator[str]:
    rows = (row for row in image.layers if row.diff_id not in unlike and row.size)
    for row in sorted(rows, key=lambda row: -row.size)[:_CAUSES]:
        yield f"{row.size / 1e6:.1f} MB: " + described(row)


def _wasted(image: Inspection) -> Iterator[str]:
    words = {
        "overwritten": said("replaced in"),
        "removed": said("removed in"),
        "duplicate": said("equal to a file of"),
    }
    for one in image.waste[:_CAUSES]:
        yield said(
            "{size:.1f} MB: /{path} of {layer}; {what} {by}",
            size=one.size / 1e6,
            path=one.path,
            layer=described(image.layers[one.layer]),
            what=words[one.kind],
            by=described(image.layers[one.by]),
        )


def _named_in(image: Inspection, name: str) -> Iterator[str]:
    """The instructions that ask for a package by name; else it came along with another, or with the base image."""
    word = re.compile(rf"(?<![\w.+-]){re.escape(name)}(?![\w.+-])")
    found = [described(row) for row in image.layers if word.search(row.instruction)]
    yield from found or [said("no instruction names it: it came along with another package, or inside one")]


def _is_among(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _is_valid(key: str, value: object) -> bool:
    if key == "root":
        return isinstance(value, bool)
    if key == "forbidden_packages":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    kinds = (int,) if key in _WHOLE else (int, float)
    return isinstance(value, kinds) and not isinstance(value, bool) and value >= 0


def _expected(key: str) -> str:
    if key == "root":
        return said("write true or false")
    if key == "forbidden_packages":
        return said('write an array of names, e.g. ["gcc", "*-dev"]')
    return said("write a whole number from 0 on") if key in _WHOLE else said("write a number of MB from 0 on")


def _error(text: str, where: str, key: str, what: str, help_: str = "") -> UsageError:
    match = re.search(rf"^[ \t\[]*(?:[\w.]+\.)?[\"']?({re.escape(key)})[\"']?[ \t]*[=\]]", text, re.MULTILINE)
    if match:
        at = match.start(1)
        where = f"{where}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"
    return UsageError(what, where=where, help=help_)
