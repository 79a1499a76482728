"""docs/reference/settings.md names every key that the code accepts; its examples and those of how-tos are accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lightship.commands.settings import PLACES
from lightship.errors import UsageError
from lightship.inspection.budget import parse_budget
from lightship.rules import RULES, chosen
from lightship.rules.settings import parse_check
from lightship.verify.settings import parse_settings

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "reference/settings.md").read_text(encoding="utf-8")
_TOML = re.compile(r"^```toml\n(.*?)^```$", re.S | re.M)
EXAMPLES = _TOML.findall(TEXT)
OTHERS = [text for page in sorted(DOCS.glob("how-to/*.md")) for text in _TOML.findall(page.read_text(encoding="utf-8"))]


def section(heading: str) -> str:
    """What stands below a heading, up to the next one of any depth."""
    match = re.search(rf"^##+ {re.escape(heading)}[^\n]*\n(.*?)(?=^##|\Z)", TEXT, re.S | re.M)
    assert match, heading
    return match[1]


SERVICE = '[verify.services.db]\nimage = "x"\nport = 1\n'
HTTP, COMMAND = section("`[[probe]]`").split("With `command`:")
# A table in which one key is none, by whom it is read, and where the page lists its keys.
TABLES: list[tuple[str, Callable[..., object], str]] = [
    ("[verify]\nnope = 1\n", parse_settings, section("`[verify]`")),
    (f"{SERVICE}nope = 1\n", parse_settings, section("`[verify.services.NAME]`")),
    ('[[verify.allow]]\npath = "x"\nreason = "y"\nnope = 1\n', parse_settings, section("`[[verify.allow]]`")),
    ('[[probe]]\nhttp = ":1"\nnope = 1\n', parse_settings, HTTP),
    ('[[probe]]\ncommand = ["x"]\nnope = 1\n', parse_settings, COMMAND),
    ("[check]\nnope = 1\n", parse_check, section("`[check]`")),
    ("[budget]\nnope = 1\n", parse_budget, section("`[budget]`")),
]


def known(text: str, read: Callable[..., object]) -> set[str]:
    """The keys that stand beside the one that is none, as the error says."""
    with pytest.raises(UsageError, match="unknown key 'nope'") as raised:
        read(text, "lightship.toml")
    return set(raised.value.help.removeprefix("known are ").split(", "))


@pytest.mark.parametrize(("text", "read", "shown"), TABLES)
def test_the_page_lists_the_keys_that_are_known(text: str, read: Callable[..., object], shown: str) -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", shown, re.M)) == known(text, read)


def test_the_keys_of_ready_stand_in_its_row() -> None:
    row = next(line for line in section("`[verify.services.NAME]`").split("\n") if line.startswith("| `ready`"))
    assert known(f"{SERVICE}ready = {{ nope = 1 }}\n", parse_settings) == set(re.findall(r"`(\w+)`", row)) - {"ready"}


@pytest.mark.parametrize("example", [*EXAMPLES, *OTHERS])
def test_every_example_is_accepted(example: str) -> None:
    table = next(table for name, table in PLACES if ("tool" in table) == ("[tool.lightship" in example))
    settings = parse_settings(example, "x", table=table)
    check = parse_check(example, "x", table=table)
    budget = parse_budget(example, "x", table=table)
    assert check
    assert chosen(RULES, check.selection)
    said = (settings.require, settings.services, settings.requests, settings.allowed, check.exclude, budget)
    assert any(said), "nothing was read of it"


def test_an_example_shows_every_key() -> None:
    every = "\n".join(EXAMPLES)
    for key in set(re.findall(r"^\| `([a-z_]+)` \|", TEXT, re.M)):
        assert re.search(rf"\b{key}\b", every), f"no example shows {key}"
