"""A virtual environment is copied to another path than it was made at.

The scripts of a virtual environment (`pip`, `uvicorn`, `flask`) start with the absolute path of its interpreter, and
its activation script names its own directory. Copied elsewhere, they fail with "no such file or directory". Make it
where it will be used, and copy it to the same path.

Bad:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /build/venv && /build/venv/bin/pip install flask

FROM python:3.12-slim
COPY --from=build /build/venv /opt/venv
CMD ["/opt/venv/bin/flask", "run"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/flask", "run"]
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.entry_programs import entry_programs
from lightship.rules.model import Finding, Rule, Subject
from lightship.rules.python_trees import brought_venvs

NAME = "venv_moved"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every COPY that brings a virtual environment to another place in the final image."""
    found = [(venv, one, place) for venv, one, place in brought_venvs(subject) if place != venv.path]
    if not found:
        return
    kept = {venv.path for venv, _, place in brought_venvs(subject) if place == venv.path}
    # ``python -m uvicorn`` needs no script: the interpreter finds its environment from its own path.
    programs = [posixpath.basename(one.name) for one in entry_programs(subject)]
    if programs and all(name.startswith("python") for name in programs):
        return
    for venv, one, place in found:
        if venv.relocatable or venv.path in kept:
            continue
        yield Finding(
            NAME,
            said("the scripts in {place} name {path}, which is not there", place=place, path=venv.path),
            one.span,
            said("make it at {place}, or copy it to {path}", place=place, path=venv.path),
        )


RULE = Rule(NAME, "error", "correctness", check)
