"""The final image stands on a full base image where a slim one of the same release would do.

The full `python`, `node`, `ruby` and `perl` images hold compilers, headers, version control and more than 400
packages, so that anything can be built on them. Running needs none of that; the `-slim` tag of the same release holds
the same language without it, usually 600 to 900 MB less.

The fix is not safe: what a full base brings along, a program may use (git, curl, a shared library). `lightship
optimize` finds that out and proves the result.

Bad:

```dockerfile
FROM python:3.12
COPY app.py .
CMD ["python", "app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
COPY app.py .
CMD ["python", "app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import BaseImage, base_image
from lightship.rules.edits import replace
from lightship.rules.model import Finding, Fix, Rule, Subject

NAME = "fat_base"
_SMALLER_OR_OTHER = re.compile(r"slim|alpine|windows|nanoserver|onbuild|distroless|wheezy|jessie|squeeze")

_CODENAMES = "trixie|bookworm|bullseye|buster|stretch"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the FROM at the bottom of the final image, when its image has a slim variant."""
    if not subject.image_stages:
        return
    stage = subject.image_stages[0]
    image = base_image(stage.base.reference)
    if stage.base.kind != "image" or not image.has_slim_variant or image.name == "debian" or image.digest:
        return
    if _SMALLER_OR_OTHER.search(image.tag) or stage.from_instruction.words == ():
        return
    written = stage.from_instruction.words[0]
    name = _slim(stage.base.reference, image)
    plain = bool(name) and written.text == stage.base.reference and image.tag not in ("latest", "")
    fix = Fix((replace(written.span, name),), False, said("stand on {name}", name=name))
    yield Finding(
        NAME,
        said("{reference} brings compilers and headers into the final image", reference=stage.base.reference),
        written.span,
        said("stand on {name}", name=name) if plain else "stand on the slim tag of the same release",
        (fix,) if plain else (),
    )


def _slim(reference: str, image: BaseImage) -> str:
    """The slim tag of the same release, empty when there is none to tell.

    Node.js writes the codename first, the others the word slim: node:22-bookworm-slim, python:3.12-slim-bookworm.
    """
    match = re.fullmatch(rf"(?P<version>.+?)(?:-(?P<codename>{_CODENAMES}))?", image.tag)
    if match is None or re.fullmatch(_CODENAMES, image.tag):
        return f"{reference}-slim" if match else ""
    codename = f"-{match['codename']}" if match["codename"] else ""
    stem = reference.removesuffix(image.tag) + match["version"]
    return f"{stem}{codename}-slim" if image.name == "node" else f"{stem}-slim{codename}"


RULE = Rule(NAME, "info", "size", check, fixable=True)
