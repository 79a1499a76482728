"""COPY --link names an owner by name.

With `--link` the files are put into a layer of their own, which does not see the image below it, nor its
`/etc/passwd`: a user or a group can be given by number only.

The fix takes `--link` away; a number keeps it.

Bad:

```dockerfile
FROM node:22-slim
COPY --link --chown=node:node . /app
```

Good:

```dockerfile
FROM node:22-slim
COPY --link --chown=1000:1000 . /app
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit, Span

NAME = "link_with_named_owner"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every COPY and ADD, in any stage, with both."""
    for placed in subject.instructions("copy", "add"):
        link, owner = placed.instruction.flag("link"), placed.instruction.flag("chown")
        if link is None or owner is None or (link.value or "true").lower() in ("false", "0", "f"):
            continue
        value = owner.value or ""
        if "$" in value or not value or re.fullmatch(r"\d*(?::\d*)?", value):
            continue
        end = link.span.end
        while subject.text[end : end + 1] in (" ", "\t"):
            end += 1
        fix = Fix((Edit(Span(link.span.start, end), ""),), True, "copy without --link")
        message = said("--link does not see the users of the image, so {value} has no number", value=value)
        yield Finding(NAME, message, owner.span, "give the owner as a number, or leave --link out", (fix,))


RULE = Rule(NAME, "error", "correctness", check, fixable=True)
