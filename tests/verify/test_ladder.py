"""How far a comparison reaches, and when nothing is claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lightship.evidence.observation import (
    ROUTE,
    Exchange,
    HealthFact,
    HttpAnswer,
    HttpRequest,
    Mention,
    Observation,
    RunFact,
    StopFact,
)
from lightship.oci.model import Healthcheck
from lightship.verify import Allowance, compare
from lightship.verify.hardened import ALL, ANOTHER
from lightship.verify.ladder import COMPARATORS
from verify.sample import ABSENT, FACTS, answers, candidate, original, started, with_config, with_run

FAILS = RunFact(ended=True, exit_code=1, stderr=b"psycopg2.OperationalError: connection refused\n")


def bare(*runs: RunFact) -> Observation:
    """Nothing but how it runs."""
    return Observation("x", FACTS, runs)


def test_a_program_that_fails_alone_is_compared_in_how_it_fails() -> None:
    verdict = compare(bare(FAILS, FAILS), bare(FAILS))
    assert str(verdict) == "SAME up to L5"
    assert verdict.levels[6].state == verdict.levels[7].state == "not reached by the original"
    assert not verdict.holds(6)
    assert "alone: no [verify.services]" in verdict.levels[5].detail


def test_failing_in_another_way_is_different() -> None:
    other = replace(FAILS, stderr=b"ImportError: libpq.so.5: cannot open shared object file\n")
    verdict = compare(bare(FAILS, FAILS), bare(other))
    assert (verdict.word, verdict.level) == ("DIFFERENT", 4)
    assert "ending > stderr" in [one.name for one in verdict.differences]


def test_running_where_the_original_fails_is_different() -> None:
    assert compare(bare(FAILS, FAILS), bare(started("1"))).word == "DIFFERENT"


def test_a_batch_program_that_ends_well_was_seen_running() -> None:
    done = RunFact(ended=True, exit_code=0, stdout=b"42 rows\n")
    assert str(compare(bare(done, done), bare(done))) == "SAME up to L6"


def test_ending_well_and_leaving_nothing_is_not_running() -> None:
    done = RunFact(ended=True, exit_code=0)
    assert str(compare(bare(done, done), bare(done))) == "SAME up to L5"


@pytest.mark.parametrize(
    ("method", "status", "counts"),
    [("GET", 405, True), ("POST", 400, True), ("GET", 401, True), ("POST", 405, False), ("GET", 404, False),
     ("POST", 500, False)],
)  # fmt: skip
def test_what_a_route_of_the_source_refuses_exercises_it(method: str, status: int, counts: bool) -> None:
    route = HttpRequest(8000, "/convert", method, source=ROUTE)
    for request, reached in ((route, counts), (replace(route, source="health path"), False)):
        asked = (Exchange(request, (HttpAnswer(status, (), b"no"),)),)
        run = started("1", exchanges=asked, health=None)
        level = compare(bare(run, run), bare(run)).levels[6]
        assert (level.state == "same") is reached, level


def test_lists_without_an_order_are_compared_as_such() -> None:
    def run(*allowed: str) -> RunFact:
        answer = HttpAnswer(200, (("Allow", ", ".join(allowed)),), b"yes")
        return started("1", exchanges=(Exchange(HttpRequest(8000), (answer,)),))

    old = run("OPTIONS", "PUT", "POST")
    assert compare(bare(old, old), bare(run("POST", "OPTIONS", "PUT"))).word == "SAME"
    assert compare(bare(old, old), bare(run("POST", "OPTIONS"))).word == "DIFFERENT"


def test_a_binary_that_changes_in_places_is_compared_in_the_others() -> None:
    def run(*words: str) -> RunFact:
        body = b"%PDF-1.7 \xff\xfe " + " ".join(words).encode() + b" the same page each time, of harbours and lights"
        return started("1", exchanges=(Exchange(HttpRequest(8000), (HttpAnswer(200, (), body),)),))

    old = (run("ABCDEF", "1"), run("GHIJKL", "1"))
    verdict = compare(bare(*old), bare(run("MNOPQR", "1")))
    assert verdict.word == "SAME"
    assert any("1 parts of the body change" in note for note in verdict.notes)
    assert compare(bare(*old), bare(run("MNOPQR", "2"))).word == "UNKNOWN"
    assert compare(bare(old[0], old[0]), bare(run("ABCDEF", "2"))).word == "DIFFERENT"


def test_what_only_a_library_may_call_is_not_missed() -> None:
    old, new = original(), candidate()
    for library, word in ((True, "SAME"), (False, "UNKNOWN")):
        called = (Mention("which", "/site-packages/kit/find.py", library=library),)
        assert compare(replace(old, facts=replace(old.facts, mentions=called)), new).word == word


def test_only_404_exercises_nothing() -> None:
    only = tuple(one for one in answers("1") if one.request == ABSENT)
    one = started("1", exchanges=only, health=None)
    verdict = compare(bare(one, one), bare(one))
    assert str(verdict) == "SAME up to L5"
    assert not verdict.holds(6)
    assert verdict.levels[6].state == "not reached by the original"
    assert "404" in verdict.levels[6].detail


def test_a_healthcheck_that_passes_exercises_what_answers_no_request() -> None:
    only = tuple(one for one in answers("1") if one.request == ABSENT)
    one = started("1", exchanges=only)
    assert compare(bare(one, one), bare(one)).holds(6)
    for check in ("exit 0", "true", "pgrep nginx || exit 1", "/usr/bin/test -f /run/app.pid", "[ -e /tmp/up ]"):
        trivial = Healthcheck(("CMD-SHELL", check))
        original, candidate = (with_config(bare(one, *more), healthcheck=trivial) for more in ((one,), ()))
        assert not compare(original, candidate).holds(6), check
    failing = started("1", exchanges=only, health=HealthFact(False, 1))
    assert compare(bare(one, one), bare(failing)).word == "DIFFERENT"


def test_the_original_sometimes_ending_is_unknown() -> None:
    verdict = compare(bare(started("1"), FAILS), bare(started("1")))
    assert verdict.word == "UNKNOWN"
    assert verdict.level < 6


def test_an_unstable_status_is_unknown() -> None:
    one, two = started("1"), started("2")
    broken = replace(two.exchanges[0], answers=(replace(two.exchanges[0].answers[0], status=503),))
    verdict = compare(bare(one, replace(two, exchanges=(broken, *two.exchanges[1:]))), bare(one))
    assert verdict.word == "UNKNOWN"
    assert "answers > GET :8000/ > status" in [one.name for one in verdict.doubts]


def test_a_body_that_is_never_the_same_is_unknown() -> None:
    def random(text: bytes) -> RunFact:
        run = started("1")
        first = run.exchanges[0]
        return replace(
            run,
            exchanges=(replace(first, answers=(replace(first.answers[0], body=text),)), *run.exchanges[1:]),
        )

    assert compare(bare(random(b"q7"), random(b"z9")), bare(random(b"k1"))).word == "UNKNOWN"


def test_a_worker_that_listens_nowhere_runs() -> None:
    one = started("1", ports=(), exchanges=(), health=None, stop=StopFact(0.1, 0, False))
    verdict = compare(bare(one, one), bare(one))
    assert verdict.holds(6)
    assert "listens nowhere" in verdict.levels[6].detail


def test_facts_alone_reach_four() -> None:
    verdict = compare(bare(), bare())
    assert (str(verdict), verdict.levels[5].state) == ("SAME up to L4", "not checked")


def test_a_candidate_that_does_not_build() -> None:
    verdict = compare(original(), replace(candidate(), built=False))
    assert (verdict.word, verdict.level) == ("DIFFERENT", 0)


def test_a_shell_form_that_ignored_sigterm_may_get_better() -> None:
    old = with_run(original(), stop=StopFact(10.0, 137, True))
    verdict = compare(old, candidate())
    assert verdict.word == "SAME"
    assert any("stop signal" in one.why for one in verdict.allowed)


def test_getting_worse_is_never_allowed() -> None:
    assert compare(original(), with_run(candidate(), stop=StopFact(10.0, 137, True))).word == "DIFFERENT"


def test_a_less_privileged_user_is_allowed_and_followed() -> None:
    old = with_run(with_config(original(), user=""), processes=(replace(original().runs[0].processes[0], uid=0),))
    verdict = compare(old, candidate())
    assert verdict.word == "SAME"
    assert any("less privileged" in one.why for one in verdict.allowed)


def test_what_the_original_does_not_bear_is_not_asked() -> None:
    old = original()
    fails = replace(old.hardened[0], run=started("1", ended=True, exit_code=1, stderr=b"Read-only file system"))
    verdict = compare(replace(old, hardened=(fails,)), replace(candidate(), hardened=(fails,)))
    assert verdict.word == "SAME"
    assert any(ALL in note and "does not bear" in note for note in verdict.notes)


def test_who_is_another_user_anyway_need_not_be_run_as_one() -> None:
    old, new = original(), candidate()
    borne = replace(old.hardened[0], mode=ANOTHER)
    root = replace(old, facts=replace(old.facts, config=replace(old.facts.config, user="")), hardened=(borne,))
    settled = replace(new.facts, config=replace(new.facts.config, user="65532:65532"))
    verdict = compare(root, replace(new, facts=settled, hardened=()))
    assert verdict.levels[7].state == "same", verdict.levels[7]
    as_root = replace(new.facts, config=replace(new.facts.config, user=""))
    assert compare(root, replace(new, facts=as_root, hardened=())).levels[7].state == "not checked"


def test_the_caller_can_allow_with_a_reason() -> None:
    broken = with_config(candidate(), labels=())
    assert compare(original(), broken).word == "DIFFERENT"
    verdict = compare(original(), broken, allowed=(Allowance("image config/LABEL/*", ("missing",), "not ours"),))
    assert verdict.word == "SAME"
    assert "not ours" in [one.why for one in verdict.allowed]


def test_what_is_allowed_is_said() -> None:
    verdict = compare(original(), candidate())
    named = {one.difference.name for one in verdict.allowed}
    assert {"image config > CMD", "image config > ENV > PATH", "python packages > pip"} <= named
    assert all(one.why for one in verdict.allowed)


def test_every_level_has_a_comparator() -> None:
    assert {one.level for one in COMPARATORS} == set(range(9))
    assert len({one.name for one in COMPARATORS}) == len(COMPARATORS)


def test_another_user_writes_to_another_home() -> None:
    old = with_config(with_run(original(), written=("/root/.state", "/app/db.sqlite")), user="")
    old = with_run(old, processes=(replace(old.runs[0].processes[0], uid=0),))
    assert compare(old, candidate()).word == "SAME"
    assert compare(old, with_run(candidate(), written=())).word == "DIFFERENT"
