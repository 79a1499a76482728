"""The whole build context is copied, and there is no .dockerignore.

`COPY . .` then takes everything: `.git`, local environments, `node_modules`, build output, `.env` files with secrets.
It all ends up in a layer, and every change of any of it makes the layer new. A `.dockerignore` says what the build
does not see.

Bad:

```text file=app.py
print("hello")
```

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
```

Good:

```text file=.dockerignore
.git
.venv
.env
```

```dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "app.py"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import copied
from lightship.rules.model import Finding, Rule, Subject

NAME = "broad_copy_without_ignore"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding, for the first such COPY; one in the final image goes before one in a builder stage."""
    context = subject.context
    if context is None or context.ignore.path is not None:
        return
    broad = [one for one in copied(subject, subject.graph.stages) if one.is_everything]
    shipped = [one for one in broad if subject.in_image(one.placed.stage)]
    for one in (shipped or broad)[:1]:
        ends = "ships with the image" if shipped else "starts the build anew when it changes"
        yield Finding(
            NAME,
            said("everything beside the Dockerfile {ends}: there is no .dockerignore", ends=ends),
            one.span,
            "write a .dockerignore: .git, local environments, build output, secrets",
        )


RULE = Rule(NAME, "warning", "size", check)
