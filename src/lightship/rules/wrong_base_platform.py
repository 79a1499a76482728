"""The base image is for another platform than the one that is built for.

Registries give what they have when an image exists for one platform only. The program then runs under emulation, or
not at all. This is known only where an image was looked at.

Bad:

```text file=evidence.json
{"platform": "linux/amd64", "bases": {"example.com/tool:1": "linux/arm64"}}
```

```dockerfile
FROM example.com/tool:1
```

Good:

```dockerfile
FROM --platform=linux/arm64 example.com/tool:1 AS tool-arm64
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "wrong_base_platform"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every FROM whose image is known to be for another system or machine."""
    if subject.image is None:
        return
    for stage in subject.graph.stages:
        expected = stage.platform or subject.image.platform
        actual = subject.image.platform_of(stage.base.reference) if stage.base.kind == "image" else None
        if not expected or not actual or _machine(expected) == _machine(actual):
            continue
        word = stage.from_instruction.words[0]
        message = said(
            'Base image {reference} was pulled with platform "{actual}", expected "{expected}" for current build',
            reference=stage.base.reference,
            actual=actual,
            expected=expected,
        )
        yield Finding(NAME, message, word.span, "use an image that exists for that platform")


def _machine(platform: str) -> tuple[str, ...]:
    return tuple(platform.split("/")[:2])


RULE = Rule(NAME, "warning", "correctness", check, codes=("InvalidBaseImagePlatform",))
