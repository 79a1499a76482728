"""HEALTHCHECK calls a program that the image does not have.

Slim, Alpine and distroless images have no curl (Alpine has BusyBox's wget, Debian's slim images have neither). The
health check then fails for ever, and the container counts as unhealthy although the program works. Install the
program in the final stage, or ask with what is there: the language itself, or a health command of the program.

Bad:

```dockerfile
FROM python:3.12-slim
COPY app.py .
HEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1
CMD ["python", "app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
COPY app.py .
HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://localhost:8000/')"
CMD ["python", "app.py"]
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import base_image, lowest
from lightship.rules.copied import copied, is_below
from lightship.rules.model import Finding, Rule, Subject

NAME = "healthcheck_program_missing"
_PLACES = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the last HEALTHCHECK's program, when the base is known not to have it and nothing brings it."""
    checks = list(subject.image_instructions("healthcheck"))[-1:]
    for placed in checks:
        programs = [one for one in subject.programs(placed) if not one.conditional]
        for program in programs[:1]:
            name = program.name
            if "/" not in name and _is_lacking(subject, name) and not _is_brought(subject, name):
                yield Finding(
                    NAME,
                    said("{name} is not in this image, so the container never turns healthy", name=name),
                    program.span,
                    said("install {name} in this stage, or ask with what is in the image", name=name),
                )


def _is_lacking(subject: Subject, name: str) -> bool:
    stage = subject.image_stages[-1]
    base = lowest(subject, stage)
    if base.kind == "scratch":
        return name in ("curl", "wget", "nc", "sh", "bash")
    return base.kind == "image" and base_image(base.reference).lacks(name)


def _is_brought(subject: Subject, name: str) -> bool:
    """Whether an instruction of the final image speaks of the program, or brings whole directories of programs."""
    for placed in subject.image_instructions("run"):
        text = placed.instruction.text
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) or (name.startswith("nc") and "cat" in text):
            return True
        # A script or a variable may install anything.
        if re.search(r"(?:install|add)\b[^&;|]*[$]|\.sh\b|xargs", text):
            return True
    for one in copied(subject, subject.image_stages):
        if posixpath.basename(one.source) in (name, "busybox") or one.destination.endswith(f"/{name}"):
            return True
        if not one.from_context and any(is_below(place, one.destination) for place in _PLACES):
            return True
        if one.from_context and one.destination in ("/", *_PLACES):
            return True
    return False


RULE = Rule(NAME, "error", "correctness", check)
