"""A message is its English text to everybody, and can still be said in another language."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from lightship.messages import Said, joined, said, translated

SPANISH = {"{count} files": "{count} archivos", "a tree": "un árbol", "{what} of {path}": "{path}: {what}"}


def spanish(template: str) -> str:
    return SPANISH.get(template, template)


def test_it_is_the_english_text() -> None:
    found = said("{count} files", count=3)
    assert found == "3 files" and hash(found) == hash("3 files")
    assert json.dumps({"found": [found]}) == '{"found": ["3 files"]}'
    assert sorted([found, "1 file"]) == ["1 file", "3 files"]
    assert f"{found}!" == "3 files!"


def test_values_are_put_in_again() -> None:
    assert translated(said("{count} files", count=3), spanish) == "3 archivos"
    assert translated(said("{size:,.1f} MB of {name!r}", size=1234.5, name="a"), spanish) == "1,234.5 MB of 'a'"


def test_messages_inside_of_messages_are_translated() -> None:
    outer = said("{what} of {path}", what=said("{count} files", count=2), path="/srv")
    assert outer == "2 files of /srv"
    assert translated(outer, spanish) == "/srv: 2 archivos"


def test_names_and_texts_of_others_are_not_translated() -> None:
    assert translated("a tree", spanish) == "a tree"
    assert translated(said("{what} of {path}", what="a tree", path="/"), spanish) == "/: a tree"


def test_without_values_braces_stay() -> None:
    assert said("write {port} where it goes") == "write {port} where it goes"
    assert translated(said("write {port}"), spanish) == "write {port}"


@pytest.mark.parametrize("separator", ["; ", "", "{}", "{part0}"])
def test_joined_and_added_ones_stay_messages(separator: str) -> None:
    parts = [said("a tree"), "a tree", said("{count} files", count=1)]
    both = joined(separator, parts)
    assert both == separator.join(parts)
    assert translated(both, spanish) == separator.join(["un árbol", "a tree", "1 archivos"])
    added = "- " + said("a tree") + " -"
    assert isinstance(added, Said) and added == "- a tree -"
    assert translated(added, spanish) == "- un árbol -"


def test_nothing_is_nothing_in_every_language() -> None:
    # The catalogue's own entry, its header, has the empty message.
    assert translated(said(""), lambda template: template or "header") == ""
    assert translated(joined(", ", ()), lambda template: template or "header") == ""


@dataclass(frozen=True, slots=True)
class Holder:
    what: str


def test_copies_stay_messages() -> None:
    found = said("{what} of {path}", what=said("a tree"), path="/")
    for other in (copy.deepcopy(found), pickle.loads(pickle.dumps(found)), asdict(Holder(found))["what"]):
        assert other == found and translated(other, spanish) == "/: un árbol"


def test_what_stands_between_can_be_a_message() -> None:
    both = joined(said(" and "), ["pip", "npm", "go"])
    assert both == "pip and npm and go"
    assert translated(both, lambda one: " y " if one == " and " else one) == "pip y npm y go"
