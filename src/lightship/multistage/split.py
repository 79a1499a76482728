"""The original's instructions, divided: what stays in the builder stage and what moves behind the runtime stage."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.dockerfile import Instruction
from lightship.evidence import Effect, Evidence
from lightship.multistage.emission import StageNames, stage_names


@dataclass(frozen=True, slots=True)
class Division:
    """``head`` builds, ``tail`` follows the runtime stage's own lines word for word.

    ``last`` is the last instruction of the head; the FROM itself when the head is empty.
    """

    head: tuple[Effect, ...]
    tail: tuple[Effect, ...]
    last: Instruction

    @property
    def head_instructions(self) -> tuple[Instruction, ...]:
        """The head without its effects."""
        return tuple(effect.instruction for effect in self.head)

    @property
    def tail_instructions(self) -> tuple[Instruction, ...]:
        """The tail without its effects."""
        return tuple(effect.instruction for effect in self.tail)

    @property
    def tail_keywords(self) -> frozenset[str]:
        """The keywords of the tail."""
        return frozenset(item.keyword for item in self.tail_instructions)


def divide(evidence: Evidence) -> Division:
    """Cut behind the last RUN: no later instruction can see, or change, what building left behind.

    A COPY or ADD of the tail reads only the build context, so it does the same in another stage.
    """
    cut = 0
    for index, effect in enumerate(evidence.effects):
        if effect.instruction.keyword in ("run", "onbuild"):
            cut = index + 1
    head, tail = evidence.effects[:cut], evidence.effects[cut:]
    last = head[-1].instruction if head else evidence.stage.from_instruction
    return Division(head, tail, last)


def names_for(evidence: Evidence) -> StageNames:
    """Stage names that meet no name of the file."""
    own = evidence.stage.name
    froms = [item for item in evidence.dockerfile.instructions if item.keyword == "from"]
    taken = [item.words[2].value for item in froms if len(item.words) >= 3]
    written = next(
        (item.words[2].value for item in froms if item is evidence.stage.from_instruction and len(item.words) >= 3),
        own,
    )
    return stage_names(taken, written)
