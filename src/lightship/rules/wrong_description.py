"""The comment above a stage or an ARG is not its description.

`docker build --call=outline` shows the comment right above a stage or a global ARG as its description when it begins
with the name. This rule is for projects that use that; it runs when selected, or with `#
check=experimental=InvalidDefinitionDescription`.

Bad:

```dockerfile
# the port that it listens on
ARG PORT=8080
FROM alpine:3.20
```

Good:

```dockerfile
# PORT is what it listens on
ARG PORT=8080
FROM alpine:3.20
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.dockerfile import Instruction
from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "wrong_description"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ARG and named FROM right below a comment that does not begin with its name."""
    for instruction in subject.dockerfile.instructions:
        names = _names(instruction)
        above = [comment for comment in instruction.comments if comment.span.start < instruction.span.start]
        # An empty comment says that the ones above it are no description.
        if not names or not above or not above[-1].value or above[-1].value.split(" ", 1)[0] in names:
            continue
        keyword = instruction.keyword.upper()
        shown = names[0] if len(names) == 1 else "<arg_key>"
        message = said(
            "Comment for {keyword} should follow the format: `# {shown} <description>`", keyword=keyword, shown=shown
        )
        yield Finding(NAME, message, instruction.keyword_span, "or put an empty line between them")


def _names(instruction: Instruction) -> list[str]:
    if instruction.keyword == "arg":
        return [word.text.partition("=")[0] for word in instruction.words]
    if instruction.keyword == "from" and len(instruction.words) == 3:
        return [instruction.words[2].text.lower()]
    return []


RULE = Rule(NAME, "info", "correctness", check, codes=("InvalidDefinitionDescription",), default=False, grammar=True)
