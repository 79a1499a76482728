"""L6: the same HTTP answers: status, headers that matter, body; nothing that the original itself varies counts.

Each request was asked more than once of the original (twice in a run, in two runs). An answer of 4xx or 5xx
exercises nothing of the program: the two must still agree on it, but it is never counted as a pass. Except where the
program's own source has a route for the request: what it then refuses (400, 401, 405, 422 ...; not 404) shows that the
route is there, so that the program's modules are loaded and its handlers or their framework read the request.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from lightship.evidence.observation import ROUTE, Exchange, HttpAnswer, HttpRequest, Observation, RunFact
from lightship.messages import joined, said
from lightship.verify import json_bodies, volatile
from lightship.verify.paths_in_text import place_free
from lightship.verify.verdict import Comparison, Difference, not_checked, not_reached, settle

HEADERS_OF_A_MOMENT = frozenset(
    {
        "date", "expires", "age", "etag", "last-modified",  # follow the clock, or a file's time stamp
        "content-length", "connection", "keep-alive", "transfer-encoding",  # transport; the body itself is compared
    }
)  # fmt: skip
"""Headers that are not compared."""

_REFUSED = frozenset({400, 401, 403, 406, 409, 411, 415, 422, 428, 429})
"""What handlers and their frameworks say; a 405 to a POST is also what a server of plain files says."""

TOO_VOLATILE = 0.2
"""Share of a body that must be constant; below, the body is unknown."""

TOO_VOLATILE_BINARY = 0.5
"""The same of a body that is no text: a chance likeness of short pieces is likelier there."""

# Lists without an order; Python gives them another one in each process.
_SETS = frozenset({"allow", "vary", "access-control-allow-methods", "access-control-allow-headers"})
# It says yes always, or looks for a process or a file: neither asks the program anything.
_ASKS_NOTHING = re.compile(
    r"$|(?:/\S*/)?(?:true|:|exit|echo|pgrep|pidof|ps|kill|test|\[|ls|stat|cat|grep|find)(?:\s|$)"
)
_COOKIE_EXPIRY = re.compile(r"(expires=)[^;]*", re.IGNORECASE)
_COOKIE_VALUE = re.compile(r"(^[^=;]+=)[^;]*")


def compare_answers(original: Observation, candidate: Observation) -> Comparison:
    """All requests that do not come from the user (those are L8)."""
    if not any(run.ports for run in original.runs):
        return settle("the original listens on no port") if original.runs else not_checked("the original was not run")
    asked = [pair for pair in paired(original.runs, candidate.runs) if pair[0].source != "user"]
    users = [pair for pair in paired(original.runs, candidate.runs) if pair[0].source == "user"]
    differences, doubts, notes, exercised = differing_answers(asked)
    passed = sum(_is_exercised(request, old) for request, old, _ in users)
    refused = sum(_is_exercised(request, old) and (old[0].status or 0) >= 400 for request, old, _ in asked)
    detail = said(
        "{exercised} of {count} requests answered with 2xx or 3xx", exercised=exercised - refused, count=len(asked)
    )
    detail += said(", {refused} refused by a route of the source", refused=refused) if refused else ""
    if not differences and not doubts and not exercised + passed and _is_healthy(original, candidate):
        return settle("it answers its HEALTHCHECK", notes=notes)
    if not differences and not doubts and not exercised + passed:
        given = joined(
            "; ",
            (
                said("{label} gave {status}", label=request.label, status=_status(old[0]))
                for request, old, _ in asked[:3]
            ),
        ) or said("nothing was asked")
        return not_reached(
            said("it listens, but nothing of it was exercised: {given}; a [[probe]] can say what to ask", given=given),
            notes,
        )
    return settle(detail, differences, doubts=doubts, notes=notes)


def _is_healthy(original: Observation, candidate: Observation) -> bool:
    """Whether the image's own HEALTHCHECK, which asks something of the program, passes in every run of both."""
    test = original.facts.config.healthcheck.test if original.facts.config.healthcheck else ()
    if _ASKS_NOTHING.match(" ".join(test[1:]).strip()):
        return False
    runs = (*original.runs, *candidate.runs)
    return bool(candidate.runs) and all(run.health is not None and run.health.healthy for run in runs)


def paired(
    original: Iterable[RunFact], candidate: Iterable[RunFact]
) -> list[tuple[HttpRequest, list[HttpAnswer], list[HttpAnswer]]]:
    """Each request of the original with all its answers and all of the candidate's."""
    new: dict[HttpRequest, list[HttpAnswer]] = defaultdict(list)
    for exchange in _exchanges(candidate):
        new[exchange.request] += exchange.answers
    old: dict[HttpRequest, list[HttpAnswer]] = defaultdict(list)
    for exchange in _exchanges(original):
        old[exchange.request] += exchange.answers
    return [(request, answers, new[request]) for request, answers in old.items()]


def differing_answers(
    pairs: Iterable[tuple[HttpRequest, list[HttpAnswer], list[HttpAnswer]]],
) -> tuple[list[Difference], list[Difference], list[str], int]:
    """(differences, doubts, notes, how many requests exercised the original)."""
    differences: list[Difference] = []
    doubts: list[Difference] = []
    notes: list[str] = []
    exercised = 0
    for request, old, new in pairs:
        exercised += _is_exercised(request, old)
        if not new:
            doubts.append(Difference(("answers", request.label), _status(old[0]), said("not asked")))
            continue
        wrong, unsure, also = compare_answer(request.label, old, new)
        notes += also
        if len(wrong) > 1:
            whole = Difference(("answers", request.label), _status(old[0]), _status(new[0]), tuple(wrong))
            differences.append(whole)
        else:
            differences += wrong
        doubts += unsure
    return differences, doubts, notes, exercised


def compare_answer(
    label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer]
) -> tuple[list[Difference], list[Difference], list[str]]:
    """(differences, doubts, notes) of the answers to one request."""
    outcomes = {_status(one) for one in old}
    if len(outcomes) > 1:
        return (
            [],
            [Difference(("answers", label, "status"), " or ".join(sorted(outcomes)), _status(new[0]))],
            [],
        )
    for answer in new:
        if _status(answer) not in outcomes:
            return [Difference(("answers", label, "status"), outcomes.pop(), _status(answer))], [], []
    if old[0].status is None:
        return [], [], []
    wrong = list(_headers(label, old, new))
    body, unsure, notes = _bodies(label, old, new)
    return wrong + body, unsure, notes


def _bodies(
    label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer]
) -> tuple[list[Difference], list[Difference], list[str]]:
    old, new, notes = _cut_alike(label, old, new)
    if len({one.body for one in old}) == 1 and all(one.body == old[0].body for one in new):
        return [], [], notes
    documents = [json_bodies.parse(one.body) for one in old]
    if all(is_json for is_json, _ in documents) and not isinstance(documents[0][1], str | int | float):
        return _json(label, [value for _, value in documents], new, notes)
    return _texts(label, old, new, notes)


def _texts(
    label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer], notes: list[str]
) -> tuple[list[Difference], list[Difference], list[str]]:
    path = ("answers", label, "body")
    try:
        texts = [place_free(one.body.decode("utf-8")) for one in old]
    except UnicodeDecodeError:
        return _binaries(path, label, old, new, notes)
    common = volatile.pattern(texts)
    if common.share < TOO_VOLATILE:
        return (
            [],
            [Difference(path, said("another one each time"), said("{count} bytes", count=len(new[0].body)))],
            notes,
        )
    if not common.is_constant:
        notes.append(
            said(
                "{label}: {count} parts of the body change from answer to answer and were not compared",
                label=label,
                count=len(common.parts) - 1,
            )
        )
    for answer in new:
        text = place_free(answer.body.decode("utf-8", "replace"))
        if not common.matches(text):
            return [Difference(path, *volatile.first_difference(texts[0], text))], [], notes
    return [], [], notes


def _binaries(
    path: tuple[str, ...], label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer], notes: list[str]
) -> tuple[list[Difference], list[Difference], list[str]]:
    """A picture, a PDF: the same bytes, or where the original gives others each time, those that it always gives."""
    found = said("{count} other bytes", count=len(new[0].body))
    if len({one.body for one in old}) == 1:
        return [Difference(path, said("{count} bytes", count=len(old[0].body)), found)], [], notes
    # Every byte is a character of Latin-1, so that what holds for texts holds for bytes.
    common = volatile.pattern([one.body.decode("latin-1") for one in old])
    if common.share < TOO_VOLATILE_BINARY or not all(common.matches(one.body.decode("latin-1")) for one in new):
        return [], [Difference(path, said("binary, another one each time"), found)], notes
    parts = said(
        "{label}: {count} parts of the body change from answer to answer and were not compared",
        label=label,
        count=len(common.parts) - 1,
    )
    return [], [], [*notes, parts]


def _cut_alike(
    label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer]
) -> tuple[Sequence[HttpAnswer], Sequence[HttpAnswer], list[str]]:
    """Answers of which one was cut (by the size or the time limit) are compared up to where all were read."""
    if not any(one.truncated for one in (*old, *new)):
        return old, new, []
    length = min(len(one.body) for one in (*old, *new) if one.truncated)
    cut = [replace(one, body=one.body[:length]) for one in (*old, *new)]
    note = said("{label}: only the first {length} bytes of the body were compared", label=label, length=length)
    return cut[: len(old)], cut[len(old) :], [note]


def _json(
    label: str, documents: list[object], new: Sequence[HttpAnswer], notes: list[str]
) -> tuple[list[Difference], list[Difference], list[str]]:
    path = ("answers", label, "body")
    for answer in new:
        is_json, value = json_bodies.parse(answer.body)
        if not is_json:
            return [Difference(path, "JSON", said("not JSON"))], [], notes
        found = json_bodies.compare_json(documents, value)
        wrong = [Difference((*path, one.path), one.original, one.candidate) for one in found if one.stable]
        if wrong:
            return wrong, [], notes
        loose = [one for one in found if not one.stable]
        if any(one.path == "." for one in loose):
            return [], [Difference(path, said("another document each time"), loose[0].candidate)], notes
        if loose:
            places = ", ".join(one.path for one in loose[:5])
            notes = [
                *notes,
                said(
                    "{label}: {places} change from answer to answer and were not compared", label=label, places=places
                ),
            ]
    return [], [], list(dict.fromkeys(notes))


def _headers(label: str, old: Sequence[HttpAnswer], new: Sequence[HttpAnswer]) -> Iterator[Difference]:
    befores = [_named(one) for one in old]
    always = set.intersection(*(set(one) for one in befores))
    ever = set.union(*(set(one) for one in befores))
    after = _named(new[0])
    for name in sorted((always - set(after)) | (set(after) - ever)):
        yield Difference(("answers", label, "headers", name), befores[0].get(name, ""), after.get(name, ""))
    for name in sorted(always & set(after)):
        common = volatile.pattern([place_free(one[name]) for one in befores])
        if not common.matches(place_free(after[name])):
            yield Difference(("answers", label, "headers", name), befores[0][name], after[name])


def _named(answer: HttpAnswer) -> dict[str, str]:
    """Headers by lower-case name, several of one name joined; cookies by name and attributes, without their values;
    lists that have no order in one.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in answer.headers:
        key = name.lower()
        if key == "set-cookie":
            found[key].append(_COOKIE_EXPIRY.sub(r"\1", _COOKIE_VALUE.sub(r"\1", value, count=1)))
        elif key in _SETS:
            found[key].append(", ".join(sorted(part.strip() for part in value.split(","))))
        elif key not in HEADERS_OF_A_MOMENT:
            found[key].append(value)
    return {name: ", ".join(values) for name, values in found.items()}


def _exchanges(runs: Iterable[RunFact]) -> Iterator[Exchange]:
    return (exchange for run in runs for exchange in run.exchanges)


def is_taken(request: HttpRequest, status: int | None) -> bool:
    """Whether a status shows that the program has something at the request's path."""
    if status is None:
        return False
    if 200 <= status < 400:
        return True
    return request.source == ROUTE and (status in _REFUSED or (status == 405 and request.method == "GET"))


def _is_exercised(request: HttpRequest, answers: Sequence[HttpAnswer]) -> bool:
    return bool(answers) and all(is_taken(request, one.status) for one in answers)


def _status(answer: HttpAnswer) -> str:
    return str(answer.status) if answer.status is not None else answer.problem or "no answer"
