"""``RUN --mount``: https://docs.docker.com/reference/dockerfile/#run---mount"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from lightship.dockerfile.model import Flag, Instruction

TYPES = ("bind", "cache", "secret", "ssh", "tmpfs")
SHARING = ("locked", "private", "shared")
_ALIASES = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly", "rw": "readwrite"}
_ALONE = ("readonly", "readwrite", "required")
_KEYS = frozenset(
    [
        "type",
        "from",
        "source",
        "target",
        "readonly",
        "readwrite",
        "required",
        "size",
        "id",
        "sharing",
        "mode",
        "uid",
        "gid",
        "env",
    ]
)
_ONLY_FOR = {"required": ("secret", "ssh"), "size": ("tmpfs",), "env": ("secret",)}
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


@dataclass(frozen=True, slots=True)
class Mount:
    """One ``--mount``: its type, and its keys in lower case with short names written out, in order.

    ``error`` is what BuildKit says against it, empty when nothing; values with variables are not judged.
    """

    type: str
    keys: tuple[tuple[str, str], ...]
    flag: Flag
    error: str = ""

    def get(self, key: str) -> str:
        """The value of a key, the last one when it is there twice; empty when it is missing."""
        return next((value for name, value in reversed(self.keys) if name == key), "")


def mounts(instruction: Instruction) -> tuple[Mount, ...]:
    """The mounts of a RUN, in order."""
    return tuple(parse_mount(flag) for flag in instruction.flags if flag.name == "mount" and flag.value)


def parse_mount(flag: Flag) -> Mount:
    """The mount that a flag describes: comma-separated ``key=value``, quoted as in CSV."""
    kind, keys, error = "bind", [], ""
    for field in _fields(flag.value or ""):
        name, equals, value = field.partition("=")
        key = _ALIASES.get(name.lower(), name.lower())
        if not equals and key in _ALONE:
            value = "true"
        elif not equals:
            error = error or f"invalid field '{field}' must be a key=value pair"
            continue
        keys.append((key, value))
        kind = value.lower() if key == "type" else kind
        error = error or _judge(kind, name.lower(), key, value, field)
    return Mount(kind, tuple(keys), flag, error or _judge_all(kind, dict(keys)))


def _fields(value: str) -> list[str]:
    try:
        return next(csv.reader([value], strict=True), [])
    except csv.Error:
        return value.split(",")


def _judge(kind: str, name: str, key: str, value: str, field: str) -> str:  # noqa: PLR0911 - one return a rule
    """What is wrong with one key."""
    if key not in _KEYS:
        return f"unexpected key '{name}' in '{field}'"
    if key == "from" and "$" in value[:-1]:
        return "'from' doesn't support variable expansion, define alias stage instead"
    if "$" in value:
        return ""
    if kind not in _ONLY_FOR.get(key, (kind,)):
        return f"unexpected key '{name}' for mount type '{kind}'"
    if key == "type" and value.lower() not in TYPES:
        return f'unsupported mount type "{value}"'
    if key == "sharing" and value.lower() not in SHARING:
        return f'unsupported sharing value "{value}"'
    if key in _ALONE and value not in _TRUE + _FALSE:
        return f"invalid value for {name}: {value}"
    digits = "01234567" if key == "mode" else "0123456789"
    if key in ("mode", "uid", "gid") and (not value or value.strip(digits)):
        return f"invalid value {value} for {key}"
    return ""


def _judge_all(kind: str, keys: dict[str, str]) -> str:  # noqa: PLR0911 - one return a rule
    """What is wrong with the keys together."""
    if kind not in ("secret", "ssh", "cache"):
        for key in ("mode", "uid", "gid"):
            if key in keys:
                return f'{key} not allowed for "{kind}" type mounts'
    if kind == "secret":
        if keys.get("from"):
            return "secret mount should not have a from"
        if keys.get("sharing"):
            return "secret mount should not define sharing"
        if not any(keys.get(key) for key in ("source", "target", "id", "env")):
            return "invalid secret mount. one of source, target required"
        if keys.get("source") and keys.get("id"):
            return "both source and id can't be set"
    if keys.get("sharing") and kind != "cache":
        return f"invalid cache sharing set for {kind} mount"
    return ""
