"""uv's cache stays in the image.

uv keeps what it downloads and unpacks under `~/.cache/uv`. In an image nothing reads it again. Keep it out of the
layer with a cache mount on `/root/.cache/uv`, or switch it off with `--no-cache` (or `ENV UV_NO_CACHE=1`).

Bad:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN uv pip install --system -r requirements.txt
```

Good:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN uv --no-cache pip install --system -r requirements.txt
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import mounted, removed, words_of

NAME = "uv_cache_kept"
_FILLS = (("sync",), ("add",), ("pip", "install"), ("pip", "sync"), ("tool", "install"))


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every call of uv, in the final image, that installs through the cache."""
    for placed in subject.image_instructions("run"):
        for program in subject.programs(placed, "uv"):
            plain = tuple(word for word in program.arguments if word is None or not word.startswith("-"))
            if not any(plain[: len(verbs)] == verbs for verbs in _FILLS):
                continue
            if any(word in ("--no-cache", "--no-cache-dir", "-n", "--cache-dir") for word in program.arguments):
                continue
            if _is_off(subject, placed):
                continue
            words = words_of(subject, program)
            fix = Fix((insert(words[0].span.end, " --no-cache"),), True, "call it with --no-cache") if words else None
            image = subject.image
            yield Finding(
                NAME,
                "uv's cache stays in the image",
                program.span,
                "mount a cache on /root/.cache/uv, or add --no-cache",
                (fix,) if fix is not None else (),
                image.bytes_below(placed.instruction, "root/.cache/uv") if image else None,
            )


def _is_off(subject: Subject, placed: Placed) -> bool:
    """Whether the cache is off for a whole RUN, is not in its layer, or is deleted in it."""
    text = placed.instruction.text
    if "UV_NO_CACHE" in placed.scope.variables or "UV_NO_CACHE" in text or "cache clean" in text:
        return True
    cache = placed.scope.variables.get("UV_CACHE_DIR", "/root/.cache/uv")
    return mounted(placed, cache, "/root/.cache/uv") or removed(subject, placed, ".cache", cache)


RULE = Rule(NAME, "warning", "size", check, fixable=True)
