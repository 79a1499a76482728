"""All packages of the base image are upgraded.

An upgraded package is in the image twice: once in the base image's layer and once in the new one. A newer base image
gives the same packages without that, and the build stays repeatable. Where a fix is needed before the base image has
it, upgrade that package by name.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
```

Good:

```dockerfile
FROM debian:bookworm-20240701-slim
RUN apt-get update && apt-get install -y --only-upgrade openssl && rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject
from lightship.rules.package_commands import MANAGERS, verb

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "packages_upgraded"
_VERBS = {
    "apk": ("upgrade",),
    "dnf": ("upgrade", "update", "distro-sync", "upgrade-minimal"),
    "microdnf": ("upgrade", "update"),
    "yum": ("upgrade", "update", "distro-sync", "update-minimal"),
}
_APT_VERBS = ("upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every upgrade of all packages in the final image."""
    for placed in subject.image_instructions("run"):
        for program in subject.programs(placed, *MANAGERS):
            name = program.name.rpartition("/")[2]
            word = verb(subject, program, *_VERBS.get(name, _APT_VERBS))
            if word is None or _is_narrow(program, word.value or ""):
                continue
            yield Finding(
                NAME,
                said(
                    "{name} {value} leaves every package that it replaces in the image twice",
                    name=name,
                    value=word.value,
                ),
                word.span,
                "take a newer base image; upgrade single packages by name where it cannot wait",
            )


def _is_narrow(program: Program, verb_: str) -> bool:
    """Whether the call names packages, or only security updates are meant."""
    after = program.arguments[program.arguments.index(verb_) + 1 :] if verb_ in program.arguments else ()
    if any(word is None or not word.startswith("-") for word in after):
        return True
    return any(word in ("--security", "--help", "--simulate", "-s", "--dry-run") for word in program.arguments)


RULE = Rule(NAME, "info", "size", check, codes=("DL3005", "DL3017", "DL3031", "DL3039"))
