"""Dependencies before source: a COPY of source goes below the RUNs that read nothing of it but manifests.

The layers of the built original show that the two do not meet: the RUNs neither made nor changed nor removed a file
that the COPY brought. The manifests and the words of the RUNs show that they read nothing else of the source. So the
evidence of the original is the evidence of the new order too, and what is made of it is built and compared as always.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from lightship.dockerfile import Blank, Comment, Instruction
from lightship.evidence import Effect, Evidence
from lightship.messages import said
from lightship.multistage import Hunk
from lightship.multistage.toolchains import home_directories
from lightship.optimize.rewrites.copied import Brought, brought_by, manifest_copies
from lightship.optimize.rewrites.installs import reading
from lightship.optimize.rewrites.manifests import Source
from lightship.optimize.rewrites.model import Known, Rewritten, changed, scopes_of
from lightship.semantic import Scope
from lightship.text import Edit, Span, apply, decode

NAME = said("dependencies before source")
COMMENT = "# Only what the next steps read, so that they stay cached when anything else of the source changes."
_ROUNDS = 8
# They say something about containers or about later instructions, and a COPY hears nothing of it.
_PASSED = frozenset(
    ("env", "arg", "label", "expose", "stopsignal", "shell", "healthcheck", "entrypoint", "cmd", "user", "workdir",
     "maintainer")
)  # fmt: skip
# Where programs find their settings and libraries: what is copied there may change what any install does.
_OF_THE_SYSTEM = re.compile(
    r"(?:etc|bin|sbin|lib\w*|boot|run|dev|proc|sys|usr/(?!src/|app/|local/(?:app|src)/)|var/(?:lib|cache|spool)|tmp)/"
)
_OF_A_USER = re.compile(r"\.(?:npmrc|yarnrc|config|pip|pydistutils\.cfg|gitconfig|netrc|local|cache|ssh|docker)(?:/|$)")
_TEXT_LIMIT = 4 << 20


def idle(known: Known) -> str:
    """Why there is nothing to do: what most files have no need of is not told."""
    return ""


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """The original with its dependencies installed before the source is copied; None when there is nothing to move."""
    found = before
    for _ in range(_ROUNDS):
        further = _moved(found, known)
        if further is None:
            break
        found = further
    return found if found is not before else None


@dataclass(frozen=True, slots=True)
class _Move:
    """Effect ``index`` goes behind effect ``landing``; ``manifests`` of it (as the context names them) go before."""

    index: int
    landing: int
    copies: tuple[str, ...]


def _moved(before: Rewritten, known: Known) -> Rewritten | None:
    scopes = scopes_of(before.evidence, known)
    # From the last one up, so that those that move keep their order.
    for index in reversed(range(len(scopes))):
        move = _move(before.evidence, scopes, index, known.context)
        found = _written(before, move, known) if move else None
        if found is not None:
            return found
    return None


def _move(evidence: Evidence, scopes: tuple[Scope, ...], index: int, context: Path) -> _Move | None:
    effect = evidence.effects[index]
    brought = brought_by(effect.instruction, scopes[index]) if effect.layer is not None else None
    mine = _files(evidence, effect)
    if brought is None or not mine or _has_settings(evidence, mine):
        return None
    source = source_of(evidence)
    landing, manifests, read = -1, frozenset[str](), frozenset[str]()
    for at in range(index + 1, len(evidence.effects)):
        other = evidence.effects[at]
        if not mine.isdisjoint((*other.added, *other.changed, *other.removed)):
            break
        item, scope = other.instruction, scopes[at]
        if item.keyword == "run":
            found = reading(item, scope, scope.workdir or "/", source) if scope.workdir else None
            if found is None:
                break
            read |= found.files
            if found.installs:
                landing, manifests = at, read
        elif item.keyword not in ("copy", "add") and not _may_pass(brought, item):
            break
    own = manifests & mine
    if landing < 0 or own == mine:
        return None
    copies = manifest_copies(brought, own, context)
    return None if copies is None else _Move(index, landing, copies)


def _has_settings(evidence: Evidence, paths: Collection[str]) -> bool:
    """Whether programs look at one of some paths whatever they are told, and install otherwise because of it."""
    homes = tuple(f"{home.strip('/')}/" for home in home_directories(evidence.files))
    return any(
        _OF_THE_SYSTEM.match(path) or any(path.startswith(home) and _OF_A_USER.match(path, len(home)) for home in homes)
        for path in paths
    )


def _files(evidence: Evidence, effect: Effect) -> frozenset[str]:
    """What an instruction brought; directories are shared by everybody."""

    def is_directory(path: str) -> bool:
        located = evidence.files.get(path)
        return located is not None and located.entry.kind == "dir"

    return frozenset(path for path in (*effect.added, *effect.changed) if not is_directory(path))


def source_of(evidence: Evidence) -> Source:
    """The files of the container that installs may read."""
    copied = {
        path
        for effect in evidence.effects
        if effect.instruction.keyword in ("copy", "add")
        for path in (*effect.added, *effect.changed)
    }

    def read(path: str) -> str | None:
        located = evidence.files.get(path)
        if located is None or located.entry.kind != "file" or located.entry.size > _TEXT_LIMIT:
            return None
        return decode(evidence.files.read(path))

    return Source(lambda path: path in copied or path in evidence.files, read)


def _may_pass(brought: Brought, item: Instruction) -> bool:
    if item.keyword == "workdir" and not brought.is_absolute:
        return False
    if item.keyword in ("env", "arg") and "$" in brought.instruction.text:
        return False
    return item.keyword in _PASSED


def _written(before: Rewritten, move: _Move, known: Known) -> Rewritten | None:
    effects = before.evidence.effects
    copy, last = effects[move.index].instruction, effects[move.landing].instruction
    kept = [(index,) for index in range(len(effects))]
    # What the first COPY brings, the COPY of everything brings too.
    order: list[tuple[int, ...] | int] = [*kept[: move.index], *(-1 - move.index for _ in move.copies)]
    order += [*kept[move.index + 1 : move.landing + 1], (move.index,), *kept[move.landing + 1 :]]
    passed = [one for one in effects[move.index + 1 : move.landing + 1] if one.instruction.keyword == "run"]
    text = _new_text(before.evidence, copy, last, move.copies)
    return changed(before, text, order, Hunk(copy.line, _reason(passed)), known)


def _reason(passed: Collection[Effect]) -> str:
    size = sum(effect.size for effect in passed) / 1e6
    steps = said("1 step fewer is run") if len(passed) == 1 else said("{count} steps fewer are run", count=len(passed))
    return said(
        "{name}: after a change of one source line {steps}, and {size:.1f} MB of layers stay as they are",
        name=NAME,
        steps=steps,
        size=size,
    )


def _new_text(evidence: Evidence, copy: Instruction, last: Instruction, copies: tuple[str, ...]) -> str:
    text = evidence.dockerfile.text
    newline = "\r\n" if "\r\n" in text else "\n"
    items = evidence.dockerfile.items
    at = next(number for number, item in enumerate(items) if item is copy)
    first = at
    while first and isinstance(items[first - 1], Comment):
        first -= 1
    start, end = items[first].span.start, copy.span.end
    block = text[start:end] if text[start:end].endswith("\n") else text[start:end] + newline
    put = "".join(f"{line}{newline}" for line in ((COMMENT, *copies) if copies else ()))
    if not put and at + 1 < len(items) and isinstance(items[at + 1], Blank) and isinstance(items[first - 1], Blank):
        end = items[at + 1].span.end
    ended = "" if text[: last.span.end].endswith("\n") else newline
    return apply(text, [Edit(Span(start, end), put), Edit(Span(last.span.end, last.span.end), ended + block)])
