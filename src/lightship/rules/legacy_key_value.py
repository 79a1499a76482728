"""ENV or LABEL in the old form, with white space between name and value.

Everything after the name is the value then, also what looks like a second pair: `ENV A=1` and `ENV A 1 B=2` are
easily mixed up. BuildKit calls the form deprecated.

Bad:

```dockerfile
FROM alpine:3.20
ENV GREETING good morning
```

Good:

```dockerfile
FROM alpine:3.20
ENV GREETING="good morning"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.dockerfile import Word
from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit, Span

NAME = "legacy_key_value"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ENV and LABEL without ``=``."""
    for instruction in subject.dockerfile.instructions:
        if instruction.keyword not in ("env", "label"):
            continue
        for name, value, delimiter in instruction.pairs[:1]:
            if delimiter.text:
                continue
            keyword = instruction.keyword.upper()
            message = said(
                '"{keyword} key=value" should be used instead of legacy "{keyword} key value" format', keyword=keyword
            )
            quoted = _quoted(value, subject)
            edit = Edit(Span(name.span.end, value.span.end), f"={quoted}")
            fixes = (Fix((edit,), True, "write name=value"),) if quoted is not None else ()
            help_ = (
                said("write {keyword} {text}={quoted}", keyword=keyword, text=name.text, quoted=quoted)
                if quoted is not None
                else said("write {keyword} name=value", keyword=keyword)
            )
            yield Finding(NAME, message, instruction.keyword_span, help_, fixes)


def _quoted(value: Word, subject: Subject) -> str | None:
    """The value as it must be written behind ``=``; None when quotes and escapes in it need a person."""
    text = value.text
    inner = text[1:-1]
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in inner:
        return text if subject.dockerfile.escape not in inner and "\n" not in value.span.of(subject.text) else None
    if any(char in text for char in ("'", '"', subject.dockerfile.escape)) or value.span.of(subject.text) != text:
        return None
    return f'"{text}"' if any(char.isspace() for char in text) else text


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("LegacyKeyValueFormat",), grammar=True)
