from __future__ import annotations

from typing import Any

import pytest

from lightship.verify.json_bodies import compare_json, parse


@pytest.mark.parametrize(
    ("olds", "new", "unlike"),
    [
        ([{"a": 1, "b": 2}], {"b": 2, "a": 1}, []),
        ([{"a": 1}], {"a": 1.0}, []),
        ([{"a": 1}], {"a": True}, [".a"]),
        ([{"a": 1}], {"a": "1"}, [".a"]),
        ([{"a": 1}], {}, [".a"]),
        ([{"a": 1}], {"a": 1, "b": 2}, [".b"]),
        ([{"a": [1, 2]}], {"a": [2, 1]}, [".a[0]", ".a[1]"]),
        ([{"a": [1, 2]}, {"a": [2, 1]}], {"a": [2, 1]}, []),
        ([{"a": [1, 2]}, {"a": [2, 1]}], {"a": [2, 3]}, [".a"]),
        ([{"t": 1}, {"t": 2}], {"t": 9}, []),
        ([{"t": 1}, {"t": 2}], {"t": "9"}, [".t"]),
        ([{"t": "id 1 of x"}, {"t": "id 2 of x"}], {"t": "id 3 of x"}, []),
        ([{"t": "id 1 of x"}, {"t": "id 2 of x"}], {"t": "id 3 of y"}, [".t"]),
        ([[1]], [1, 2], ["."]),
        ([None], None, []),
    ],
)
def test_what_differs(olds: list[Any], new: Any, unlike: list[str]) -> None:
    assert [one.path for one in compare_json(olds, new) if one.stable] == unlike


def test_what_is_not_stable_is_said() -> None:
    assert [one.path for one in compare_json([{"t": 1}, {"t": 2}], {"t": 9}) if not one.stable] == [".t"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
def test_what_is_not_json(body: bytes) -> None:
    assert parse(body)[0] is False
