r"""An empty line inside an instruction.

BuildKit warns that it will refuse this one day. Take the line away, or make it a comment.

Bad:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache \

    curl
```

Good:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache \
    # for the health check
    curl
```
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from lightship.dockerfile import Instruction
from lightship.dockerfile.lex import SPACES
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit, Span

NAME = "empty_continuation"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first empty line of every instruction that has one; the fix takes all of them away."""
    problems = [problem for problem in subject.dockerfile.problems if problem.code == "no-empty-continuation"]
    if not problems:
        return
    instructions = subject.dockerfile.instructions
    starts = [instruction.span.start for instruction in instructions]
    for problem in problems:
        instruction = instructions[bisect_right(starts, problem.span.start) - 1]
        edits = tuple(Edit(span, "") for span in _empty_lines(subject.text, instruction))
        fix = Fix(edits, True, "remove the empty lines" if len(edits) > 1 else "remove the empty line")
        yield Finding(NAME, "Empty continuation line", problem.span, problem.help, (fix,))


def _empty_lines(text: str, instruction: Instruction) -> Iterator[Span]:
    """The empty lines of an instruction, each with its line end; those of its heredocs are text."""
    end = min((heredoc.content_span.start for heredoc in instruction.heredocs), default=instruction.span.end)
    at = instruction.span.start
    while at < end:
        after = text.find("\n", at) + 1 or len(text)
        if not text[at:after].strip(SPACES):
            yield Span(at, after)
        at = after


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("NoEmptyContinuation",), grammar=True)
