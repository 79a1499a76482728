"""Candidates with the rewrites that go with them, and the same candidates with ever fewer of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lightship.evidence import Evidence
from lightship.messages import joined, said
from lightship.multistage import Candidate
from lightship.optimize.rewrites import Rewritten, Step, in_original

HEADER = "# What no build step and no program reads."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate to build. ``ignore`` is the text of the ignore file that it is built with, None for the one there is.

    ``level`` is the number of rewrites in it.
    """

    candidate: Candidate
    level: int = 0
    ignore: str | None = None


class Proposals:
    """One candidate of each kind. ``level`` is how many rewrites are believed in; it falls when one proves wrong."""

    def __init__(
        self,
        plain: Rewritten,
        steps: Sequence[Step],
        make: Callable[[Evidence], tuple[Candidate, ...]],
        ignore: str,
    ) -> None:
        done = [step for step in steps if not step.idle]
        self._states = [plain, *(step.after for step in done)]
        self._titles = [step.title for step in done]
        self._make = make
        self._ignore = ignore
        self._known: dict[int, tuple[Proposal, ...]] = {}
        self.level = len(done)

    def at(self, level: int) -> tuple[Proposal, ...]:
        """The proposals with the first ``level`` rewrites, one of each kind, always in the same order."""
        if level not in self._known:
            self._known[level] = tuple(self._proposal(one, level) for one in self._make(self._states[level].evidence))
        return self._known[level]

    def lost(self, above: int, level: int) -> str:
        """The titles of the rewrites that go when ``level`` takes the place of ``above``."""
        return joined(said(" and "), self._titles[level:above])

    def _proposal(self, candidate: Candidate, level: int) -> Proposal:
        state = self._states[level]
        if level and not candidate.refused:
            # The first says what a split is.
            first, *others = (in_original(hunk, state) for hunk in candidate.hunks)
            candidate = replace(candidate, hunks=(first, *state.hunks, *others), left=(*candidate.left, *state.left))
        return Proposal(candidate, level, completed(self._ignore, state.ignore) if state.ignore else None)


def completed(text: str, patterns: Sequence[str]) -> str:
    """An ignore file with further lines at its end; what is there stays, byte for byte."""
    newline = "\r\n" if "\r\n" in text else "\n"
    ended = "" if not text or text.endswith("\n") else newline
    blank = newline if text else ""
    return text + ended + blank + "".join(f"{line}{newline}" for line in (HEADER, *patterns))
