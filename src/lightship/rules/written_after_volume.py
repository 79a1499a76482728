"""A directory is written to after VOLUME has declared it.

The classic builder, and Podman and Buildah by default, throw away what later instructions change below a VOLUME;
BuildKit keeps it. The same file so gives different images. Declare the volume after everything in it is there.

The fix moves the VOLUME below the last such instruction.

Bad:

```dockerfile
FROM debian:bookworm-slim
VOLUME /data
RUN mkdir -p /data/cache && chown -R 1000 /data
CMD ["ls", "/data"]
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN mkdir -p /data/cache && chown -R 1000 /data
VOLUME /data
CMD ["ls", "/data"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import absolute, copied_by, is_below
from lightship.rules.edits import insert_line_after, remove_instruction
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import words_of

NAME = "written_after_volume"
_WRITES = ("mkdir", "chown", "chmod", "touch", "cp", "mv", "ln", "install", "tar", "unzip", "tee")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every VOLUME in the final image below whose path a later instruction writes."""
    for placed in subject.image_instructions("volume"):
        volumes = [absolute(placed.scope, word.value) for word in placed.instruction.words if "$" not in word.value]
        later = [
            one
            for one in subject.image_instructions("run", "copy", "add")
            if one.stage.index > placed.stage.index or (one.stage is placed.stage and one.index > placed.index)
        ]
        writing = [one for one in later if any(path and _writes(subject, one, path) for path in volumes)]
        if not writing:
            continue
        last = writing[-1]
        movable = last.stage is placed.stage and "\n" not in placed.instruction.text.rstrip()
        edits = (
            remove_instruction(subject.dockerfile, placed.instruction),
            insert_line_after(subject.dockerfile, last.instruction, placed.instruction.text.strip()),
        )
        yield Finding(
            NAME,
            said("line {line} writes below it later, which some builders throw away", line=writing[0].instruction.line),
            placed.instruction.arguments_span,
            "declare the volume after that",
            (Fix(edits, True, said("declare it after line {end_line}", end_line=last.instruction.end_line)),)
            if movable
            else (),
        )


def _writes(subject: Subject, placed: Placed, volume: str) -> bool:
    """Whether an instruction is sure to write below a path."""
    if placed.instruction.keyword != "run":
        return any(one.destination and is_below(one.destination, volume) for one in copied_by(subject, placed))
    if volume not in placed.instruction.text:
        return False
    for program in subject.programs(placed, *_WRITES):
        values = [word.value for word in words_of(subject, program)[1:] if word.value]
        ends = values[-1:] if program.name in ("cp", "mv", "ln", "install") else values
        if any(value.startswith("/") and is_below(value.rstrip("/") or "/", volume) for value in ends):
            return True
    return any(
        redirection.target is not None
        and redirection.operator in (">", ">>")
        and is_below(redirection.target.value or "", volume)
        for command in subject.commands(placed)
        for redirection in command.redirections
    )


RULE = Rule(NAME, "warning", "correctness", check, fixable=True)
