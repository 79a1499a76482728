r"""What the image starts is in a directory that is not on its PATH.

The builder stage had the virtual environment (or `/root/.local`) on its PATH. ENV does not cross from one stage to
another: the final stage has the files and does not find `uvicorn` or `gunicorn`, or it finds the system's Python,
without the packages.

The fix adds the directory to PATH behind the COPY.

Bad:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install uvicorn

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["uvicorn", "main:app"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install uvicorn

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
CMD ["uvicorn", "main:app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import Copied, copied
from lightship.rules.edits import insert_line_after
from lightship.rules.entry_programs import entry_instructions, entry_programs, set_paths
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.python_trees import SCRIPTS, brought_venvs

NAME = "scripts_not_on_path"
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the COPY that brings the scripts, when PATH does not lead to them and the image starts one."""
    trees = {place: (one, True) for _, one, place in brought_venvs(subject)}
    for one in copied(subject, subject.image_stages):
        if one.from_stage is not None and re.fullmatch(r"/(?:root|home/[^/]+)/\.local", one.destination):
            trees[one.destination] = (one, False)
    if not trees or not subject.image_stages:
        return
    path = ":".join(value for _, value in set_paths(subject))
    started = [one.name for one in entry_programs(subject) if _is_script(one.name)]
    scripts = [name for name in started if name in SCRIPTS]
    if not started or any(f"{place}/bin" in path for place in trees) or _installs_more(subject):
        return
    if any(place in placed.instruction.text for placed in entry_instructions(subject) for place in trees):
        return
    for place, (one, is_venv) in trees.items():
        # Python finds packages in ~/.local by itself.
        name = started[0] if is_venv else next(iter(scripts), "")
        if name:
            yield _finding(subject, place, one, name)
            return


def _finding(subject: Subject, place: str, one: Copied, name: str) -> Finding:
    line = f'ENV PATH="{place}/bin:$PATH"'
    edit = insert_line_after(subject.dockerfile, one.placed.instruction, line)
    return Finding(
        NAME,
        said("{name} is in {place}/bin, which is not on the PATH of this stage", name=name, place=place),
        one.span,
        line,
        (Fix((edit,), False, said("put {place}/bin on PATH", place=place)),),
    )


def _is_script(name: str) -> bool:
    return name in SCRIPTS or _PYTHON.fullmatch(name) is not None


def _installs_more(subject: Subject) -> bool:
    """Whether the final image gets packages or links in other ways too."""
    return any(
        re.search(r"\bpip3? install|\buv\b|\bln -s|/usr/local(?:/bin)?\b|/etc/profile|poetry", placed.instruction.text)
        for placed in subject.image_instructions("run", "copy")
    )


RULE = Rule(NAME, "error", "correctness", check, fixable=True)
