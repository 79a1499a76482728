"""What BuildKit refuses when it turns a tree into instructions: wrong flags, too few arguments, forbidden places.

Messages are BuildKit's own (``frontend/dockerfile/instructions``), so that a search for them finds something.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Sequence

from lightship.dockerfile.heredoc import parse_opening
from lightship.dockerfile.lex import SPACES, ExpandError
from lightship.dockerfile.model import Instruction, Item, Problem
from lightship.dockerfile.mounts import mounts
from lightship.dockerfile.split import KEYWORDS
from lightship.messages import said
from lightship.text import Span

_BOOL, _ONE, _MANY = "bool", "one", "many"
FLAGS: dict[str, dict[str, str]] = {
    "add": {
        "chown": _ONE,
        "chmod": _ONE,
        "link": _BOOL,
        "keep-git-dir": _BOOL,
        "checksum": _ONE,
        "exclude": _MANY,
        "unpack": _BOOL,
    },
    "copy": {
        "chown": _ONE,
        "chmod": _ONE,
        "from": _ONE,
        "link": _BOOL,
        "parents": _BOOL,
        "exclude": _MANY,
    },
    "from": {"platform": _ONE},
    "healthcheck": {
        "interval": _ONE,
        "timeout": _ONE,
        "start-period": _ONE,
        "start-interval": _ONE,
        "retries": _ONE,
    },
    "run": {"mount": _MANY, "network": _ONE, "security": _ONE, "device": _MANY},
}
"""The flags of each instruction, and whether they take a value; every other instruction has none."""

# BuildKit never looks at the flags of these two.
_UNCHECKED_FLAGS = ("arg", "stopsignal")
_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")
_DURATION = re.compile(r"[-+]?(?:0|(?:(?:\d++(?:\.\d*+)?|\.\d++)(?:ns|us|µs|μs|ms|s|m|h))+)")
_DURATION_PART = re.compile(r"(\d++(?:\.\d*+)?|\.\d++)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIGNALS = frozenset(name.name.removeprefix("SIG") for name in signal.Signals) | {
    "CLD",
    "IOT",
    "STKFLT",
    "UNUSED",
}
_REALTIME = re.compile(r"RTM(?:IN(?:\+\d+)?|AX(?:-\d+)?)")


def check_instruction(instruction: Instruction) -> list[Problem]:
    """The first thing that BuildKit would say against an instruction by itself; at most one problem."""
    keyword = instruction.keyword
    if keyword not in KEYWORDS:
        return [_unknown(instruction)]
    found = _CHECKS[keyword](instruction)
    return [found] if found else []


def check_file(text: str, items: Sequence[Item]) -> list[Problem]:
    """What is wrong with the file as a whole: nothing in it, no stage, instructions before the first stage."""
    instructions = [item for item in items if isinstance(item, Instruction)]
    if not instructions:
        help_ = "start with FROM and the image to build on"
        return [Problem("file with no instructions", Span(0, 0), help_, "no-instructions")]
    found: list[Problem] = []
    for instruction in instructions:
        if instruction.keyword == "from":
            return found
        if instruction.keyword in KEYWORDS and instruction.keyword != "arg":
            message, help_ = (
                "no build stage in current context",
                "put FROM before it; only ARG may come earlier",
            )
            found.append(_problem(message, instruction.keyword_span, help_, "no-stage"))
    if not found:
        message, help_ = "dockerfile contains no stages to build", "add FROM and the image to build on"
        found.append(_problem(message, instructions[-1].keyword_span, help_, "no-stage"))
    return found


def _problem(message: str, span: Span, help_: str, code: str) -> Problem:
    return Problem(message, span, help_, code, source="instructions")


def _near(word: str, known: Sequence[str]) -> list[str]:
    """The known word that is most like ``word``, in a list that is empty when none is."""
    # Imported here: files without mistakes do not need it.
    import difflib

    return difflib.get_close_matches(word, known, 1)


def _unknown(instruction: Instruction) -> Problem:
    near = _near(instruction.keyword[:20], sorted(KEYWORDS))
    help_ = (
        said("did you mean {near}?", near=near[0].upper())
        if near
        else "an instruction starts with a word such as RUN or COPY"
    )
    start = instruction.keyword_span.start - instruction.span.start
    written = instruction.text[start : start + len(instruction.keyword)]
    written = written if len(written) <= 60 else written[:60] + "..."
    return _problem(
        said("unknown instruction: {written}", written=written), instruction.keyword_span, help_, "unknown-instruction"
    )


def _flags(instruction: Instruction) -> Problem | None:
    """Unknown flags, flags given twice, missing or surplus values."""
    known = FLAGS.get(instruction.keyword, {})
    used: set[str] = set()
    for flag in instruction.flags:
        name, kind = f"--{flag.name}", known.get(flag.name)
        if kind is None:
            near = _near(flag.name, list(known))
            possible = ", ".join(f"--{other}" for other in known) or "no flags"
            help_ = (
                said("did you mean --{near}?", near=near[0])
                if near
                else said("{keyword} knows {possible}", keyword=instruction.keyword.upper(), possible=possible)
            )
            return _problem(said("unknown flag: {name}", name=name), flag.span, help_, "unknown-flag")
        if flag.name in used and kind != _MANY:
            return _problem(
                said("duplicate flag specified: {name}", name=name), flag.span, "keep one of them", "duplicate-flag"
            )
        used.add(flag.name)
        if (kind == _BOOL and flag.value == "") or (kind != _BOOL and flag.value is None):
            help_ = said("write {name}=", name=name) + ("true" if kind == _BOOL else "VALUE")
            return _problem(said("missing a value on flag: {name}", name=name), flag.span, help_, "flag-value")
        if kind == _BOOL and (flag.value or "true").lower() not in ("true", "false"):
            message = said("expecting boolean value for flag {name}, not: {value}", name=name, value=flag.value)
            return _problem(message, flag.span, "write true or false", "flag-value")
    return None


def _at_least_one(instruction: Instruction) -> Problem | None:
    if instruction.words or (instruction.exec_form is None and instruction.arguments):
        return None
    keyword = instruction.keyword.upper()
    message = said("{keyword} requires at least one argument", keyword=keyword)
    return _problem(
        message, instruction.keyword_span, said("write what {keyword} is to have", keyword=keyword), "missing-argument"
    )


def _exactly_one(instruction: Instruction) -> Problem | None:
    if len(instruction.words) == 1:
        return _flags(instruction)
    keyword = instruction.keyword.upper()
    message = said("{keyword} requires exactly one argument", keyword=keyword)
    return _problem(
        message, instruction.keyword_span, said("write what {keyword} is to be", keyword=keyword), "missing-argument"
    )


def _add_or_copy(instruction: Instruction) -> Problem | None:
    keyword = instruction.keyword.upper()
    if len(instruction.words) < 2:
        message = said(
            "{keyword} requires at least two arguments, but only one was provided. "
            "Destination could not be determined.",
            keyword=keyword,
        )
        return _problem(message, instruction.keyword_span, "name the destination last", "missing-argument")
    wrong = _flags(instruction)
    if wrong:
        return wrong
    destination = instruction.words[-1]
    try:
        opening = parse_opening(destination.text)
    except ExpandError:
        opening = None
    if opening is not None:
        message = said("{keyword} cannot accept a heredoc as a destination", keyword=keyword)
        return _problem(message, destination.span, "name the destination last", "heredoc-destination")
    from_ = instruction.flag("from")
    if from_ is not None and re.search(r"[$\\'\"]", from_.value or ""):
        message = said(
            "variable expansion is not supported for --from, define a new stage with FROM using ARG from "
            "global scope as a workaround"
        )
        return _problem(message, from_.span, "FROM $IMAGE AS name, then COPY --from=name", "variable-in-from")
    return None


def _from(instruction: Instruction) -> Problem | None:
    words = instruction.words
    if len(words) == 3 and words[1].text.lower() == "as":
        if not _STAGE_NAME.fullmatch(words[2].text.lower()):
            message = said(
                'invalid name for build stage: "{text}", name can\'t start with a number or contain symbols',
                text=words[2].text,
            )
            return _problem(message, words[2].span, "use letters, digits, '-', '_' and '.'", "stage-name")
        return _flags(instruction)
    if len(words) != 1:
        span = instruction.arguments_span if words else instruction.keyword_span
        message = said("FROM requires either one or three arguments")
        return _problem(message, span, "write FROM image, or FROM image AS name", "from-arguments")
    return _flags(instruction)


def _env_or_label(instruction: Instruction) -> Problem | None:
    wrong = _flags(instruction) or _at_least_one(instruction)
    if wrong or len(instruction.words) % 3:
        return wrong
    for name, value, _ in instruction.pairs:
        if not name.text:
            message = said("{keyword} names can not be blank", keyword=instruction.keyword.upper())
            return _problem(message, value.span, "write name=value", "blank-name")
    return None


def _arg(instruction: Instruction) -> Problem | None:
    for word in instruction.words:
        if word.text.startswith("="):
            return _problem("ARG names can not be blank", word.span, "write name=value", "blank-name")
    return _at_least_one(instruction)


def _run(instruction: Instruction) -> Problem | None:
    wrong = _flags(instruction)
    if wrong:
        return wrong
    for mount in mounts(instruction):
        if mount.error:
            help_ = "see https://docs.docker.com/reference/dockerfile/#run---mount"
            return _problem(mount.error, mount.flag.span, help_, "mount")
    for name, allowed in (("network", ("default", "none", "host")), ("security", ("insecure", "sandbox"))):
        flag = instruction.flag(name)
        if flag is not None and flag.value not in allowed:
            message = said('{name} "{value}" is not valid', name=name, value=flag.value)
            return _problem(message, flag.span, said("use one of {allowed}", allowed=", ".join(allowed)), "flag-value")
    return None


def _onbuild(instruction: Instruction) -> Problem | None:
    inner = instruction.inner
    if inner is None:
        return _at_least_one(instruction)
    wrong = _flags(instruction)
    if wrong:
        return wrong
    trigger = inner.keyword.upper()
    if trigger == "ONBUILD":
        message = "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
        return _problem(message, inner.keyword_span, "remove one ONBUILD", "onbuild-trigger")
    if trigger in ("FROM", "MAINTAINER"):
        message = said("{trigger} isn't allowed as an ONBUILD trigger", trigger=trigger)
        return _problem(message, inner.keyword_span, "remove the line", "onbuild-trigger")
    return None


def _healthcheck(instruction: Instruction) -> Problem | None:  # noqa: PLR0911 - one return a rule
    if not instruction.words:
        return _at_least_one(instruction)
    kind, command = instruction.words[0], instruction.words[1:]
    if kind.text.upper() == "NONE":
        if not command:
            return None
        message = "HEALTHCHECK NONE takes no arguments"
        return _problem(message, command[0].span, "remove what follows NONE", "healthcheck")
    wrong = _flags(instruction)
    if wrong:
        return wrong
    if kind.text.upper() != "CMD":
        message = said('Unknown type "{text}" in HEALTHCHECK (try CMD)', text=kind.text.upper())
        return _problem(message, kind.span, "write CMD before the command", "healthcheck")
    if not command:
        return _problem("Missing command after HEALTHCHECK CMD", kind.span, "write the command", "healthcheck")
    return _health_flags(instruction)


def _health_flags(instruction: Instruction) -> Problem | None:
    for flag in instruction.flags:
        value = flag.value or ""
        if flag.name == "retries":
            message = _retries(value)
        else:
            message = _duration(flag.name, value)
        if message:
            return _problem(
                message, flag.span, "write a number" if flag.name == "retries" else "write 30s", "healthcheck"
            )
    return None


def _retries(value: str) -> str:
    if not value:
        return ""
    if not re.fullmatch(r"[-+]?[0-9]{1,18}", value) or abs(int(value)) > 2**31 - 1:
        return said('strconv.ParseInt: parsing "{value}": invalid syntax', value=value)
    return said("--retries cannot be negative ({value})", value=int(value)) if int(value) < 0 else ""


def _duration(name: str, value: str) -> str:
    if not value:
        return ""
    if not _DURATION.fullmatch(value):
        unit = "missing unit in" if re.fullmatch(r"[-+]?\d++(?:\.\d*+)?", value) else "invalid"
        return said('time: {unit} duration "{value}"', unit=unit, value=value)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(value))
    if seconds and (value.startswith("-") or seconds < 1e-3):
        return said('Interval "{name}" cannot be less than 1ms', name=name)
    return ""


def _volume(instruction: Instruction) -> Problem | None:
    wrong = _at_least_one(instruction) or _flags(instruction)
    if wrong:
        return wrong
    for word in instruction.words:
        if not word.text.strip(SPACES):
            message = "VOLUME specified can not be an empty string"
            return _problem(message, word.span, "name the path", "volume")
    return None


def _shell(instruction: Instruction) -> Problem | None:
    wrong = _flags(instruction) or _at_least_one(instruction)
    if wrong or instruction.exec_form is not None:
        return wrong
    message = "SHELL requires the arguments to be in JSON form"
    return _problem(message, instruction.arguments_span, 'write SHELL ["/bin/sh", "-c"]', "shell-form")


def _stopsignal(instruction: Instruction) -> Problem | None:
    wrong = _exactly_one(instruction)
    if wrong or not instruction.words:
        return wrong
    value = instruction.words[0].value
    name = value.upper().removeprefix("SIG")
    if "$" in value or name in _SIGNALS or _REALTIME.fullmatch(name) or (value.isdecimal() and value.strip("0")):
        return None
    return _problem(
        said("invalid signal: {value}", value=value), instruction.words[0].span, "write SIGTERM, or a number", "signal"
    )


def _needs_one(instruction: Instruction) -> Problem | None:
    return _at_least_one(instruction) or _flags(instruction)


_CHECKS: dict[str, Callable[[Instruction], Problem | None]] = {
    "add": _add_or_copy,
    "arg": _arg,
    "cmd": _flags,
    "copy": _add_or_copy,
    "entrypoint": _flags,
    "env": _env_or_label,
    "expose": _needs_one,
    "from": _from,
    "healthcheck": _healthcheck,
    "label": _env_or_label,
    "maintainer": _exactly_one,
    "onbuild": _onbuild,
    "run": _run,
    "shell": _shell,
    "stopsignal": _stopsignal,
    "user": _exactly_one,
    "volume": _volume,
    "workdir": _exactly_one,
}
