"""JSON documents of an image, read with their types checked: what is wrong is said by name, never as a traceback."""

from __future__ import annotations

import json
import re

from lightship.errors import InputError
from lightship.messages import said

Object = dict[str, object]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def parse(raw: bytes, where: str) -> object:
    """The value of a JSON document. Raises InputError."""
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise wrong(where, said("it is not JSON: {error}", error=str(error)[:120])) from None
    return value


def parse_object(raw: bytes, where: str) -> Object:
    """The object that a JSON document holds. Raises InputError."""
    value = parse(raw, where)
    if not isinstance(value, dict):
        raise wrong(where, "it does not hold an object")
    return value


def text(of: Object, key: str, where: str) -> str:
    """A string; "" when it is not there or null. Raises InputError for another type."""
    value = of.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wrong(where, said("{key} is not a string", key=key))
    return value


def whole(of: Object, key: str, where: str) -> int:
    """A number; 0 when it is not there or null. Raises InputError for another type."""
    value = of.get(key)
    if value is None:
        return 0
    if not isinstance(value, int):
        raise wrong(where, said("{key} is not a whole number", key=key))
    return value


def texts(of: Object, key: str, where: str) -> tuple[str, ...] | None:
    """A list of strings; None when it is not there or null. Raises InputError for another type."""
    value = of.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise wrong(where, said("{key} is not a list of strings", key=key))
    return tuple(value)


def inner(of: Object, key: str, where: str) -> Object:
    """An object; an empty one when it is not there or null. Raises InputError for another type."""
    value = of.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(where, said("{key} is not an object", key=key))
    return value


def objects(of: Object, key: str, where: str) -> tuple[Object, ...]:
    """A list of objects; an empty one when it is not there or null. Raises InputError for another type."""
    value = of.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong(where, said("{key} is not a list of objects", key=key))
    return tuple(value)


def digest(of: Object, key: str, where: str) -> str:
    """A sha256 or sha512 digest. Raises InputError for anything else, so that it is safe as part of a path."""
    value = text(of, key, where)
    if not is_digest(value):
        raise wrong(where, said("{key} is not a digest: {value!r}", key=key, value=value[:80]))
    return value


def is_digest(value: str) -> bool:
    """Whether ``value`` is a digest as the OCI descriptor specification writes it, of an algorithm we know."""
    return _DIGEST.fullmatch(value) is not None


def wrong(where: str, why: str) -> InputError:
    """The error for a document that cannot be understood."""
    return InputError(
        "the image cannot be understood",
        where=where,
        why=why,
        help="make the archive again, or fetch it again",
    )
