r"""Package lists are fetched in a RUN of their own.

The layer with the lists is cached: when a package is added to the install later on, the build takes the old lists
from the cache and installs what they name, which may be outdated or gone from the mirror. `apt-get update` belongs
into the RUN that installs; then the lists can be deleted there too.

The fix joins it with the install that follows.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update
RUN apt-get install -y --no-install-recommends curl
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import APT, mounted, verb
from lightship.rules.script_end import joined
from lightship.text import Edit

NAME = "apt_update_alone"
_USES = ("install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "satisfy", "download")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN, in any stage, that does nothing but fetch lists."""
    for placed in subject.instructions("run"):
        calls = subject.programs(placed, *APT)
        if len(calls) != 1 or len(subject.commands(placed)) != 1 or verb(subject, calls[0], "update") is None:
            continue
        if mounted(placed, "/var/lib/apt/lists"):
            continue
        edit = _joined_with_install(subject, placed)
        yield Finding(
            NAME,
            said("{name} update is alone in its RUN, so its lists are cached and grow old", name=calls[0].name),
            placed.instruction.arguments_span,
            "put it into the RUN that installs: apt-get update && apt-get install ...",
            (Fix((edit,), True, "join it with the install that follows"),) if edit is not None else (),
        )


def _joined_with_install(subject: Subject, placed: Placed) -> Edit | None:
    following = placed.index + 1
    if following >= len(placed.stage.instructions):
        return None
    second = Placed(placed.stage, following, placed.stage.instructions[following])
    calls = subject.programs(second, *APT) if second.instruction.keyword == "run" else ()
    if not any(verb(subject, one, *_USES) for one in calls):
        return None
    return joined(subject, placed, second)


RULE = Rule(NAME, "warning", "cache", check, fixable=True)
