"""What comments, settings and options switch on and off."""

from __future__ import annotations

import pytest

from lightship.errors import UsageError
from lightship.rules import RULES, Rule, Selection, chosen, findings, subject_of
from lightship.rules.fix import fixed
from lightship.rules.model import Finding, Fix, Subject
from lightship.rules.selection import is_newer
from lightship.rules.settings import parse_check
from lightship.text import Edit, Span

DEFAULT = chosen(RULES, Selection())


def found(text: str, rules: tuple[Rule, ...] = DEFAULT) -> list[str]:
    return [one.finding.rule for one in findings(subject_of(text), rules, known=RULES)]


def names(*select: str, **rest: object) -> list[str]:
    return [rule.name for rule in chosen(RULES, Selection(select, **rest))]  # type: ignore[arg-type]


MAINTAINER = "FROM scratch\n{}MAINTAINER me\nUSER 1\n"


@pytest.mark.parametrize(
    "comment",
    [
        "# lightship ignore=maintainer the registry wants it\n",
        "#lightship  ignore = Maintainer why\n",
        "# lightship ignore=MaintainerDeprecated\n",
        "# hadolint ignore=DL4000\n",
        "# hadolint ignore=SC2086,DL4000\n",
        "# check=skip=MaintainerDeprecated // here only\n",
        "# check=skip=all\n# and why\n",
    ],
)
def test_a_comment_above_the_instruction_switches_a_rule_off(comment: str) -> None:
    assert found(MAINTAINER.format(comment)) == []
    assert found(MAINTAINER.format("")) == ["maintainer"]


def test_a_comment_counts_for_its_own_instruction_only() -> None:
    text = "FROM scratch\n# lightship ignore=maintainer why\nMAINTAINER me\nMAINTAINER you\nUSER 1\n"
    assert found(text) == ["maintainer"]


def test_a_comment_inside_the_instruction_counts() -> None:
    text = "FROM scratch\nENV a=b \\\n# lightship ignore=secret_in_arg_or_env an example\n    TOKEN=1\nUSER 1\n"
    assert found(text) == []


def test_hadolint_ignores_globally() -> None:
    assert found("# hadolint global ignore=DL4000\n" + MAINTAINER.format("")) == []


def test_check_directive_speaks_of_buildkits_rules() -> None:
    text = MAINTAINER.format("WORKDIR x\n")
    assert found(text) == ["relative_workdir", "maintainer"]
    assert found("# check=skip=MaintainerDeprecated\n" + text) == ["relative_workdir"]
    assert found("# check=skip=all\n" + text) == []
    reported = findings(subject_of("# check=error=true\n" + text), DEFAULT, known=RULES)
    assert {one.rule.severity for one in reported} == {"error"}
    own = (
        "# check=skip=all\nFROM debian:12\nUSER 1\nRUN apt-get update && apt-get install -y --no-install-recommends x\n"
    )
    assert "apt_lists_kept" in found(own)


def test_an_ignore_of_a_rule_that_does_not_run_is_not_unused() -> None:
    text = "FROM scratch\n# lightship ignore=maintainer why\nUSER 1\n"
    assert found(text) == ["unused_ignore"]
    assert found(text, chosen(RULES, Selection(("unused_ignore",)))) == []


def test_selection() -> None:
    assert names("maintainer") == names("DL4000") == names("MaintainerDeprecated") == ["maintainer"]
    assert set(names("all")) == {rule.name for rule in RULES}
    assert "wrong_description" not in names()
    assert {rule.category for rule in chosen(RULES, Selection(("security",)))} == {"security"}
    assert "maintainer" not in names(ignore=("correctness",))
    assert [one.severity for one in chosen(RULES, Selection(("maintainer",), severities={"DL4000": "error"}))] == [
        "error"
    ]


def test_a_misspelt_rule_is_an_error() -> None:
    with pytest.raises(UsageError, match="did you mean maintainer"):
        names("maintaner")


def test_the_rule_set_can_be_frozen() -> None:
    rule = RULES[0]
    assert not is_newer(rule, "")
    assert not is_newer(rule, "2026.11")
    assert is_newer(rule, "2026.9")
    assert names(version="2020.01") == []


def test_settings() -> None:
    read = parse_check(
        '[check]\nrules = "2026.11"\nselect = ["size"]\nexclude = ["x/**"]\nfail_on = "error"\n'
        '[check.ignore]\nmaintainer = "why"\n[check.severity]\nroot_user = "error"\n',
        "lightship.toml",
    )
    assert read is not None
    assert read.selection == Selection(("size",), ("maintainer",), "2026.11", {"root_user": "error"})
    assert (read.exclude, read.fail_on) == (("x/**",), "error")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[check]\nrule = 1\n", "f:2:1", "unknown key 'rule'"),
        ('[check]\nignore = ["maintainer"]\n', "f:2:1", "ignored rules need reasons"),
        ('[check.ignore]\nmaintainer = " "\n', "f:2:1", "the reason for ignoring maintainer is missing"),
        ('[check.severity]\nmaintainer = "fatal"\n', "f:2:1", "must be one of"),
        ('[check]\nfail_on = "all"\n', "f:2:1", "must be one of"),
        ('[check]\nrules = "new"\n', "f:2:1", "version of the rule set"),
        ("[check]\nselect = 1\n", "f:2:1", "array of strings"),
        ("check = 1\n", "f:1:1", "must be a table"),
        ("[check\n", "f", "not valid TOML"),
    ],
)
def test_settings_that_are_wrong(text: str, where: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as caught:
        parse_check(text, "f")
    assert caught.value.where == where


def test_settings_in_pyproject() -> None:
    table = ("tool", "lightship")
    assert parse_check('[project]\nname = "x"\n', "f", table=table) is None
    read = parse_check('[tool.lightship.check]\nfail_on = "error"\n', "f", table=table)
    assert read is not None
    assert read.fail_on == "error"


def edit_rule(*edits: Edit, safe: bool = True) -> Rule:
    def check(subject: Subject):  # type: ignore[no-untyped-def]
        if "!" in subject.text:
            yield Finding("x", "x", Span(0, 1), fixes=(Fix(edits, safe, "x"),))

    return Rule("x", "info", "size", check)


def repaired(text: str, *rules: Rule, unsafe: bool = False) -> str:
    return fixed(text, subject_of, lambda one: findings(one, rules), unsafe=unsafe).text


def test_a_fix_that_breaks_the_file_is_not_made() -> None:
    breaking, good = edit_rule(Edit(Span(0, 4), "FRUM")), edit_rule(Edit(Span(12, 13), ""))
    assert repaired("FROM scratch!\n", breaking) == "FROM scratch!\n"
    assert repaired("FROM scratch!\n", breaking, good) == "FROM scratch\n"


def test_unsafe_fixes_are_made_when_asked_for() -> None:
    rule = edit_rule(Edit(Span(12, 13), ""), safe=False)
    assert repaired("FROM scratch!\n", rule) == "FROM scratch!\n"
    assert repaired("FROM scratch!\n", rule, unsafe=True) == "FROM scratch\n"


def test_fixes_that_undo_each_other_come_to_an_end() -> None:
    one, other = edit_rule(Edit(Span(5, 6), "a")), edit_rule(Edit(Span(5, 6), "b"))
    assert repaired("FROM x!\n", one, other) in ("FROM a!\n", "FROM b!\n")
