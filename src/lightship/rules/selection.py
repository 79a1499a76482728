"""Which rules run, and how severe each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lightship.errors import UsageError
from lightship.messages import said
from lightship.rules.model import CATEGORIES, Rule, Severity


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user chose. Words are rule names, categories, ``all``, or BuildKit's and hadolint's names.

    ``version`` freezes the rule set: rules that came later do not run; empty is the newest.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    version: str = ""
    severities: Mapping[str, Severity] = field(default_factory=dict)


def chosen(rules: Iterable[Rule], selection: Selection, *, where: str = "") -> tuple[Rule, ...]:
    """The rules that run, with the severities that the user gave them. Raises UsageError for a name that is none."""
    known = tuple(rules)
    names = index(known)
    selected = {rule.name for word in selection.select for rule in _meant(word, known, names, where)}
    if not selection.select:
        selected = {rule.name for rule in known if rule.default}
    selected -= {rule.name for word in selection.ignore for rule in _meant(word, known, names, where)}
    severities = {
        rule.name: severity
        for word, severity in selection.severities.items()
        for rule in _meant(word, known, names, where)
    }
    return tuple(
        replace(rule, severity=severities.get(rule.name, rule.severity))
        for rule in known
        if rule.name in selected and not is_newer(rule, selection.version)
    )


def index(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """Rules by every name that they go by: their own and those of other tools, in lower case, ``-`` as ``_``."""
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for name in (rule.name, *rule.codes):
            key = normal(name)
            found[key] = (*found.get(key, ()), rule)
    return found


def normal(name: str) -> str:
    """A rule's name as it is looked up."""
    return name.strip().lower().replace("-", "_")


def is_newer(rule: Rule, version: str) -> bool:
    """Whether a rule came after a version (``2026.11``) of the rule set."""
    return bool(version) and _number(rule.since) > _number(version)


def nearest(word: str, names: Iterable[str]) -> str:
    """The known name that is most like ``word``, empty when none is."""
    # Imported here, like everything that a run without mistakes does not need.
    import difflib

    return next(iter(difflib.get_close_matches(normal(word), sorted(names), 1)), "")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _meant(word: str, rules: tuple[Rule, ...], names: Mapping[str, tuple[Rule, ...]], where: str) -> tuple[Rule, ...]:
    if word == "all":
        return rules
    if word in CATEGORIES:
        return tuple(rule for rule in rules if rule.category == word)
    found = names.get(normal(word))
    if found is None:
        near = nearest(word, names)
        help_ = said("did you mean {near}? ", near=near) if near else ""
        raise UsageError(
            said("no rule is called {word}", word=word), where=where, help=help_ + said("`lightship rules` lists them")
        )
    return found
