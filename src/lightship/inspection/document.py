"""Values of this room as JSON documents and back: what ``--json`` prints, and what the cache keeps."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def as_document(value: Any) -> Any:
    """A dataclass as an object, a tuple as a list, the rest as it is."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_document(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [as_document(one) for one in value]
    return value


def from_document(kind: Any, document: Any) -> Any:
    """The value of a type that a document describes. Raises ValueError when it does not fit."""
    origin = get_origin(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, document)
    if origin is tuple:
        return _tuple(get_args(kind), document)
    if origin in (Union, types.UnionType):
        return None if document is None else from_document(get_args(kind)[0], document)
    if origin is Literal:
        if document not in get_args(kind):
            raise ValueError(f"{document!r} is none of {get_args(kind)}")
        return document
    if kind is float and isinstance(document, int) and not isinstance(document, bool):
        return float(document)
    if type(document) is not kind:
        raise ValueError(f"{document!r} is no {kind}")
    return document


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: type, document: Any) -> Any:
    hints = _hints(kind)
    if not isinstance(document, dict) or set(document) != set(hints):
        raise ValueError(f"the fields are not those of {kind.__name__}")
    return kind(**{name: from_document(of, document[name]) for name, of in hints.items()})


def _tuple(of: tuple[Any, ...], document: Any) -> Any:
    if not isinstance(document, list):
        raise ValueError("not a list")
    if len(of) == 2 and of[1] is Ellipsis:
        return tuple(from_document(of[0], one) for one in document)
    if len(of) != len(document):
        raise ValueError("a list of another length")
    return tuple(from_document(one, value) for one, value in zip(of, document, strict=True))
