"""pip's cache stays in the image.

pip keeps what it downloads and builds under `~/.cache/pip`, to be faster next time. In an image there is no next
time: the cache only doubles the size of the packages. Either switch it off with `--no-cache-dir` (or `ENV
PIP_NO_CACHE_DIR=1`), or keep it out of the layer with a cache mount, which also makes the next build faster.

Bad:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install -r requirements.txt
```

Good:

```dockerfile
FROM python:3.12-slim
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import mounted, removed, words_of

if TYPE_CHECKING:
    from lightship.shell import Program, ShellWord

NAME = "pip_cache_kept"
_PIP = re.compile(r"pip(?:[23](?:\.\d+)?)?")
_PYTHON = re.compile(r"(?:python|pypy)(?:[23](?:\.\d+)?)?")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every pip install of the final image that fills the cache."""
    if any(
        "no-cache-dir" in placed.instruction.text and "config" in placed.instruction.text for placed in _runs(subject)
    ):
        # ``pip config set global.no-cache-dir true``, or pip.conf written by a RUN.
        return
    for placed in _runs(subject):
        if "install" not in placed.instruction.text or _is_off(subject, placed):
            continue
        for program in subject.programs(placed):
            word = _install(subject, program)
            if word is None or _fills_no_cache(program):
                continue
            edit = insert(word.span.end, " --no-cache-dir")
            image = subject.image
            yield Finding(
                NAME,
                "pip's cache stays in the image",
                word.span,
                "add --no-cache-dir, or a cache mount on pip's cache directory",
                (Fix((edit,), True, "add --no-cache-dir"),),
                image.bytes_below(placed.instruction, "root/.cache/pip") if image else None,
            )


def _runs(subject: Subject) -> Iterator[Placed]:
    return (placed for placed in subject.image_instructions("run") if "pip" in placed.instruction.text)


def _is_off(subject: Subject, placed: Placed) -> bool:
    """Whether the cache is off for a whole RUN, is not in its layer, or is deleted in it."""
    # pip takes any value that is set, "0" and "false" too: https://github.com/pypa/pip/issues/5735
    if "PIP_NO_CACHE_DIR" in placed.scope.variables or "PIP_NO_CACHE_DIR" in placed.instruction.text:
        return True
    if "cache purge" in placed.instruction.text or removed(subject, placed, ".cache", "/root/.c*"):
        return True
    cache = placed.scope.variables.get("PIP_CACHE_DIR", "/root/.cache/pip")
    return mounted(placed, cache, "/root/.cache/pip") or "XDG_CACHE_HOME" in placed.instruction.text


def _install(subject: Subject, program: Program) -> ShellWord | None:
    """The word ``install`` of ``pip install`` or ``python -m pip install``."""
    words = words_of(subject, program)
    name = posixpath.basename(program.name)
    values = [word.value for word in words]
    if _PYTHON.fullmatch(name) and "-m" in values and values[values.index("-m") + 1 :][:1] == ["pip"]:
        words = words[values.index("-m") + 1 :]
    elif not _PIP.fullmatch(name):
        return None
    for word in words[1:]:
        if word.value is None or not word.value.startswith("-"):
            return word if word.value == "install" else None
    return None


def _fills_no_cache(program: Program) -> bool:
    """Whether the call itself uses no cache, or downloads nothing."""
    return any(
        word in ("--no-cache-dir", "--no-index", "--help", "--dry-run", "--cache-dir")
        or (word or "").startswith("--cache-dir=")
        for word in program.arguments
    )


RULE = Rule(NAME, "warning", "size", check, fixable=True, codes=("DL3042",))
