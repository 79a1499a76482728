"""Compilers, headers and build systems are in the final image.

What only building needs makes the image larger, and gives an attacker who gets in a workshop. Build in a stage of its
own, and copy the result into a stage that never had the tools. Where that is not possible, remove the tools in the
RUN that installed them.

`lightship optimize` makes that split, builds it, and proves that the new image does the same.

Bad:

```dockerfile
FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir psycopg2
CMD ["python", "app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev
RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/python", "app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.entry_programs import is_used
from lightship.rules.model import Finding, Placed, Rule, Subject
from lightship.rules.package_commands import MANAGERS, Installed, installed, verb, words_of

NAME = "build_tools_in_image"
_HEADERS = re.compile(r"^(?!python3-devel-tools)[\w.+-]+-(?:dev|devel|headers)(?:[-\d.]*)$")

_BUILDS = re.compile(
    r"\b(?:pip\d?|pipx|uv|poetry|pipenv|npm|yarn|pnpm|g?make|cmake|meson|ninja|gcc|cc|g\+\+|clang|cargo|go|bundle|gem|mix"
    r"|composer|pecl|phpize|cpanm?|luarocks|cabal|stack|Rscript|mvn|gradle|node-gyp|easy_install|conda)\s+[^\s|&;]"
    r"|\./configure|setup\.py|docker-php-ext|R CMD|\./(?:build|bootstrap|autogen|install)[\w.-]*|\bg?make\b(?!\s*\\)"
)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every command that installs build tools into the final image and leaves them there."""
    if not any(_BUILDS.search(placed.instruction.text) for placed in subject.image_instructions("run")):
        # Nothing is built here: the image is itself a place to build in.
        return
    for one in installed(subject, subject.image_stages):
        # Imported here, as in package_commands: by now the room is loaded.
        from lightship.distros.naming import is_build_tool

        tools = [name for name in one.names if is_build_tool(name) or _HEADERS.match(name)]
        tools = [name for name in tools if not is_used(subject, name)]
        if not tools or _removed_again(subject, one, tools):
            continue
        listed = ", ".join(tools[:4]) + (said(" and {count} more", count=len(tools) - 4) if len(tools) > 4 else "")
        image = subject.image
        yield Finding(
            NAME,
            said("only building needs {listed}, but the final image keeps it", listed=listed)
            if len(tools) == 1
            else said("only building needs {listed}, but the final image keeps them", listed=listed),
            one.program.span,
            "build in a stage of its own, and copy the result",
            (),
            image.bytes_below(one.placed.instruction, "usr") if image and len(tools) == len(one.names) else None,
        )


def _removed_again(subject: Subject, one: Installed, tools: list[str]) -> bool:
    """Whether the same RUN takes the packages away again."""
    placed: Placed = one.placed
    for program in subject.programs(placed, *MANAGERS):
        if verb(subject, program, "del", "purge", "remove", "erase", "autoremove") is None:
            continue
        words = [word.value for word in words_of(subject, program)]
        if one.virtual and one.virtual in words:
            return True
        # A variable, or autoremove after marks were set, may name them all.
        if None in words or set(tools) & set(words) or "apt-mark" in placed.instruction.text:
            return True
        if any(word and "*" in word for word in words):
            return True
    return False


RULE = Rule(NAME, "warning", "size", check)
