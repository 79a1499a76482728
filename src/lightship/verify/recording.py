"""What was observed of an original, as ``[[probe]]`` entries that later runs ask again.

Only what was the same in all its answers is written down: constant parts of bodies and outputs. What was recorded
before and still holds stays as it is, so that recording again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lightship.evidence.observation import CommandAnswer, CommandProbe, HttpAnswer, HttpRequest, Observation
from lightship.messages import said
from lightship.verify import volatile
from lightship.verify.answers import paired

MARK = "# Recorded by lightship verify --record"
"""How such a file begins; one that begins otherwise is the user's and is not replaced."""

PARTS = 4
"""Constant parts of one answer that are written down, the longest."""
SHORTEST = 4
LONGEST = 200
"""Characters of a part."""

_HEAD = """\
{mark}: what the original answered, without what changes between two answers.
# Recording again keeps what still holds. To load it: `probes = "{name}"` under [verify] of lightship.toml.
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """Probes with what they are to give, and in words what was left out."""

    requests: tuple[HttpRequest, ...]
    commands: tuple[CommandProbe, ...]
    left_out: tuple[str, ...] = ()


def record(
    original: Observation, requests: Sequence[HttpRequest] = (), commands: Sequence[CommandProbe] = ()
) -> Recording:
    """What ``original`` answered, beside what was recorded before (``requests`` and ``commands``).

    The user's own probes are not recorded: they are written down already.
    """
    left_out: list[str] = []
    asked: dict[HttpRequest, HttpRequest] = {}
    before = {_plain(one): one for one in requests}
    for request, answers, _ in paired(original.runs, ()):
        plain = _plain(request)
        if plain in asked or (request.source == "user" and plain not in before):
            continue
        found = _request(plain, answers, before.get(plain), left_out)
        if found is not None:
            asked[plain] = found
    run: dict[CommandProbe, CommandProbe] = {}
    known = {_bare(one): one for one in commands}
    for probe, ended in _commands(original):
        bare = _bare(probe)
        if bare in run or (probe.source == "user" and bare not in known):
            continue
        told = _command(bare, ended, known.get(bare), left_out)
        if told is not None:
            run[bare] = told
    return Recording(tuple(asked.values()), tuple(run.values()), tuple(left_out))


def recording_text(recording: Recording, name: str) -> str:
    """The file ``name`` as TOML."""
    parts = [_HEAD.format(mark=MARK, name=name)]
    parts += ["\n".join(_request_lines(one)) for one in recording.requests]
    parts += ["\n".join(_command_lines(one)) for one in recording.commands]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _request(
    request: HttpRequest, answers: Sequence[HttpAnswer], known: HttpRequest | None, left_out: list[str]
) -> HttpRequest | None:
    statuses = {one.status for one in answers}
    if statuses == {None}:
        return None  # nothing that speaks HTTP
    if len(statuses) > 1:
        left_out.append(said("{label}: another status each time", label=request.label))
        return None
    (status,) = statuses
    if known is not None and known.expect_status in (None, status):
        held = tuple(part for part in known.expect_body if all(part.encode() in one.body for one in answers))
        return replace(known, expect_body=held)
    if any(one.truncated for one in answers):
        left_out.append(said("{label}: its body, which is too long or broke off", label=request.label))
        return replace(request, expect_status=status)
    parts = _constant([one.body for one in answers], said("{label}: its body", label=request.label), left_out)
    return replace(request, expect_status=status, expect_body=parts)


def _command(
    probe: CommandProbe, ended: Sequence[CommandAnswer], known: CommandProbe | None, left_out: list[str]
) -> CommandProbe | None:
    codes = {one.exit_code for one in ended}
    if len(codes) > 1 or None in codes:
        left_out.append(said("{label}: ends in another way each time, or not in time", label=probe.label))
        return None
    (code,) = codes
    outputs = [one.stdout + one.stderr for one in ended]
    if known is not None and known.expect_exit in (None, code):
        held = tuple(part for part in known.expect_output if all(part.encode() in one for one in outputs))
        return replace(known, expect_output=held)
    return replace(
        probe,
        expect_exit=code,
        expect_output=_constant(outputs, said("{label}: its output", label=probe.label), left_out),
    )


def _constant(bodies: Sequence[bytes], what: str, left_out: list[str]) -> tuple[str, ...]:
    """Parts that all have, the longest first chosen, in the order in which they stand."""
    try:
        texts = [one.decode("utf-8") for one in bodies]
    except UnicodeDecodeError:
        left_out.append(said("{what}, which is not text", what=what))
        return ()
    common = volatile.pattern(texts)
    if not common.is_constant:
        left_out.append(
            said(
                "{what}, where it changes from answer to answer ({count} places)",
                what=what,
                count=len(common.parts) - 1,
            )
        )
    pieces = [piece for part in common.parts if len(piece := part.strip()[:LONGEST].strip()) >= SHORTEST]
    chosen = sorted(sorted(dict.fromkeys(pieces), key=len, reverse=True)[:PARTS], key=pieces.index)
    return tuple(piece for piece in chosen if all(piece in text for text in texts))


def _commands(original: Observation) -> Iterator[tuple[CommandProbe, list[CommandAnswer]]]:
    """Commands that lightship thought of and that the original answers with 0; the user's as they are."""
    found: dict[CommandProbe, list[CommandAnswer]] = {}
    for answer in (one for run in (*original.commands, *original.user_commands) for one in run):
        found.setdefault(answer.probe, []).append(answer)
    for probe, answers in found.items():
        if probe.source == "user" or all(one.exit_code == 0 for one in answers):
            yield probe, answers


def _plain(request: HttpRequest) -> HttpRequest:
    """What is asked, without who asks it and what is expected."""
    return replace(request, source="", name="", expect_status=None, expect_body=())


def _bare(probe: CommandProbe) -> CommandProbe:
    return replace(probe, source="", name="", expect_exit=None, expect_output=())


def _request_lines(request: HttpRequest) -> Iterator[str]:
    yield "[[probe]]"
    if request.name:
        yield f"name = {_quoted(request.name)}"
    address = f"https://localhost:{request.port}" if request.scheme == "https" else f":{request.port}"
    yield f"http = {_quoted(f'{request.method} {address}{request.path}')}"
    if request.headers:
        yield f"headers = {_table(request.headers)}"
    if request.body:
        yield f"body = {_quoted(request.body.decode())}"
    if request.expect_status is not None:
        yield f"status = {request.expect_status}"
    if request.expect_body:
        yield f"contains = {_array(request.expect_body)}"


def _command_lines(probe: CommandProbe) -> Iterator[str]:
    yield "[[probe]]"
    if probe.name:
        yield f"name = {_quoted(probe.name)}"
    yield f"command = {_array(probe.argv)}"
    if probe.env:
        yield f"env = {_table(probe.env)}"
    if probe.expect_exit is not None:
        yield f"exit = {probe.expect_exit}"
    if probe.expect_output:
        yield f"output = {_array(probe.expect_output)}"
    if probe.file:
        yield f"file = {_quoted(probe.file)}"


def _quoted(text: str) -> str:
    """A basic string; its escapes are JSON's, and DEL must be one too. https://toml.io/en/v1.0.0#string"""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _array(words: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(word) for word in words)}]"


def _table(pairs: Iterable[tuple[str, str]]) -> str:
    return f"{{ {', '.join(f'{_quoted(name)} = {_quoted(value)}' for name, value in pairs)} }}"
