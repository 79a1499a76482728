"""WORKDIR is relative, and no absolute one stands above it.

Where it leads depends on the working directory of the base image, which may change with the next version of that
image.

Bad:

```dockerfile
FROM scratch
WORKDIR app
```

Good:

```dockerfile
FROM example.com/base:1
WORKDIR /srv
WORKDIR app
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.dockerfile import ExpandError
from lightship.messages import said
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.semantic import expand_in
from lightship.text import Edit

NAME = "relative_workdir"
# C:\app, C:/app and \app are absolute on Windows, and nobody means a relative path by them.
_ABSOLUTE = re.compile(r"/|\\|[A-Za-z]:")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first WORKDIR of a chain of stages when it is relative."""
    already: set[int] = set()
    for stage in subject.graph.stages:
        known = stage.base.stage in already
        for index, instruction in enumerate(stage.instructions):
            if instruction.keyword != "workdir" or not instruction.words:
                continue
            if not known:
                yield from _finding(subject, Placed(stage, index, instruction))
            known = True
        if known:
            already.add(stage.index)


def _finding(subject: Subject, placed: Placed) -> Iterator[Finding]:
    word = placed.instruction.words[0]
    try:
        path = expand_in(placed.scope, word.text, subject.dockerfile.escape)
    except ExpandError:
        return
    if not path or _ABSOLUTE.match(path):
        return
    fixes: tuple[Fix, ...] = ()
    if placed.scope.workdir == "/" and word.text == path:
        fixes = (Fix((Edit(word.span, f"/{path}"),), True, said("write /{path}", path=path)),)
    message = said('Relative workdir "{path}" can have unexpected results if the base image changes', path=path)
    yield Finding(NAME, message, word.span, "start the path with /", fixes)


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("WorkdirRelativePath", "DL3000"))
