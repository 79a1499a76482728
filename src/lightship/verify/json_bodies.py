"""JSON compared as JSON: keys in any order, numbers as numbers, and only what was stable in the original."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lightship.verify import volatile


@dataclass(frozen=True, slots=True)
class Unlike:
    """One place of a document: ``path`` as ``.items[0].name``, values as JSON text, ``stable`` in the original."""

    path: str
    original: str
    candidate: str
    stable: bool = True


def parse(body: bytes) -> tuple[bool, Any]:
    """(whether it is JSON, the value)."""
    try:
        return True, json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return False, None


def compare_json(originals: Sequence[Any], candidate: Any) -> list[Unlike]:
    """Where the candidate's value is not what the original's values have in common.

    An entry with ``stable`` False is no difference: the original's own answers differ there.
    """
    return list(_walk(tuple(originals), candidate, ""))


def _walk(old: tuple[Any, ...], new: Any, path: str) -> Iterator[Unlike]:
    first = old[0]
    if any(_kind(one) != _kind(first) for one in old):
        yield Unlike(path or ".", _text(first), _text(new), stable=False)
    elif _kind(new) != _kind(first):
        yield Unlike(path or ".", _text(first), _text(new))
    elif isinstance(first, dict):
        yield from _objects(old, new, path)
    elif isinstance(first, list):
        yield from _arrays(old, new, path)
    elif isinstance(first, str):
        yield from _strings(old, new, path)
    elif not volatile.runs_agree(old):
        yield Unlike(path or ".", _text(first), _text(new), stable=False)
    elif first != new:
        yield Unlike(path or ".", _text(first), _text(new))


def _objects(old: tuple[Any, ...], new: Any, path: str) -> Iterator[Unlike]:
    always = set.intersection(*(set(one) for one in old))
    ever = set.union(*(set(one) for one in old))
    for key in sorted(ever - always):
        yield Unlike(f"{path}.{key}", "there in some answers", "there" if key in new else "", stable=False)
    for key in sorted(always - set(new)):
        yield Unlike(f"{path}.{key}", _text(old[0][key]), "")
    for key in sorted(set(new) - ever):
        yield Unlike(f"{path}.{key}", "", _text(new[key]))
    for key in sorted(always & set(new)):
        yield from _walk(tuple(one[key] for one in old), new[key], f"{path}.{key}")


def _arrays(old: tuple[Any, ...], new: Any, path: str) -> Iterator[Unlike]:
    if any(len(one) != len(old[0]) for one in old):
        yield Unlike(path or ".", _text(old[0]), _text(new), stable=False)
        return
    if len(new) != len(old[0]):
        yield Unlike(path or ".", f"{len(old[0])} items", f"{len(new)} items")
        return
    if not volatile.runs_agree(old) and volatile.runs_agree([_sorted(one) for one in old]):
        # The same items in changing order (a set, a hash map): order does not count.
        if _sorted(old[0]) != _sorted(new):
            yield Unlike(path or ".", _text(_sorted(old[0])), _text(_sorted(new)))
        return
    for index, item in enumerate(new):
        yield from _walk(tuple(one[index] for one in old), item, f"{path}[{index}]")


def _strings(old: tuple[str, ...], new: str, path: str) -> Iterator[Unlike]:
    common = volatile.pattern(old)
    if not common.matches(new):
        yield Unlike(path or ".", _text(old[0]), _text(new))
    elif not common.is_constant:
        yield Unlike(path or ".", _text(old[0]), _text(new), stable=False)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda one: json.dumps(one, sort_keys=True))


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 120 else text[:117] + "..."
