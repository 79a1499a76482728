"""Probes out of observations: loadable, without what is not stable, the same when recorded again."""

from __future__ import annotations

from dataclasses import replace

from lightship.evidence.observation import (
    CommandAnswer,
    CommandProbe,
    Exchange,
    HttpAnswer,
    HttpRequest,
    Observation,
    RunFact,
)
from lightship.verify import compare
from lightship.verify.recording import MARK, record, recording_text
from lightship.verify.settings import Settings, with_probes
from verify.sample import FACTS, original

ODD = 'GET "a" \\ \x7f \t é 🚢 \u2028'


def observed(*bodies: bytes, status: int = 200, path: str = "/", source: str = "first page") -> Observation:
    request = HttpRequest(8000, path, source=source)
    run = RunFact(
        False, ports=(8000,), exchanges=(Exchange(request, tuple(HttpAnswer(status, (), b) for b in bodies)),)
    )
    return Observation("x", FACTS, (run,))


def loaded(text: str) -> Settings:
    return with_probes(Settings(), text, "recorded.toml")


def again(seen: Observation, text: str) -> str:
    known = loaded(text)
    return recording_text(record(seen, known.requests, known.commands), "recorded.toml")


def test_what_was_recorded_holds_for_the_original_and_recording_again_changes_nothing() -> None:
    text = recording_text(record(original()), "recorded.toml")
    assert text.startswith(MARK)
    probes = loaded(text)
    assert len(probes.requests) >= 3
    assert again(original(), text) == text
    asked = {one.label: one for one in probes.requests}
    runs = tuple(
        replace(
            run,
            exchanges=(
                *run.exchanges,
                *(
                    replace(one, request=asked[one.request.label])
                    for one in run.exchanges
                    if one.request.label in asked
                ),
            ),
        )
        for run in original().runs
    )
    seen = replace(original(), runs=runs)
    verdict = compare(seen, replace(seen, runs=runs[:1]))
    assert (verdict.word, verdict.doubts) == ("SAME", ())
    assert again(seen, text) == text, "what is loaded is asked twice, and recorded once"


def test_what_changes_is_left_out() -> None:
    found = record(observed(b"<p>Harbor</p> at 11:30:40, 7 lights", b"<p>Harbor</p> at 11:30:41, 7 lights"))
    (request,) = found.requests
    assert request.expect_body == ("<p>Harbor</p> at", ", 7 lights")
    assert found.left_out == ("GET :8000/: its body, where it changes from answer to answer (1 places)",)
    two = replace(observed(b"a"), runs=(*observed(b"a").runs, *observed(b"b", status=500).runs))
    assert record(two).requests == ()
    assert "another status each time" in record(two).left_out[0]
    (binary,) = record(observed(b"\xff\xfe\x00", b"\xff\xfe\x00")).requests
    assert (binary.expect_status, binary.expect_body) == (200, ())


def test_what_no_longer_holds_is_dropped_and_the_rest_stays() -> None:
    first = recording_text(record(observed(b"Monday: fog, 7 lights", b"Monday: fog, 8 lights")), "r.toml")
    assert loaded(first).requests[0].expect_body == ("Monday: fog,", "lights")
    second = recording_text(record(observed(b"Tuesday: fog, 7 lights"), loaded(first).requests), "r.toml")
    assert loaded(second).requests[0].expect_body == ("lights",)
    third = recording_text(record(observed(b"gone", status=404), loaded(second).requests), "r.toml")
    assert (loaded(third).requests[0].expect_status, loaded(third).requests[0].expect_body) == (404, ("gone",))


def test_every_text_survives() -> None:
    probe = CommandProbe(("sh", "-c", ODD), (("A", ODD),), source="--version")
    seen = Observation("x", FACTS, commands=((CommandAnswer(probe, 0, ODD.encode()),),) * 2)
    (command,) = loaded(recording_text(record(seen), "r.toml")).commands
    assert (command.argv, command.env, command.expect_exit) == (("sh", "-c", ODD), (("A", ODD),), 0)
    assert command.expect_output == (ODD.strip(),)


def test_the_users_own_probes_are_not_recorded() -> None:
    assert record(observed(b"hello", source="user")).requests == ()
    mine = CommandProbe(("true",), source="user")
    assert record(Observation("x", FACTS, user_commands=((CommandAnswer(mine, 0),),))).commands == ()
