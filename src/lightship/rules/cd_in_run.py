"""A RUN starts with cd, where WORKDIR would say it.

Every RUN starts in the WORKDIR again: a `cd` holds to the end of its own RUN only. A RUN that is nothing but `cd` does
nothing, and a file full of `cd /app && ...` hides where things happen. Set WORKDIR once.

Bad:

```dockerfile
FROM node:22-slim
COPY . /app
RUN cd /app && npm ci
```

Good:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "cd_in_run"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN that starts with ``cd`` to a fixed directory; a ``cd`` further on has its reasons."""
    for placed in subject.instructions("run"):
        commands = subject.commands(placed, "cd ")
        if not commands or commands[0].name != "cd" or commands[0].nesting or len(commands[0].words) != 2:
            continue
        first, target = commands[0], commands[0].words[1]
        if target.value is None or target.value == "-" or any(one.name in ("cd", "popd") for one in commands[1:]):
            continue
        if len(commands) == 1:
            message = said("cd {raw} does nothing here: the next instruction starts in WORKDIR again", raw=target.raw)
        elif _is_made_before(subject, target.value):
            message = said("this RUN changes to {raw} by itself", raw=target.raw)
        else:
            continue
        yield Finding(NAME, message, first.span, said("write WORKDIR {raw} above it", raw=target.raw))


def _is_made_before(subject: Subject, path: str) -> bool:
    """Whether a path is one that a WORKDIR could name: absolute, and not a place for things to be thrown away."""
    return path.startswith("/") and not path.startswith(("/tmp", "/var/tmp", "/usr/src/"))


RULE = Rule(NAME, "info", "correctness", check, codes=("DL3003",))
