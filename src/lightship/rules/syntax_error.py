"""Something that BuildKit refuses: the file does not build.

The message is BuildKit's own. While a file has such an error no other rule is asked, because what the rest of the
file means is not sure.

Bad:

```dockerfile
FROM alpine:3.20
RUNN true
```

Good:

```dockerfile
FROM alpine:3.20
RUN true
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.dockerfile import Problem
from lightship.rules.model import Finding, Rule, Subject

NAME = "syntax_error"
_REQUIRED = re.compile(r"\$\{\w+:?\?")


def check(subject: Subject) -> Iterator[Finding]:
    """What the parser and the stage graph refuse."""
    for problem in (*subject.dockerfile.errors, *subject.graph.problems):
        if problem.severity == "error" and not _hangs_on_build_args(subject, problem):
            yield Finding(NAME, problem.message, problem.span, problem.help)


def _hangs_on_build_args(subject: Subject, problem: Problem) -> bool:
    """Whether a ``--build-arg`` may well put it right: ``${VERSION:?}``, or ``FROM $BASE`` without a default."""
    if problem.message.startswith("base name ("):
        return True
    return problem.code in ("expansion", "stage") and bool(_REQUIRED.search(problem.span.of(subject.text)))


RULE = Rule(NAME, "error", "correctness", check)
