"""An image has no tag.

Without a tag the engine takes `latest`, which is whatever was pushed last: the same Dockerfile builds another program
next month. Name the release that the program was tested with.

Bad:

```dockerfile
FROM python
CMD ["python", "--version"]
```

Good:

```dockerfile
FROM python:3.12-slim
CMD ["python", "--version"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.image_names import named_images
from lightship.rules.model import Finding, Rule, Subject

NAME = "untagged_image"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every image without tag and digest, in FROM, COPY --from and RUN --mount."""
    for span, reference, image in named_images(subject):
        if not image.tag and not image.digest:
            yield Finding(
                NAME,
                said("{reference} has no tag, so latest is taken", reference=reference),
                span,
                "name a release, or a digest",
            )


RULE = Rule(NAME, "warning", "correctness", check, codes=("DL3006",))
