"""Apt installs recommended packages too.

Without `--no-install-recommends` apt also installs what the packages merely recommend: documentation viewers, mail
servers, fonts. That is often more than what was asked for. A package that the program does need should be asked for
by name.

The fix is not safe: the program may use a package that only came along as a recommendation.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
CMD ["git", "--version"]
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
CMD ["git", "--version"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.package_commands import APT, verb, words_of

NAME = "apt_recommends_installed"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every apt-get install of the final image that takes recommendations along."""
    if any("Install-Recommends" in placed.instruction.text for placed in subject.image_instructions()):
        # Written to apt's configuration: apt.conf(5).
        return
    for placed in subject.image_instructions("run"):
        for program in subject.programs(placed, *APT):
            word = verb(subject, program, "install")
            if word is None or _decided(program.arguments):
                continue
            if not any(one.value is None or not one.value.startswith("-") for one in words_of(subject, program)[2:]):
                continue
            edit = insert(word.span.end, " --no-install-recommends")
            yield Finding(
                NAME,
                said("{name} install takes recommended packages along", name=program.name),
                word.span,
                "add --no-install-recommends, and name the recommended packages that are needed",
                (Fix((edit,), False, "add --no-install-recommends"),),
            )


def _decided(arguments: tuple[str | None, ...]) -> bool:
    """Whether the call says what to do with recommendations."""
    said = ("--no-install-recommends", "--install-recommends", "--without-recommends", "--with-recommends", "-R", "-r")
    return any(word in said or (word or "").startswith("--no-install-recommends=") for word in arguments)


RULE = Rule(NAME, "warning", "size", check, fixable=True, codes=("DL3015",))
