"""Rules run on one Dockerfile, with what comments in it switch off."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lightship.dockerfile import Dockerfile, Problem, parse
from lightship.rules.context import ContextFacts, likely_context
from lightship.rules.ignores import CheckDirective, Ignore, check_directive, ignores
from lightship.rules.model import Finding, ImageFacts, Rule, Subject
from lightship.rules.selection import index, normal
from lightship.rules.syntax_error import NAME as SYNTAX_ERROR
from lightship.rules.unused_ignore import NAME as UNUSED_IGNORE
from lightship.rules.unused_ignore import unused
from lightship.semantic import stages


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding and its rule, with the severity that holds for this file."""

    finding: Finding
    rule: Rule


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one file; ``name`` is the path as it is printed. Findings are in the order of the file."""

    name: str
    text: str
    findings: tuple[Reported, ...]


def subject_of(
    text: str,
    *,
    path: Path | None = None,
    context: ContextFacts | None = None,
    image: ImageFacts | None = None,
    target: str = "",
) -> Subject:
    """A Dockerfile, read for rules. Without a ``context`` the file's own folder is taken if it looks like one."""
    dockerfile = parse(text)
    graph = stages(dockerfile, target=target)
    if context is None and path is not None:
        context = likely_context(dockerfile, path)
    return Subject(dockerfile, graph, path, context, image)


def findings(subject: Subject, rules: Iterable[Rule], *, known: Iterable[Rule] = ()) -> tuple[Reported, ...]:
    """What ``rules`` find, without what comments switch off, and with the ignore comments that switch off nothing.

    ``known`` are all rules there are (``rules`` when left out): an ignore comment for one of them that does not run
    here is not called unused.
    """
    active = _for_file(subject.dockerfile, tuple(rules), tuple(known))
    errors = subject.dockerfile.errors
    found = [Reported(finding, rule) for rule in active for finding in _check(subject, rule, errors)]
    comments = tuple(ignores(subject.dockerfile))
    if comments:
        found = list(_without_ignored(subject, found, comments, active, tuple(known)))
    return tuple(sorted(found, key=lambda one: (one.finding.span, one.rule.name, one.finding.message)))


def _check(subject: Subject, rule: Rule, errors: tuple[Problem, ...]) -> Iterable[Finding]:
    """A rule's findings. In a file that BuildKit would refuse, only what stands before the first error is sure."""
    if not errors or rule.name == SYNTAX_ERROR:
        return rule.check(subject)
    if rule.grammar:
        return [finding for finding in rule.check(subject) if finding.span < errors[0].span]
    return ()


def _for_file(dockerfile: Dockerfile, rules: tuple[Rule, ...], known: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules after what ``# check=`` asks for; it speaks of BuildKit's rules only."""
    asked = check_directive(dockerfile)
    if asked == CheckDirective():
        return rules
    running = {rule.name for rule in rules}
    active: list[Rule] = []
    for rule in (*rules, *(one for one in known if one.name not in running and not one.default)):
        codes = {code.lower() for code in rule.codes if _is_buildkits(code)}
        if rule.name not in running and not codes & asked.experimental and not (codes and "all" in asked.experimental):
            continue
        # An experimental rule that was asked for runs in spite of skip=all, as in BuildKit.
        if codes & asked.skip or (codes and "all" in asked.skip and not codes & asked.experimental):
            continue
        active.append(replace(rule, severity="error") if codes and asked.error else rule)
    return tuple(active)


def _without_ignored(
    subject: Subject,
    found: list[Reported],
    comments: tuple[Ignore, ...],
    active: tuple[Rule, ...],
    known: tuple[Rule, ...],
) -> Iterator[Reported]:
    names = index(known or active)
    used: set[tuple[int, str]] = set()
    covering = _covering(comments)
    for reported in found:
        ignored = False
        for number in covering(reported.finding.span.start):
            for name in comments[number].names:
                if _means(name.text, reported.rule, names):
                    used.add((number, name.text))
                    ignored = True
        if not ignored:
            yield reported
    rule = next((rule for rule in active if rule.name == UNUSED_IGNORE), None)
    if rule is None:
        return
    running = {one.name for one in active}
    for number, comment in enumerate(comments):
        if not comment.ours:
            continue
        idle = [
            name
            for name in comment.names
            if (number, name.text) not in used
            and (normal(name.text) not in names or any(one.name in running for one in names[normal(name.text)]))
        ]
        for finding in unused(subject.dockerfile, comment, idle, names):
            yield Reported(finding, rule)


def _means(name: str, rule: Rule, names: Mapping[str, tuple[Rule, ...]]) -> bool:
    """Whether a name in a comment is one of the rule's; ``all`` is BuildKit's word for all of its own."""
    if name == "all":
        return any(_is_buildkits(code) for code in rule.codes)
    return any(one.name == rule.name for one in names.get(normal(name), ()))


def _is_buildkits(code: str) -> bool:
    """Whether a code is one of BuildKit's names, not one of hadolint's."""
    return not code.startswith(("DL", "SC"))


def _covering(comments: Sequence[Ignore]) -> Callable[[int], Iterator[int]]:
    """Which comments (by number) cover an offset. Instructions do not overlap, so one look-up finds theirs."""
    by_start: dict[int, list[int]] = {}
    everywhere: list[int] = []
    for number, comment in enumerate(comments):
        if comment.everywhere:
            everywhere.append(number)
        elif comment.covers is not None:
            by_start.setdefault(comment.covers.start, []).append(number)
    starts = sorted(by_start)

    def covering(offset: int) -> Iterator[int]:
        yield from everywhere
        at = bisect_right(starts, offset) - 1
        for number in by_start[starts[at]] if at >= 0 else ():
            covers = comments[number].covers
            if covers is not None and offset < covers.end:
                yield number

    return covering
