"""An ignore comment that ignores nothing.

The finding that it was written for is gone, the rule's name is misspelt, or the comment belongs to no instruction (a
blank line stands between them). Such a comment hides the next finding of that rule, which nobody has looked at.

Bad:

```dockerfile
FROM scratch
# lightship ignore=relative_workdir the base image sets one
WORKDIR /srv
```

Good:

```dockerfile
FROM example.com/base:1
# lightship ignore=relative_workdir the base image sets one
WORKDIR srv
```
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lightship.dockerfile import Dockerfile
from lightship.messages import said
from lightship.rules.ignores import Ignore, Name
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.selection import nearest, normal
from lightship.text import Edit, Span

NAME = "unused_ignore"


def unused(dockerfile: Dockerfile, comment: Ignore, idle: Sequence[Name], known: Collection[str]) -> Iterator[Finding]:
    """A finding for every name in ``idle``, those of a comment that switched nothing off."""
    for name in idle:
        if normal(name.text) not in known:
            near = nearest(name.text, known)
            message, help_ = (
                said("no rule is called {text}", text=name.text),
                said("did you mean {near}?", near=near) if near else "",
            )
        elif comment.covers is None:
            message = said("the comment that ignores {text} belongs to no instruction", text=name.text)
            help_ = "put it right above the instruction, with no blank line between"
        else:
            message, help_ = said("{text} finds nothing here", text=name.text), "remove the comment"
        yield Finding(NAME, message, name.span, help_, (_fix(comment, name),) if comment.covers is not None else ())


def _fix(comment: Ignore, name: Name) -> Fix:
    """Take the name away, and the whole line when it is the only one; the next round takes the next name."""
    if len(comment.names) == 1:
        return Fix((Edit(comment.comment.span, ""),), True, "remove the comment")
    at = comment.names.index(name)
    if at:
        span = Span(comment.names[at - 1].span.end, name.span.end)
    else:
        span = Span(name.span.start, comment.names[1].span.start)
    return Fix((Edit(span, ""),), True, said("remove {text} from the comment", text=name.text))


def check(subject: Subject) -> Iterator[Finding]:
    """Nothing: which ignores are unused is known when all other rules have run, so ``rules.run`` calls ``unused``."""
    return iter(())


RULE = Rule(NAME, "warning", "correctness", check, fixable=True)
