"""Packages are installed for root, and another user runs the program.

`pip install --user` puts packages under the home directory of the user who runs it: `/root/.local`. Only root may
enter `/root`. With another USER, Python finds none of the packages, and the scripts give "permission denied". Install
into a virtual environment outside of `/root`, or into the home directory of the user that runs the program.

Bad:

```dockerfile
FROM python:3.12-slim AS build
RUN pip install --user flask

FROM python:3.12-slim
RUN useradd app
COPY --from=build /root/.local /root/.local
ENV PATH=/root/.local/bin:$PATH
USER app
CMD ["flask", "run"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN pip install --user flask

FROM python:3.12-slim
RUN useradd app
COPY --from=build /root/.local /home/app/.local
ENV PATH=/home/app/.local/bin:$PATH
USER app
CMD ["flask", "run"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import copied, is_below
from lightship.rules.model import Finding, Rule, Subject
from lightship.rules.package_commands import words_of
from lightship.text import Span

NAME = "user_site_unreachable"
_OPENED = re.compile(r"\b(?:chmod|chown|setfacl)\b[^&;|]*\s/root\b|\b(?:cp|mv)\b[^&;|]*/root/\.local")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every per-user install below /root in the final image, when that does not run as root."""
    stages = subject.image_stages
    user = stages[-1].end.user if stages else ""
    if user is None or user.partition(":")[0] in ("", "0", "root") or "$" in user:
        return
    if any(_OPENED.search(placed.instruction.text) for placed in subject.image_instructions("run")):
        return
    for span in _installs(subject):
        yield Finding(
            NAME,
            said("only root may enter /root, but the program runs as {user}", user=user),
            span,
            "install into a virtual environment such as /opt/venv",
        )


def _installs(subject: Subject) -> Iterator[Span]:
    for one in copied(subject, subject.image_stages):
        if one.from_stage is not None and is_below(one.destination, "/root/.local"):
            yield one.span
    for placed in subject.image_instructions("run"):
        if "--user" not in placed.instruction.text or placed.scope.user not in ("", "root", "0", None):
            continue
        if any(name in placed.scope.variables for name in ("PYTHONUSERBASE", "HOME")):
            continue
        # An unknown base's user counts as root only when a later USER leaves it.
        for program in subject.programs(placed, "pip", "pip3", "python", "python3"):
            word = next((word for word in words_of(subject, program) if word.value == "--user"), None)
            if word is not None and "install" in program.arguments:
                yield word.span


RULE = Rule(NAME, "error", "correctness", check)
