"""Files are copied for a user that the stage does not have.

`--chown=NAME` is looked up in `/etc/passwd` and `/etc/group` of the stage that is copied into. When the user is only
made in another stage, or further down, the build fails. Make the user above the COPY, or give numbers, which need no
user.

Bad:

```dockerfile
FROM python:3.12-slim
COPY --chown=app:app . /app
RUN useradd app
USER app
```

Good:

```dockerfile
FROM python:3.12-slim
RUN useradd app
COPY --chown=app:app . /app
USER app
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import base_image, lowest
from lightship.rules.copied import copied_by
from lightship.rules.model import Finding, Placed, Rule, Subject

NAME = "unknown_owner"
_NAMES = """
    root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats _apt nobody nogroup adm
    tty disk kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev staff
    users input crontab ftp xfs squid cyrus vpopmail ntp smmsp guest halt shutdown postmaster at svn ping mem wheel
    readproc usb netdev
"""
_EVERYWHERE = frozenset(_NAMES.split())
"""The users and groups of Debian's and Alpine's base images."""
_WITH_USERS = {"node": ("node",)}
_KNOWN = (
    "alpine",
    "busybox",
    "buildpack-deps",
    "debian",
    "golang",
    "node",
    "openjdk",
    "perl",
    "python",
    "ruby",
    "rust",
)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every named owner, in any stage, that the base does not have and no instruction above makes."""
    for placed in subject.instructions("copy", "add"):
        flag = placed.instruction.flag("chown")
        value = (flag.value or "") if flag else ""
        if flag is None or not value or "$" in value:
            continue
        for name in value.split(":"):
            if not name or name.isdecimal() or not _is_missing(subject, placed, name):
                continue
            yield Finding(
                NAME,
                said("nothing above makes {name} in this stage", name=name),
                flag.span,
                "make it above this line, or give its number",
            )
            break


def _is_missing(subject: Subject, placed: Placed, name: str) -> bool:
    base = lowest(subject, placed.stage)
    if base.kind == "image":
        image = base_image(base.reference)
        if image.name not in _KNOWN or name in _EVERYWHERE or name in _WITH_USERS.get(image.name, ()):
            return False
    elif base.kind != "scratch":
        return False
    chain = subject.graph.chain(placed.stage)
    for stage in chain:
        for index, instruction in enumerate(stage.instructions):
            if stage is placed.stage and index >= placed.index:
                break
            if instruction.keyword == "run" and _may_make(instruction.text, name):
                return False
            if instruction.keyword in ("copy", "add") and _brings_users(subject, Placed(stage, index, instruction)):
                return False
    return True


def _may_make(text: str, name: str) -> bool:
    """Whether a RUN speaks of the name, or makes users of names that are not known."""
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
        return True
    return re.search(r"(?:(?:user|group)(?:add|mod)|add(?:user|group))\b[^&;]*\$|newusers|\.sh\b", text) is not None


def _brings_users(subject: Subject, placed: Placed) -> bool:
    """Whether a COPY or ADD may bring ``/etc/passwd``."""
    if placed.instruction.keyword == "add" and placed.instruction.words[-1].value in ("/", "/.", "."):
        return True
    return any(
        landing in ("/", "/etc", "/etc/passwd", "/etc/group", "")
        for one in copied_by(subject, placed)
        for landing in (*one.landings, one.destination)
    )


RULE = Rule(NAME, "error", "correctness", check)
