"""FROM asks for the target platform, which is the default.

Leave the flag out. It is `--platform=$BUILDPLATFORM` that makes a difference: such a stage runs on the builder's own
machine.

Bad:

```dockerfile
FROM --platform=$TARGETPLATFORM alpine:3.20
```

Good:

```dockerfile
FROM --platform=$BUILDPLATFORM alpine:3.20
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit, Span

NAME = "redundant_platform"
_REDUNDANT = ("$TARGETPLATFORM", "${TARGETPLATFORM}")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every FROM with ``--platform=$TARGETPLATFORM``."""
    for stage in subject.graph.stages:
        flag = stage.from_instruction.flag("platform")
        if flag is None or flag.value not in _REDUNDANT:
            continue
        end = flag.span.end
        while subject.text[end : end + 1] in (" ", "\t"):
            end += 1
        message = said(
            "Setting platform to predefined {value} in FROM is redundant as this is the default behavior",
            value=flag.value,
        )
        fix = Fix((Edit(Span(flag.span.start, end), ""),), True, "remove the flag")
        yield Finding(NAME, message, flag.span, "remove the flag", (fix,))


RULE = Rule(NAME, "info", "correctness", check, fixable=True, codes=("RedundantTargetPlatform",))
