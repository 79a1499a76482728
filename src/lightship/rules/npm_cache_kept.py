"""npm's cache stays in the image.

`npm install` and `npm ci` keep every downloaded archive under `~/.npm`. Nothing reads it when the container runs.
Clean it in the same RUN, or keep it out of the layer with a cache mount on `/root/.npm`.

Bad:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
```

Good:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.package_commands import mounted, removed, verb
from lightship.rules.script_end import appended

NAME = "npm_cache_kept"
_INSTALLS = ("ci", "clean-install", "i", "install", "add", "install-clean")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image in which npm fills its cache."""
    for placed in subject.image_instructions("run"):
        text = placed.instruction.text
        call = next((one for one in subject.programs(placed, "npm") if verb(subject, one, *_INSTALLS)), None)
        if call is None or "cache clean" in text or "cache rm" in text:
            continue
        if "npm_config_cache" in text.lower() or any(word and word.startswith("--cache") for word in call.arguments):
            continue
        cache = placed.scope.variables.get("npm_config_cache", "/root/.npm")
        if mounted(placed, cache, "/root/.npm") or removed(subject, placed, "/.npm", cache):
            continue
        edit = appended(subject, placed, "npm cache clean --force")
        image = subject.image
        yield Finding(
            NAME,
            "npm's cache stays in the image",
            call.span,
            "end this RUN with npm cache clean --force, or mount a cache on /root/.npm",
            (Fix((edit,), True, "clean the cache in the same RUN"),) if edit is not None else (),
            image.bytes_below(placed.instruction, "root/.npm") if image else None,
        )


RULE = Rule(NAME, "warning", "size", check, fixable=True)
