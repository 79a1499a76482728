"""apk's package index stays in the image.

`apk update`, and `apk add` after it, keep the package index under `/var/cache/apk`. `apk add --no-cache` fetches the
index, uses it and keeps nothing; `apk update` is then not needed.

Bad:

```dockerfile
FROM alpine:3.20
RUN apk update && apk add curl
CMD ["curl", "--version"]
```

Good:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache curl
CMD ["curl", "--version"]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import mounted, removed, verb
from lightship.text import Edit, Span

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "apk_cache_kept"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image that keeps the index."""
    for placed in subject.image_instructions("run"):
        calls = [one for one in subject.programs(placed, "apk") if not _without_cache(one)]
        fetching = [one for one in calls if verb(subject, one, "update", "add", "upgrade")]
        if not fetching or mounted(placed, "/var/cache/apk", "/etc/apk/cache"):
            continue
        if removed(subject, placed, "/var/cache", "/etc/apk/cache") or "cache clean" in placed.instruction.text:
            continue
        edits = _edits(subject, placed, fetching)
        image = subject.image
        yield Finding(
            NAME,
            "apk's package index stays in the image",
            fetching[0].span,
            "install with apk add --no-cache, without apk update",
            (Fix(edits, True, "install with --no-cache"),) if edits else (),
            image.bytes_below(placed.instruction, "var/cache/apk") if image else None,
        )


def _without_cache(program: Program) -> bool:
    return any(word in ("--no-cache", "--no-network", "--root", "-p", "--help") for word in program.arguments)


def _edits(subject: Subject, placed: Placed, fetching: list[Program]) -> tuple[Edit, ...]:
    """``--no-cache`` for every call, and no ``apk update``; nothing when an update is for another RUN."""
    edits: list[Edit] = []
    for program in fetching:
        word = verb(subject, program, "update")
        if word is None:
            found = verb(subject, program, "add", "upgrade")
            edits += [insert(found.span.end, " --no-cache")] if found else []
            continue
        edit = _without_update(subject, placed, program)
        if edit is None:
            return ()
        edits.append(edit)
    return tuple(edits)


def _without_update(subject: Subject, placed: Placed, update: Program) -> Edit | None:
    """The edit that takes ``apk update &&`` away, when what follows is an ``apk add`` or ``apk upgrade``."""
    commands = subject.commands(placed)
    at = commands.index(update.command) if update.command in commands else -1
    if at < 0 or at + 1 >= len(commands) or commands[at + 1].connector != "&&" or update.through:
        return None
    following = next((one for one in subject.programs(placed, "apk") if one.command is commands[at + 1]), None)
    if following is None or not verb(subject, following, "add", "upgrade") or commands[at + 1].nesting:
        return None
    span = Span(commands[at].span.start, commands[at + 1].span.start)
    if any(span.start <= comment.span.start < span.end for comment in placed.instruction.comments):
        return None
    return Edit(span, "")


RULE = Rule(NAME, "warning", "size", check, fixable=True, codes=("DL3019",))
