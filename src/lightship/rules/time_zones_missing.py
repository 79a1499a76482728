"""TZ is set in an image without time zones.

`TZ=Europe/Berlin` names a file below `/usr/share/zoneinfo`. Alpine's base image and `scratch` have none: the name is
ignored without a word, and the program runs in UTC. Install `tzdata` (Alpine), or copy `/usr/share/zoneinfo`.

Bad:

```dockerfile
FROM alpine:3.20
ENV TZ=Europe/Berlin
CMD ["date"]
```

Good:

```dockerfile
FROM alpine:3.20
RUN apk add --no-cache tzdata
ENV TZ=Europe/Berlin
CMD ["date"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import base_image, lowest
from lightship.rules.copied import copied
from lightship.rules.model import Finding, Rule, Subject

NAME = "time_zones_missing"
_WITHOUT = ("alpine", "busybox")
_SPEAKS_OF_IT = ("tzdata", "zoneinfo", "timetzdata", "localtime")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the ENV that sets TZ in the final image, when that is known to have no time zones."""
    places = [
        value
        for placed in subject.image_instructions("env")
        for name, value, _ in placed.instruction.pairs
        if name.value == "TZ" and "/" in value.value and "$" not in value.value
    ]
    if not places or not _has_none(subject):
        return
    value = places[-1]
    yield Finding(
        NAME,
        said("{value} is not known in this image: it has no /usr/share/zoneinfo", value=value.value),
        value.span,
        "install tzdata in this stage, or copy /usr/share/zoneinfo",
    )


def _has_none(subject: Subject) -> bool:
    base = lowest(subject, subject.image_stages[-1])
    if base.kind == "image":
        if base_image(base.reference).name not in _WITHOUT:
            return False
    elif base.kind != "scratch":
        return False
    # ``-tags timetzdata`` in a builder stage puts the time zones into the program.
    if any(word in placed.instruction.text for placed in subject.instructions() for word in _SPEAKS_OF_IT):
        return False
    whole = ("/", "/usr", "/usr/share")
    return not any(not one.from_context and one.source in whole for one in copied(subject, subject.image_stages))


RULE = Rule(NAME, "warning", "correctness", check)
