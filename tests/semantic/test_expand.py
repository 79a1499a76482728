"""Words as the build expands them: https://docs.docker.com/reference/dockerfile/#environment-replacement"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.semantic import ExpandError, expand, expand_heredoc, expansion, process_words

SET = {"A": "one", "E": "", "F": "/x/a.tar.gz", "S": "p  q", "U": "ü"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a'b'\"c\"\\d", "abcd"),
        ("'$A'\"$A\"$A", "$Aoneone"),
        ('"a\\"b\\$A\\n"', 'a"b$A\\n'),
        ("\\$A\\\\$A", "$A\\one"),
        ("x\\", "x"),
        ("$", "$"),
        ("$.$1$?", "$."),
        ("${A}$NO.$U", "one.ü"),
        ("${NO-d}${E-d}${E:-d}${A:-d}", "ddone"),
        ("${NO:-${A:-x}}", "one"),
        ("${NO+d}${E+e}${E:+f}${A:+$U}", "eü"),
        ("${A?no}${E?no}", "one"),
        ("${F#*/}|${F##*/}|${F%.*}|${F%%.*}", "x/a.tar.gz|a.tar.gz|/x/a.tar|/x/a"),
        ("${F#?x}|${F#y}", "/a.tar.gz|/x/a.tar.gz"),
        ("${F/a/b}|${F//a/b}", "/x/b.tar.gz|/x/b.tbr.gz"),
        ("${F//\\//_}", "_x_a.tar.gz"),
        ("${A/?/.*}", ".*ne"),
        ("a<b", "a<b"),
    ],
)
def test_words_expand(word: str, expected: str) -> None:
    assert expand(word, SET) == expected


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("'a", "single-quote"),
        ('"a', "double-quote"),
        ("${A", "missing '}'"),
        ("${", "missing '}'"),
        ("${}", "bad substitution"),
        ("${A:-x", "missing '}'"),
        ("${A:x}", "unsupported modifier"),
        ("${A=x}", "unsupported modifier"),
        ("${NO?why $A}", "NO: why one"),
        ("${E:?}", "E: is not allowed to be empty"),
        ("${F/a}", "missing '/'"),
        ("${F#\\a}", "invalid escape"),
        ("${a:-" * 200 + "}" * 200, "nested"),
    ],
)
def test_what_cannot_be_expanded_is_an_error(word: str, message: str) -> None:
    with pytest.raises(ExpandError) as caught:
        expand(word, SET)
    assert message in caught.value.what


def test_names_that_were_set_and_not_set_are_reported() -> None:
    found = expansion("$A ${NO:-$U} '$X'", SET)
    assert (found.matched, found.unmatched) == ({"A", "U"}, {"NO"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b", ("a", "b")),
        ('$S"$S"x', ("p", "qp  qx")),
        ("a\\ b '' c", ("a b", "c")),
        ("$E $NO", ()),
        ("a<< b", ("a<< b",)),
    ],
)
def test_words_split_after_expansion(text: str, expected: tuple[str, ...]) -> None:
    assert process_words(text, SET) == expected


def test_another_escape_character() -> None:
    assert expand("c:\\`$A$A", SET, "`") == "c:\\$Aone"


def test_heredocs_keep_their_quotes() -> None:
    assert expand_heredoc("a 'b' \"$A\" \\$A", SET) == "a 'b' \"one\" $A"


@given(st.text(alphabet="ab$\\{}'\":-+?#%/*<> é", max_size=30))
def test_any_word_expands_or_is_refused(word: str) -> None:
    try:
        expand(word, SET)
    except ExpandError:
        return
