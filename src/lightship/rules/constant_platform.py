"""FROM names one fixed platform.

The image can then be built for that platform only, whatever `docker build --platform` asks for. A stage that is meant
to be for one platform says so in its name.

Bad:

```dockerfile
FROM --platform=linux/amd64 alpine:3.20
```

Good:

```dockerfile
FROM --platform=linux/amd64 alpine:3.20 AS build-amd64
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "constant_platform"
_PLATFORM = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,2}")
_SYSTEMS = frozenset({"linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "wasip1", "js"})
_MACHINES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "armel": "arm", "i386": "386"}


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every FROM with a platform without variables that the stage's name does not give away."""
    for stage in subject.graph.stages:
        flag = stage.from_instruction.flag("platform")
        value = flag.value if flag is not None else None
        if flag is None or not value or "$" in value or not _PLATFORM.fullmatch(value):
            continue
        if any(part in (stage.name or "") for part in _parts(value)):
            continue
        help_ = "leave the flag out, or name the stage for its platform"
        message = said('FROM --platform flag should not use constant value "{value}"', value=value)
        yield Finding(NAME, message, flag.span, help_)


def _parts(platform: str) -> Iterator[str]:
    """Operating system and machine of a platform, as far as it says."""
    first, _, rest = platform.lower().partition("/")
    machine = rest.partition("/")[0]
    if not rest:
        yield first if first in _SYSTEMS else _MACHINES.get(first, first)
        return
    yield first
    yield _MACHINES.get(machine, machine)


RULE = Rule(NAME, "warning", "correctness", check, codes=("FromPlatformFlagConstDisallowed", "DL3029"))
