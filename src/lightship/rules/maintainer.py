"""MAINTAINER is deprecated; a label says the same.

Labels are what tools look at, and `org.opencontainers.image.authors` is the label that the OCI image specification
names for this. The fix leaves the text as it is.

Bad:

```dockerfile
FROM scratch
MAINTAINER Grace <grace@example.org>
```

Good:

```dockerfile
FROM scratch
LABEL org.opencontainers.image.authors="Grace <grace@example.org>"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.edits import replace
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Span

NAME = "maintainer"
_LABEL = "LABEL org.opencontainers.image.authors="


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every MAINTAINER."""
    for instruction in subject.dockerfile.instructions:
        if instruction.keyword != "maintainer" or not instruction.words:
            continue
        word = instruction.words[0]
        text = word.value if word.text[:1] in "\"'" else word.text
        quoted = '"' + "".join(f"{subject.dockerfile.escape}{c}" if c in '"$' else c for c in text) + '"'
        # A continuation or an escape in the name would need more than quotes.
        plain = "\n" not in word.span.of(subject.text) and subject.dockerfile.escape not in word.text
        edit = replace(Span(instruction.keyword_span.start, word.span.end), _LABEL + quoted)
        fix = Fix((edit,), True, "write it as a label")
        yield Finding(
            NAME,
            "MAINTAINER is deprecated in favor of a label",
            instruction.keyword_span,
            said("write {label}{quoted}", label=_LABEL, quoted=quoted),
            (fix,) if plain else (),
        )


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("MaintainerDeprecated", "DL4000"), grammar=True)
