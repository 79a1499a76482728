"""FROM and its AS are not written in the same case.

Nothing breaks, but a file that mixes `FROM` and `as` is harder to read and to search.

Bad:

```dockerfile
FROM alpine:3.20 as base
```

Good:

```dockerfile
FROM alpine:3.20 AS base
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit

NAME = "as_case_differs"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every AS; a FROM in mixed case is another rule's."""
    for instruction in subject.dockerfile.instructions:
        if instruction.keyword != "from" or len(instruction.words) != 3:
            continue
        keyword, word = instruction.keyword_span.of(subject.text), instruction.words[1]
        if keyword not in ("FROM", "from") or word.text.lower() != "as":
            continue
        right = "AS" if keyword.isupper() else "as"
        if word.text != right:
            fix = Fix((Edit(word.span, right),), True, said("write {right}", right=right))
            message = said("'{text}' and '{keyword}' keywords' casing do not match", text=word.text, keyword=keyword)
            yield Finding(NAME, message, word.span, said("write {right}", right=right), (fix,))


RULE = Rule(NAME, "info", "correctness", check, fixable=True, codes=("FromAsCasing",), grammar=True)
