"""A second CMD, ENTRYPOINT or HEALTHCHECK in a stage makes the first one void.

Only the last of them counts. The first is often what the author still believes to be in force.

Bad:

```dockerfile
FROM alpine:3.20
CMD ["sleep", "1"]
CMD ["sleep", "2"]
```

Good:

```dockerfile
FROM alpine:3.20
CMD ["sleep", "2"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.dockerfile import Instruction
from lightship.messages import said
from lightship.rules.edits import remove_instruction
from lightship.rules.model import Finding, Fix, Rule, Subject

NAME = "repeated_instruction"
_ONCE = ("cmd", "entrypoint", "healthcheck")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every instruction that a later one of the same stage makes void."""
    for stage in subject.graph.stages:
        last: dict[str, Instruction] = {}
        for instruction in stage.instructions:
            if instruction.keyword not in _ONCE:
                continue
            void = last.get(instruction.keyword)
            last[instruction.keyword] = instruction
            if void is None:
                continue
            name = instruction.keyword.upper()
            message = said(
                "Multiple {name} instructions should not be used in the same stage because only the last one "
                "will be used",
                name=name,
            )
            fix = Fix(
                (remove_instruction(subject.dockerfile, void),),
                True,
                said("remove the {name} that has no effect", name=name),
            )
            help_ = said(
                "remove it: the {name} in line {line} is the one that counts", name=name, line=instruction.line
            )
            yield Finding(NAME, message, void.keyword_span, help_, (fix,))


RULE = Rule(
    NAME,
    "warning",
    "correctness",
    check,
    fixable=True,
    codes=("MultipleInstructionsDisallowed", "DL3012", "DL4003", "DL4004"),
)
