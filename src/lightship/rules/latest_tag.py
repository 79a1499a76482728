"""An image is named by the tag latest.

`latest` is whatever was pushed last: the same Dockerfile builds another program next month, and a new major version
arrives without anyone having asked for it. Name the release that the program was tested with.

Bad:

```dockerfile
FROM python:latest
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

NAME = "latest_tag"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every image with that tag, in FROM, COPY --from and RUN --mount."""
    for span, reference, image in named_images(subject):
        if image.tag == "latest" and not image.digest:
            yield Finding(
                NAME,
                said("{reference} is another image every time", reference=reference),
                span,
                "name a release, or a digest",
            )


RULE = Rule(NAME, "warning", "correctness", check, codes=("DL3007",))
