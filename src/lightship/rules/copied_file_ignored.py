"""COPY or ADD names a file that `.dockerignore` keeps out of the build.

The build fails with `not found`, though the file is there for everybody to see.

Bad:

```text file=.dockerignore
*.log
config
```

```dockerfile
FROM alpine:3.20
COPY config/app.toml /etc/app.toml
```

Good:

```dockerfile
FROM alpine:3.20
COPY settings/app.toml /etc/app.toml
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.dockerfile import ExpandError
from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject
from lightship.semantic import expand_in
from lightship.semantic.ignore import clean_path

NAME = "copied_file_ignored"
_ELSEWHERE = ("http://", "https://", "git@", "git://", "ssh://", "<<")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every source that is ignored; none where the ignore file makes exceptions with ``!``."""
    if subject.context is None or not subject.context.ignore.patterns or subject.context.ignore.has_exceptions:
        return
    for placed in subject.instructions("copy", "add"):
        instruction = placed.instruction
        if instruction.flag("from") is not None:
            continue
        for word in instruction.words[:-1]:
            try:
                source = expand_in(placed.scope, word.value, subject.dockerfile.escape)
            except ExpandError:
                continue
            if not source or source.startswith(_ELSEWHERE):
                continue
            path = clean_path(source)
            if subject.context.excludes(path):
                name = instruction.keyword.capitalize()
                message = said(
                    'Attempting to {name} file "{path}" that is excluded by .dockerignore', name=name, path=path
                )
                ignore = subject.context.ignore.path
                yield Finding(
                    NAME, message, word.span, said("change {name}", name=ignore.name if ignore else ".dockerignore")
                )


RULE = Rule(NAME, "warning", "correctness", check, codes=("CopyIgnoredFile",))
