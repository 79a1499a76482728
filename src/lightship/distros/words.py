"""The words of a package manager's command: which name packages, which are options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ASSIGNMENT_PREFIXES = ("sudo", "env", "command", "exec", "nice", "time", "doas")


@dataclass(frozen=True, slots=True)
class Options:
    """The grammar of a command: verbs that install, and options that take the next word."""

    verbs: frozenset[str]
    with_value: frozenset[str]
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """The words that name packages; whether all are known; and the value of an option that was looked for."""

    names: tuple[str, ...]
    complete: bool
    named: str = ""


def asked_names(words: Sequence[str | None], programs: frozenset[str], options: Options) -> Asked | None:
    """What a command installs, or None when it is not one of ``programs`` with one of the verbs."""
    rest = _after_program(words, programs)
    if rest is None:
        return None
    names: list[str] = []
    complete, verb, named, literal = True, "", "", False
    at = 0
    while at < len(rest):
        word = rest[at]
        at += 1
        if word is None:
            complete = False
        elif word == "--" and not literal:
            literal = True
        elif word.startswith("-") and not literal and len(word) > 1:
            option, equals, value = word.partition("=")
            if not equals and option in options.with_value | options.named and at < len(rest):
                value = rest[at] or ""
                at += 1
            if option in options.named:
                named = value
        elif not verb:
            verb = word
        elif word:
            names.append(word)
    return Asked(tuple(names), complete, named) if verb in options.verbs else None


def _after_program(words: Sequence[str | None], programs: frozenset[str]) -> Sequence[str | None] | None:
    for at, word in enumerate(words):
        if word is None:
            return None
        name = word.rpartition("/")[2]
        if name in programs:
            return words[at + 1 :]
        is_assignment = "=" in word and word.partition("=")[0].replace("_", "a").isalnum()
        if not is_assignment and name not in _ASSIGNMENT_PREFIXES and not (at and word.startswith("-")):
            return None
    return None
