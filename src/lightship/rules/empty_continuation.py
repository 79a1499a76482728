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

from collections.abc import Iterator

from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit

NAME = "empty_continuation"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first empty line of every instruction that has one."""
    for problem in subject.dockerfile.problems:
        if problem.code == "no-empty-continuation":
            fix = Fix((Edit(problem.span, ""),), True, "remove the empty line")
            yield Finding(NAME, "Empty continuation line", problem.span, problem.help, (fix,))


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("NoEmptyContinuation",), grammar=True)
