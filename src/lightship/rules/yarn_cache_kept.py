"""Yarn's cache stays in the image.

`yarn install` keeps every downloaded archive in its cache. Nothing reads it when the container runs. Clean it in the
same RUN, or keep it out of the layer with a cache mount.

The fix is not safe: with Yarn 2 and later in Plug'n'Play mode the program is loaded from the cache.

Bad:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile --production
```

Good:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile --production && yarn cache clean
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.package_commands import mounted, removed, verb, words_of
from lightship.rules.script_end import appended

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "yarn_cache_kept"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image in which Yarn fills its cache."""
    if any(
        ".yarn" in placed.instruction.text or "berry" in placed.instruction.text for placed in subject.instructions()
    ):
        # Yarn 2 and later: its cache may be a part of the program.
        return
    for placed in subject.image_instructions("run"):
        text = placed.instruction.text
        call = next((one for one in subject.programs(placed, "yarn") if _installs(subject, one)), None)
        if call is None or "cache clean" in text or "--immutable" in text or "YARN_CACHE_FOLDER" in text:
            continue
        cache = placed.scope.variables.get("YARN_CACHE_FOLDER", "/usr/local/share/.cache/yarn")
        if mounted(placed, cache, "/root/.yarn", "/root/.cache/yarn", "/usr/local/share/.cache"):
            continue
        if removed(subject, placed, ".cache", "yarn"):
            continue
        edit = appended(subject, placed, "yarn cache clean")
        yield Finding(
            NAME,
            "Yarn's cache stays in the image",
            call.span,
            "end this RUN with yarn cache clean, or mount a cache",
            (Fix((edit,), False, "clean the cache in the same RUN"),) if edit is not None else (),
            subject.image.bytes_below(placed.instruction, "usr/local/share/.cache") if subject.image else None,
        )


def _installs(subject: Subject, program: Program) -> bool:
    words = words_of(subject, program)[1:]
    if verb(subject, program, "install", "add"):
        return True
    # ``yarn`` and ``yarn --frozen-lockfile`` install; ``yarn --cwd x build`` does not.
    return (
        bool(words_of(subject, program))
        and all((word.value or "").startswith("--") for word in words)
        and (not any(word.value in ("--version", "--help") for word in words))
    )


RULE = Rule(NAME, "warning", "size", check, fixable=True)
