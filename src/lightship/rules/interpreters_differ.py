"""Packages are copied between stages with different interpreters.

A virtual environment or `site-packages` belongs to one interpreter: to its path, its version X.Y, and its C library.
On another version Python looks into another directory; on Alpine (musl) extensions that were built on Debian (glibc)
cannot be loaded. The same holds for `node_modules` with native modules. Build on the same release of the same image
as the final stage.

Bad:

```dockerfile
FROM python:3.12 AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask

FROM python:3.11-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/flask", "run"]
```

Good:

```dockerfile
FROM python:3.12 AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/flask", "run"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import BaseImage, image_below
from lightship.rules.copied import Copied, copied, is_below
from lightship.rules.model import Finding, Rule, Subject
from lightship.rules.python_trees import brought_venvs, installed_trees
from lightship.semantic import Stage

NAME = "interpreters_differ"
_PACKAGES = re.compile(r"/(?:site|dist)-packages(?:/|$)|/lib/python3(?:\.\d+)?$")
_WITHOUT_PYTHON = frozenset(["debian", "ubuntu", "alpine", "node", "golang", "busybox"])


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every COPY into the final image of packages that another interpreter installed."""
    stages = subject.image_stages
    here = image_below(subject, stages[-1]) if stages else None
    if here is None:
        return
    copies = [one for one in copied(subject, stages) if one.from_stage is not None]
    if any(one.source in ("/usr/local", "/usr", "/") for one in copies):
        # The interpreter comes along.
        return
    trees = {one.span: one for _, one, _ in brought_venvs(subject)}
    told = {stage.index: tuple(installed_trees(subject, subject.graph.chain(stage))) for stage in _sources(copies)}
    for one in copies:
        assert one.from_stage is not None
        there = image_below(subject, one.from_stage)
        if there is None:
            continue
        python = (
            one.span in trees
            or _PACKAGES.search(one.source) is not None
            or any(path and is_below(path, one.source) for path in told[one.from_stage.index])
        )
        why = _python(there, here, is_venv=one.span in trees) if python else _node(one, there, here)
        if why:
            yield Finding(NAME, why, one.span, "build on the release of the image that the final stage stands on")


def _sources(copies: list[Copied]) -> tuple[Stage, ...]:
    """The stages that are copied from, each once."""
    return tuple({one.from_stage.index: one.from_stage for one in copies if one.from_stage is not None}.values())


def _python(there: BaseImage, here: BaseImage, *, is_venv: bool) -> str:
    """Why packages of one image's Python do not work on the other image, empty when nothing is known against it."""
    if there.libc and here.libc and there.libc != here.libc:
        return said(
            "packages were installed with {libc}, and this stage has {here_libc}", libc=there.libc, here_libc=here.libc
        )
    if there.name != "python":
        return ""
    if here.name == "python":
        if _differ(there.version, here.version, parts=2):
            return said(
                "packages were installed with Python {version}, and this stage has Python {here_version}",
                version=there.version,
                here_version=here.version,
            )
        return ""
    if is_venv and (here.name in _WITHOUT_PYTHON or here.is_distroless):
        return said(
            "the environment's interpreter is /usr/local/bin/python, which {name} does not have", name=here.name
        )
    return ""


def _node(one: Copied, there: BaseImage, here: BaseImage) -> str:
    if not one.source.endswith("/node_modules") or there.name != "node":
        return ""
    if there.libc and here.libc and there.libc != here.libc:
        return said(
            "native modules were installed with {libc}, and this stage has {here_libc}",
            libc=there.libc,
            here_libc=here.libc,
        )
    if here.name == "node" and _differ(there.version, here.version, parts=1):
        return said(
            "native modules were installed with Node.js {version}, and this stage has {here_version}",
            version=there.version,
            here_version=here.version,
        )
    return ""


def _differ(one: str, other: str, *, parts: int) -> bool:
    """Whether two versions are known to differ in their first parts; ``3`` may be ``3.12``."""
    first, second = one.split(".")[:parts], other.split(".")[:parts]
    return bool(one and other) and any(a != b for a, b in zip(first, second, strict=False))


RULE = Rule(NAME, "error", "correctness", check)
