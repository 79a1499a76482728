"""The tuple of rules holds exactly the files of the folder, and their pages hold examples that are true."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.rules.cases import find, fix, subject

import lightship.rules
from lightship.dockerfile import parse
from lightship.rules import CATEGORIES, RULES, SEVERITIES, VERSION, Rule
from lightship.rules.page import Example, page
from lightship.rules.selection import is_newer

FOLDER = Path(lightship.rules.__file__).parent
each = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def test_the_folder_and_the_tuple_agree() -> None:
    files = {
        file.stem
        for file in FOLDER.glob("*.py")
        if any(
            isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "RULE" for t in node.targets)
            for node in ast.parse(file.read_text()).body
        )
    }
    assert files == {rule.name for rule in RULES}
    assert [rule.name for rule in RULES] == sorted(rule.name for rule in RULES)


@each
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert rule.check.__module__ == f"lightship.rules.{rule.name}"
    assert rule.severity in SEVERITIES
    assert rule.category in CATEGORIES
    assert not is_newer(rule, VERSION)


@each
def test_its_page_has_a_title_a_text_and_both_examples(rule: Rule) -> None:
    found = page(rule)
    assert found.title.endswith(".")
    assert {example.kind for example in found.examples} == {"bad", "good"}


@each
def test_its_examples_are_true(rule: Rule, tmp_path: Path) -> None:
    for number, example in enumerate(page(rule).examples):
        _check(rule, example, tmp_path / str(number))


def _check(rule: Rule, example: Example, folder: Path) -> None:
    for path, content in example.files:
        # evidence.json stands beside the context, all others are in it.
        file = folder / path if path == "evidence.json" else folder / "context" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    found = find(subject(example.text, folder), rule)
    if example.kind == "good":
        assert not found, example.text
        return
    assert found, example.text
    assert all(one.finding.rule == rule.name for one in found)
    if not rule.fixable:
        assert not any(one.finding.fixes for one in found), "fixable=True is missing"
        return
    result = fix(example.text, folder, rule)
    assert result.applied
    assert not result.findings, result.text
    assert len(parse(result.text).errors) <= len(parse(example.text).errors)
