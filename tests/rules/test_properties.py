"""What holds for any text: rules do not raise, fixes come to an end, break nothing and lose no comment."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dockerfile.strategies import texts
from tests.rules.cases import all_cases

from lightship.dockerfile import Dockerfile, parse
from lightship.rules import RULES, findings, subject_of
from lightship.rules.fix import fixed

LINES = sorted({line for case in all_cases() for line in case.text.split("\n")})
lines = st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)


def checked(text: str) -> None:
    """Check and fix a text, and fix it again."""
    before = subject_of(text)
    for one in findings(before, RULES, known=RULES):
        assert 0 <= one.finding.span.start <= one.finding.span.end <= len(text), one
        assert one.finding.rule == one.rule.name
    after = fix(text)
    assert fix(after) == after, "a second run changes something"
    assert len(parse(after).errors) <= len(before.dockerfile.errors)
    assert not comments(before.dockerfile) - comments(parse(after)), "a comment got lost"


def fix(text: str) -> str:
    return fixed(text, subject_of, lambda one: findings(one, RULES, known=RULES), unsafe=True).text


def comments(dockerfile: Dockerfile) -> Counter[str]:
    """Comments outside heredocs, but those that an unused ignore may be removed from."""
    found = [comment.value for one in dockerfile.instructions for comment in one.comments]
    found += [item.value for item in dockerfile.items if type(item).__name__ == "Comment"]
    return Counter({value: 1 for value in found if "ignore" not in value})


@given(texts)
@settings(max_examples=200, deadline=None)
def test_any_text(text: str) -> None:
    checked(text)


@given(lines)
@settings(max_examples=300, deadline=None)
def test_lines_of_cases(text: str) -> None:
    checked(text)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_cases_under_all_rules(case: object) -> None:
    checked(case.text)  # type: ignore[attr-defined]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_stay(line_end: str) -> None:
    chance = random.Random(1)
    for _ in range(50):
        text = line_end.join(["FROM python:3.12", *chance.choices(LINES, k=6), ""]).replace("\r\r\n", "\r\n")
        after = fix(text)
        if line_end == "\r\n" and text.count("\n") == text.count("\r\n"):
            assert after.count("\n") == after.count("\r\n"), (text, after)
