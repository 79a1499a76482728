"""A recursive chown or chmod stores every file a second time.

Changing the owner or the mode of a file in a later layer copies the whole file into that layer. `COPY --chown` and
`COPY --chmod` set both when the file is copied, and cost nothing.

The fix moves the owner into the COPY when the RUN does nothing else, and the COPY alone brings that directory. It is
not safe: a directory that was made in other ways keeps its owner.

Bad:

```dockerfile
FROM python:3.12-slim
COPY app /srv/app
RUN chown -R 1000:1000 /srv/app
USER 1000
CMD ["python", "/srv/app/main.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
COPY --chown=1000:1000 app /srv/app
USER 1000
CMD ["python", "/srv/app/main.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.rules.copied import Copied, absolute, copied_by, is_below
from lightship.rules.edits import insert_flag, remove_instruction
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import words_of

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "ownership_doubles_layer"
_RECURSIVE = re.compile(r"-\w*R\w*|--recursive")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every recursive chown or chmod, in the final image, of what an earlier COPY brought."""
    brought: list[Copied] = []
    for placed in subject.image_instructions("copy", "add", "run"):
        if placed.instruction.keyword != "run":
            brought += [one for one in copied_by(subject, placed) if one.destination]
            continue
        for program in subject.programs(placed, "chown", "chmod"):
            words = [word.value for word in words_of(subject, program)[1:]]
            if not any(word and _RECURSIVE.fullmatch(word) for word in words):
                continue
            plain = [word for word in words if word is None or not word.startswith("-")]
            paths = [absolute(placed.scope, word) for word in plain[1:] if word]
            touched = [one for one in brought if any(path and is_below(one.destination, path) for path in paths)]
            if all(one.is_small for one in touched):
                continue
            fix = _fix(subject, placed, program, plain, touched)
            flag = "--chown" if program.name.endswith("chown") else "--chmod"
            image = subject.image
            yield Finding(
                NAME,
                said(
                    "{name} -R stores again what line {line} copied",
                    name=program.name,
                    line=touched[-1].placed.instruction.line,
                ),
                program.span,
                said("write COPY {flag} instead", flag=flag),
                (fix,) if fix is not None else (),
                image.bytes_below(placed.instruction, *[path.lstrip("/") for path in paths]) if image else None,
            )


def _fix(
    subject: Subject,
    placed: Placed,
    program: Program,
    plain: list[str | None],
    touched: list[Copied],
) -> Fix | None:
    """The owner as a flag of the one COPY, when that is all there is to it."""
    if not program.name.endswith("chown") or len(plain) != 2 or len(subject.commands(placed)) != 1 or program.through:
        return None
    owner, copies = plain[0], {one.placed.instruction.span: one.placed for one in touched}
    if owner is None or len(copies) != 1 or touched[0].destination != absolute(placed.scope, plain[1] or ""):
        return None
    one = next(iter(copies.values()))
    if one.stage is not placed.stage or one.instruction.flag("chown") or placed.instruction.flags:
        return None
    if not _is_known_by_then(subject, one, owner) or placed.instruction.comments:
        return None
    edits = (
        insert_flag(one.instruction, f"--chown={owner}"),
        remove_instruction(subject.dockerfile, placed.instruction),
    )
    return Fix(edits, False, said("copy with --chown={owner}", owner=owner))


def _is_known_by_then(subject: Subject, copy: Placed, owner: str) -> bool:
    """Whether the owner is a number, or a RUN above the COPY makes the user."""
    if re.fullmatch(r"\d+(?::\d+)?", owner):
        return True
    if not re.fullmatch(r"[a-z_][\w-]*(?::[a-z_][\w-]*)?", owner) or copy.instruction.flag("link"):
        return False
    above = [
        one.instruction.text
        for one in subject.image_instructions("run")
        if one.stage.index < copy.stage.index or (one.stage is copy.stage and one.index < copy.index)
    ]
    return all(
        any(re.search(r"\b(?:user|group)add\b|\badd(?:user|group)\b", text) and name in text for text in above)
        for name in owner.split(":")
    )


RULE = Rule(NAME, "warning", "layers", check, fixable=True)
