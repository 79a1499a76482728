"""Python packages are copied without their scripts.

`COPY --from=build .../site-packages` brings the modules of a package. The programs that it installs (`uvicorn`,
`gunicorn`, `flask`) lie in `/usr/local/bin`, and stay behind: "executable file not found in $PATH". Start the module
with `python -m`, or copy the scripts too; a virtual environment holds both in one directory.

The fix copies the scripts from the same stage.

Bad:

```dockerfile
FROM python:3.12-slim AS build
RUN pip install uvicorn

FROM python:3.12-slim
COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
CMD ["uvicorn", "main:app"]
```

Good:

```dockerfile
FROM python:3.12-slim AS build
RUN pip install uvicorn

FROM python:3.12-slim
COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=build /usr/local/bin /usr/local/bin
CMD ["uvicorn", "main:app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import copied
from lightship.rules.edits import insert_line_after
from lightship.rules.entry_programs import entry_programs
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.python_trees import SCRIPTS, brings

NAME = "site_packages_without_scripts"
_MODULES = re.compile(r"(?P<prefix>/usr/local|/usr)/lib/python3(?:\.\d+)?(?:/(?:site|dist)-packages)?")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the COPY of modules, when the image starts one of their scripts and has no copy of that."""
    copies = list(copied(subject, subject.image_stages))
    modules = [(one, match) for one in copies if one.from_stage and (match := _MODULES.fullmatch(one.destination))]
    if not modules:
        return
    name = next((one.name for one in entry_programs(subject) if one.name in SCRIPTS), "")
    if not name or any(re.search(r"\binstall\b", one.instruction.text) for one in subject.image_instructions("run")):
        return
    one, match = modules[0]
    folder = f"{match['prefix']}/bin"
    if brings(copies, f"{folder}/{name}") or any(name in other.source for other in copies):
        return
    if any(other.from_stage is not None and other.destination.endswith("/bin") for other in copies):
        return
    flag = one.placed.instruction.flag("from")
    line = f"COPY {flag.text if flag else ''} {folder} {folder}"
    edit = insert_line_after(subject.dockerfile, one.placed.instruction, line)
    yield Finding(
        NAME,
        said("{name} is in {folder} of the builder stage, and is not copied", name=name, folder=folder),
        one.span,
        said("start it with python -m {name}, or copy {folder} too", name=name, folder=folder),
        (Fix((edit,), False, said("copy {folder} too", folder=folder)),),
    )


RULE = Rule(NAME, "error", "correctness", check, fixable=True)
