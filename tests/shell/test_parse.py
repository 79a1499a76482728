"""Commands of a script: words, connectors, what is certain and what is conditional, and where it all stands."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lightship.shell import parse, programs

PIECES = [
    "if",
    "then",
    "fi",
    "for",
    "x",
    "in",
    "do",
    "done",
    "(",
    ")",
    "{",
    "}",
    "|",
    "||",
    "&&",
    ";",
    "&",
    "$",
    "$(",
    "`",
    "'",
    '"',
    "\\",
    "<",
    ">",
    "<<",
    "<<E",
    "E",
    "#",
    "$x",
    "${x:-y}",
    "case",
    "esac",
    "a=b",
    "\n",
    "é",
    "�",
    "[[",
    "]]",
]


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)))
def test_any_text_is_read_and_every_span_lies_in_it(source: str) -> None:
    script = parse(source)
    for command in script.commands:
        assert 0 <= command.span.start <= command.span.end <= len(source)
        for word in command.words:
            assert word.span.of(source) == word.raw
    programs(script)


def values(source: str, **variables: str) -> list[list[str | None]]:
    return [[word.value for word in command.words] for command in parse(source, variables=variables).commands]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a 'b c' \"d e\" f\\ g h\"i\"'j'", [["a", "b c", "d e", "f g", "hij"]]),
        ('a $X "$X" ${X}y', [["a", "v", "v", "vy"]]),
        ('a $NO "b$NO"', [["a", None, None]]),
        ("a ${X:-z} ${X:+z} ${NO:-z}", [["a", "v", "z", None]]),
        ("P='b c'; a $P \"$P\"", [[], ["a", "b", "c", "b c"]]),
        ("E=; a $E b", [[], ["a", "b"]]),
        ("X=1 a $X", [["a", "v"]]),
        ("for i in 1 2; do a $i; done", [["a", None]]),
        ("if b; then X=2; fi; a $X", [["b"], [], ["a", None]]),
        ("(X=2); a $X", [[], ["a", None]]),
        ("export X=2; a $X", [["export"], ["a", "2"]]),
        ("a $(b c) `d`", [["a", None, None], ["b", "c"], ["d"]]),
        ("a *.so {b,c} ~/d", [["a", "*.so", "{b,c}", "~/d"]]),
        ("a $'b\\tc' $((1+1))", [["a", "b\tc", None]]),
        ("a \\\n  b", [["a", "b"]]),
        ("é 'ü' x", [["é", "ü", "x"]]),
    ],
)
def test_words_have_values_where_they_can_be_known(source: str, expected: list[list[str | None]]) -> None:
    assert values(source, X="v") == expected


def conditional(source: str) -> list[str]:
    return [command.name or "?" for command in parse(source).commands if command.conditional]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a && b && c", []),
        ("a && b; c", ["b"]),
        ("a || b", ["b"]),
        ("a || b && c", ["b"]),
        ("a && b || c", ["b", "c"]),
        ("a; (b && c)", []),
        ("(a && b); c", ["b"]),
        ("{ a && b; } && c", []),
        ("if a; then b; elif c; then d; else e; fi", ["b", "c", "d", "e"]),
        ("while a; do b; done", ["b"]),
        ("for i in x; do b; done; c", ["b"]),
        ("case x in y) a;; z) b;; esac", ["a", "b"]),
        ("f() { a; }; b", ["a"]),
        ("a | b | c", []),
        ("a $(b && c)", ["c"]),
        ("cat <<E | b && c\nx\nE\n", []),
    ],
)
def test_what_a_successful_script_may_not_have_run_is_conditional(source: str, expected: list[str]) -> None:
    assert conditional(source) == expected


def test_connectors_nesting_and_functions() -> None:
    commands = parse("a; b && c || (d | e) &\nf() { g; }").commands
    assert [(one.name, one.connector, one.nesting, one.function) for one in commands] == [
        ("a", "", (), ""),
        ("b", ";", (), ""),
        ("c", "&&", (), ""),
        ("d", "", ("subshell",), ""),
        ("e", "|", ("subshell",), ""),
        ("g", "", ("function", "group"), "f") if commands[5].nesting[1:] else ("g", "", ("function",), "f"),
    ]


def test_redirections_and_assignments() -> None:
    (command,) = parse("A=1 B='x y' a >out 2>&1 <<'E'\nbody\nE\n").commands
    assert [(one.name, one.value.value) for one in command.assignments] == [("A", "1"), ("B", "x y")]
    found = [
        (one.file_descriptor, one.operator, one.target.raw if one.target else None) for one in command.redirections
    ]
    assert ("", ">", "out") in found
    assert ("2", ">&", "1") in found
    assert ("", "<<", "body\n") in found


def test_errors_and_errexit_are_said() -> None:
    assert parse("if a; then").errors
    assert not parse("a && b").errors
    assert parse("set -ex\na").errexit
    assert parse("#!/bin/sh -e\na").errexit
    assert not parse("set -x; a --e").errexit


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exec gosu app nginx -g x", ["gosu", "nginx"]),
        ("env -i A=b curl x", ["env", "curl"]),
        ("sh -c 'curl x && exec python -m y'", ["sh", "curl", "python"]),
        ("timeout -k 5 10 pg_isready", ["timeout", "pg_isready"]),
        ("echo hi; cd /; [ -f x ]; f() { a; }; f", ["a"]),
        ('command -v nginx; exec "$@"', []),
        ("/usr/bin/tini -- node x", ["/usr/bin/tini", "node"]),
        ("eval 'wget x'", ["wget"]),
    ],
)
def test_programs_are_found_through_wrappers_and_shells(source: str, expected: list[str]) -> None:
    assert [program.name for program in programs(parse(source))] == expected


def test_programs_of_a_nested_script_stand_in_the_same_text() -> None:
    source = "a || bash -ec 'curl x'"
    curl = programs(parse(source))[-1]
    assert (curl.span.of(source), curl.conditional) == ("curl", True)


@pytest.mark.parametrize(
    "source", ["a && " * 20_000 + "b", "(" * 5000 + "a" + ")" * 5000, "a;\n" * 20_000, "$(" * 5000]
)
def test_long_and_deep_scripts_do_not_hang(source: str) -> None:
    started = time.process_time()
    parse(source)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "source", ["a " + "${b:-" * 2000 + "}" * 2000, 'a "' + '${b:-"' * 2000, "! " * 3000, "[[ " + "( " * 3000]
)
def test_deep_nesting_is_unknown_and_no_error(source: str) -> None:
    programs(parse(source, variables={"b": ""}))
