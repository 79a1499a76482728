"""The tables of docs/reference/verify.md are those of the code."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from lightship.verify.built_in import ANY, BUILT_IN
from lightship.verify.config import ENV_MAY_COME, ENV_MAY_GO, LABELS_OF_A_BUILD

PAGE = Path(__file__).parents[2] / "docs/reference/verify.md"


def variables() -> str:
    rows = ["| name | may | why |", "| --- | --- | --- |"]
    come = [one for one in ENV_MAY_COME if one not in ENV_MAY_GO]
    rows += [f"| {names(group)} | be new | {why} |" for why, group in by_reason(come)]
    rows += [f"| {names(group)} | be gone, changed or new | {why} |" for why, group in by_reason(ENV_MAY_GO)]
    labels = ", ".join(f"`{one}`" for one in LABELS_OF_A_BUILD)
    rows.append(f"| labels {labels} | differ | they say how, when and by whom an image was made |")
    return "\n".join(rows)


def by_reason(pairs: object) -> list[tuple[str, list[str]]]:
    return [(why, [name for name, _ in group]) for why, group in groupby(pairs, key=lambda one: one[1])]  # type: ignore[call-overload]


def names(group: list[str]) -> str:
    return ", ".join(f"`{one}`" for one in group)


def files() -> str:
    rows = ["| files | may be | why |", "| --- | --- | --- |"]
    for (why, changes), group in groupby(BUILT_IN, key=lambda one: (one.why, one.changes)):
        kinds = "anything" if changes == ANY else ", ".join(changes)
        rows.append(f"| {names([one.pattern for one in group])} | {kinds} | {why} |")
    return "\n".join(rows)


@pytest.mark.parametrize(("name", "text"), [("variables", variables()), ("files", files())])
def test_the_tables_are_the_codes(name: str, text: str, request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text()
    before, start, rest = page.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    assert start
    assert end
    whole = f"{before}{start}\n{text}\n\n{end}{after}"
    if request.config.getoption("--accept"):
        PAGE.write_text(whole)
    assert PAGE.read_text() == whole, "run make accept, or edit the code"
