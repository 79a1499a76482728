"""Every rule on its golden folders; ``pytest --accept`` rewrites what they expect."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.rules.cases import BY_NAME, CASES, Case, all_cases, described, find, fix, subject, write

from lightship.dockerfile import Comment, Dockerfile, parse
from lightship.rules import RULES

ALL = all_cases()
each = pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)


def comments(dockerfile: Dockerfile) -> Counter[str]:
    inside = [comment.value for one in dockerfile.instructions for comment in one.comments]
    between = [item.value for item in dockerfile.items if isinstance(item, Comment)]
    return Counter({value: 1 for value in inside + between if "ignore=" not in value})


@each
def test_findings(case: Case, request: pytest.FixtureRequest) -> None:
    said = described(case.text, find(subject(case.text, case.folder), case.rule))
    if request.config.getoption("--accept"):
        write(case.folder / "findings.txt", said)
    assert said == case.findings


@each
def test_fixes(case: Case, request: pytest.FixtureRequest) -> None:
    after = fix(case.text, case.folder, case.rule)
    if request.config.getoption("--accept"):
        file = case.folder / "expected.Dockerfile"
        if after.text != case.text:
            write(file, after.text)
        else:
            file.unlink(missing_ok=True)
    assert after.text == case.expected
    assert fix(after.text, case.folder, case.rule).text == after.text, "a second run changes something"


@each
def test_fixes_keep_what_they_do_not_touch(case: Case) -> None:
    before, after = parse(case.text), parse(case.expected)
    for one in (before, after):
        assert "".join(item.text for item in one.items) == one.text
    assert len(after.errors) <= len(before.errors), "a fix broke the file"
    assert not comments(before) - comments(after), "a comment got lost"
    if "\r\n" in case.text and case.text.count("\n") == case.text.count("\r\n"):
        assert case.expected.count("\n") == case.expected.count("\r\n"), "line ends are mixed"


def test_every_folder_is_a_rule() -> None:
    named = {folder.name for folder in CASES.iterdir() if list(folder.glob("*/findings.txt"))}
    assert named <= set(BY_NAME)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_cases(rule: object) -> None:
    mine = [case for case in ALL if case.rule is rule]
    quiet = [case for case in mine if not case.findings and case.expected == case.text]
    assert len(mine) > len(quiet), "a case with a finding is missing"
    assert len(quiet) >= 2, "two cases that must not change are missing"
