"""JSON Schemas of dataclasses: what a document of that type may hold, and nothing else."""

from __future__ import annotations

import types
from dataclasses import is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of a type."""
    origin, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        fields = {name: schema_of(of) for name, of in get_type_hints(kind).items()}
        return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    if origin is tuple:
        if parts[1:] == (...,):
            return {"type": "array", "items": schema_of(parts[0])}
        return {"type": "array", "prefixItems": [schema_of(one) for one in parts], "items": False}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one) if one is not type(None) else {"type": "null"} for one in parts]}
    if origin is Literal:
        return {"enum": list(parts)}
    return {"type": _PLAIN[kind]}


def document_schema(name: str, command: str, fields: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The schema of what a command prints with ``--json``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": f"What `{command} --json` prints.",
        "type": "object",
        "properties": {"schema": {"const": name}, **fields},
        "required": ["schema", *(field for field in fields if field not in optional)],
        "additionalProperties": False,
    }
