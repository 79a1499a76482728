"""Instructions are not all written in the same case.

Keywords may be written in any case; upper case is what everybody does. One file should not mix them.

Bad:

```dockerfile
FROM alpine:3.20
run apk add --no-cache curl
USER 1000
```

Good:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl
USER 1000
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit

NAME = "keyword_case_differs"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every keyword that is not in the case of most."""
    written = [
        (placed.instruction.keyword_span.of(subject.text), placed.instruction.keyword_span)
        for placed in subject.instructions()
    ]
    lower = sum(keyword.islower() for keyword, _ in written)
    upper = sum(keyword.isupper() for keyword, _ in written)
    most = "lowercase" if lower > upper else "uppercase"
    for keyword, span in written:
        right = keyword.lower() if lower > upper else keyword.upper()
        if keyword != right:
            fix = Fix((Edit(span, right),), True, said("write {right}", right=right))
            message = said(
                "Command '{keyword}' should match the case of the command majority ({most})", keyword=keyword, most=most
            )
            yield Finding(NAME, message, span, said("write {right}", right=right), (fix,))


RULE = Rule(NAME, "info", "correctness", check, fixable=True, codes=("ConsistentInstructionCasing",))
