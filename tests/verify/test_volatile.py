from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lightship.verify.volatile import first_difference, pattern

texts = st.text(alphabet="ab \n<1:", max_size=30)


def test_one_text_matches_only_itself() -> None:
    common = pattern(["same", "same"])
    assert common.is_constant
    assert common.matches("same")
    assert not common.matches("same ")


def test_what_differs_is_a_gap_and_the_rest_is_not() -> None:
    common = pattern(["id=a1 at 10:00:01 ok", "id=b2 at 10:00:07 ok"])
    assert common.matches("id=zz at 23:59:59 ok")
    assert not common.matches("id=zz at 23:59:59 bad")
    assert not common.matches("id=zz on 23:59:59 ok")


def test_more_words_in_one_of_them() -> None:
    common = pattern(["start\nend\n", "start\nmiddle one\nend\n"])
    assert common.matches("start\nend\n")
    assert common.matches("start\nother thing here\nend\n")
    assert not common.matches("start\nend\nmore\n")


def test_nothing_in_common_has_no_share() -> None:
    assert pattern(["aaa", "bbb"]).share == 0


@given(st.lists(texts, min_size=1, max_size=4))
def test_every_text_matches_its_own_pattern(seen: list[str]) -> None:
    common = pattern(seen)
    assert all(common.matches(one) for one in seen)


@given(st.lists(texts, min_size=1, max_size=3), texts)
def test_a_constant_pattern_matches_nothing_else(seen: list[str], other: str) -> None:
    common = pattern(seen)
    if common.is_constant:
        assert common.matches(other) == (other == seen[0])


def test_the_first_difference_is_shown_around_where_it_is() -> None:
    left, right = first_difference("a\n" + "x" * 300 + "1", "a\n" + "x" * 300 + "2")
    assert left.startswith("…")
    assert (left[-1], right[-1]) == ("1", "2")
