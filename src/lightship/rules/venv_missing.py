r"""The final stage uses a virtual environment that stayed in the builder stage.

PATH or the start command names a virtual environment, which only an earlier stage makes, and no COPY brings it. The
container then stops with "executable file not found" or "no such file or directory".

The fix copies it from the stage that makes it.

Bad:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask

FROM python:3.12-slim
ENV PATH="/opt/venv/bin:$PATH"
CMD ["flask", "run"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
CMD ["flask", "run"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import copied
from lightship.rules.edits import insert_line_before
from lightship.rules.entry_programs import entry_instructions, set_paths
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.python_trees import Venv, brings, venvs

NAME = "venv_missing"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every virtual environment of a builder stage that the final image names and does not hold."""
    stages = subject.image_stages
    if not stages or len(subject.graph.stages) == len(stages):
        return
    earlier = [stage for stage in subject.graph.stages[: stages[-1].index] if not subject.in_image(stage)]
    outside = list(venvs(subject, earlier))
    if not outside:
        return
    own = {venv.path for venv in venvs(subject, stages)}
    copies = list(copied(subject, stages))
    for venv in {one.path: one for one in outside}.values():
        if venv.path in own or brings(copies, venv.path):
            continue
        user = _user(subject, venv.path)
        if user is not None:
            yield _finding(subject, venv, user)


def _user(subject: Subject, path: str) -> Placed | None:
    """The instruction of the final image that needs a virtual environment: its PATH, or what it starts."""
    for placed, value in set_paths(subject):
        if f"{path}/bin" in value.split(":"):
            return placed
    return next((one for one in entry_instructions(subject) if f"{path}/bin/" in one.instruction.text), None)


def _finding(subject: Subject, venv: Venv, user: Placed) -> Finding:
    made_in = venv.made_by.stage
    words = made_in.from_instruction.words
    name = words[2].text if len(words) == 3 else ""
    fixes: tuple[Fix, ...] = ()
    if name:
        edit = insert_line_before(subject.dockerfile, user.instruction, f"COPY --from={name} {venv.path} {venv.path}")
        fixes = (Fix((edit,), False, said("copy {path} from {name}", path=venv.path, name=name)),)
    return Finding(
        NAME,
        said("{path} is made in stage {label}, and nothing brings it here", path=venv.path, label=made_in.label),
        user.instruction.arguments_span,
        f"COPY --from={made_in.label} {venv.path} {venv.path}",
        fixes,
    )


RULE = Rule(NAME, "error", "correctness", check, fixable=True)
