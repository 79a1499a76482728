"""The container runs as root.

Without a USER the program runs as root. A hole in it then gives write access to everything in the container, and a
container escape starts as root. Most programs need no root: they listen on a port above 1023 and write to a few known
directories.

There is no fix: which user, and what it must be able to write, the file does not say.

Bad:

```dockerfile
FROM python:3.12-slim
COPY app.py .
CMD ["python", "app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
RUN useradd --create-home app
COPY app.py .
USER app
CMD ["python", "app.py"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.base_images import base_image
from lightship.rules.entry_programs import entry_instructions
from lightship.rules.model import Finding, Rule, Subject

NAME = "root_user"
_DROPS = ("gosu", "su-exec", "setpriv", "runuser", "supervisord", "s6-", "setuidgid", "chpst", "/init", "su -")
"""Words that show that something in the image starts as root in order to become someone else."""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for an image that starts something, as root."""
    stages = subject.image_stages
    started = entry_instructions(subject)
    if not stages or not started:
        return
    target = stages[-1]
    user = target.end.user
    last = list(subject.image_instructions("user"))[-1:]
    if last:
        if user is None or user.partition(":")[0] not in ("root", "0", ""):
            return
    elif stages[0].base.kind == "image":
        if not base_image(stages[0].base.reference).starts_as_root:
            return
    elif stages[0].base.kind != "scratch":
        return
    if any(word in placed.instruction.text for placed in subject.image_instructions() for word in _DROPS):
        return
    place = last[0].instruction if last else started[-1].instruction
    yield Finding(
        NAME,
        "the program runs as root",
        place.arguments_span if last else place.keyword_span,
        "make a user, give it what it must write, and set USER",
    )


RULE = Rule(NAME, "warning", "security", check, codes=("DL3002",))
