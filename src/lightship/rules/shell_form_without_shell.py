"""The shell form is used in an image without a shell.

`CMD app --flag` runs as `/bin/sh -c "app --flag"`. On `scratch` and in distroless images there is no `/bin/sh`: the
container (or the RUN, or the health check) fails with "no such file or directory". Write the exec form, `CMD ["app",
"--flag"]`.

The fix does that for commands of plain words.

Bad:

```dockerfile
FROM golang:1.22 AS build
RUN CGO_ENABLED=0 go build -o /app

FROM gcr.io/distroless/static-debian12
COPY --from=build /app /app
CMD /app --port 8080
```

Good:

```dockerfile
FROM golang:1.22 AS build
RUN CGO_ENABLED=0 go build -o /app

FROM gcr.io/distroless/static-debian12
COPY --from=build /app /app
CMD ["/app", "--port", "8080"]
```
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import base_image, lowest
from lightship.rules.copied import Copied, copied_by
from lightship.rules.edits import replace
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.semantic import Stage

NAME = "shell_form_without_shell"
_RUN_BY_A_SHELL = ("cmd", "entrypoint", "healthcheck", "run")
_ROOT = re.compile(r"root|^out|^dist|install|stag|export|target|chroot|^image")
_PLAIN = re.compile(r"[\w./:=@,+%-]+(?: +[\w./:=@,+%-]+)*")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every instruction in shell form, in any stage, where there is no shell."""
    for stage in subject.graph.stages:
        if not _has_no_shell(subject, stage):
            continue
        for index, instruction in enumerate(stage.instructions):
            placed = Placed(stage, index, instruction)
            if instruction.keyword in ("copy", "add", "run") and _may_bring_a_shell(subject, placed):
                break
            if (
                instruction.keyword not in ("cmd", "entrypoint", "healthcheck", "run")
                or instruction.exec_form is not None
            ):
                continue
            if not instruction.words or placed.scope.shell != ("/bin/sh", "-c"):
                continue
            if instruction.keyword == "healthcheck" and len(instruction.words) < 2:
                continue
            yield _finding(subject, placed)


def _finding(subject: Subject, placed: Placed) -> Finding:
    instruction = placed.instruction
    word = instruction.words[-1]
    text = word.span.of(subject.text).rstrip()
    fixes: tuple[Fix, ...] = ()
    if (
        instruction.keyword != "run"
        and _PLAIN.fullmatch(text)
        and not re.match(r"\w+=|exec |cd ", text)
        and not instruction.heredocs
    ):
        edit = replace(word.span, json.dumps(text.split()))
        fixes = (Fix((edit,), True, "write the exec form"),)
    return Finding(
        NAME,
        said(
            "{keyword} in shell form needs /bin/sh, which this image does not have", keyword=instruction.keyword.upper()
        ),
        word.span,
        "write the exec form: a JSON array of words",
        fixes,
    )


def _has_no_shell(subject: Subject, stage: Stage) -> bool:
    base = lowest(subject, stage)
    if base.kind == "scratch":
        chain = subject.graph.chain(stage)[:-1]
        placed = [Placed(one, at, item) for one in chain for at, item in enumerate(one.instructions)]
        return not any(
            one.instruction.keyword in ("copy", "add") and _may_bring_a_shell(subject, one) for one in placed
        )
    image = base_image(base.reference)
    # The debug images hold BusyBox.
    return base.kind == "image" and image.is_distroless and "debug" not in image.tag


def _may_bring_a_shell(subject: Subject, placed: Placed) -> bool:  # noqa: PLR0911 - one return a way
    """Whether what comes after an instruction may have ``/bin/sh``."""
    instruction = placed.instruction
    if instruction.keyword == "run":
        # An exec form that works in such an image may be BusyBox installing itself.
        return instruction.exec_form is not None
    if instruction.keyword == "add" and instruction.words and instruction.words[-1].value in ("/", ".", "./", "/."):
        return True
    for one in copied_by(subject, placed):
        name = posixpath.basename(one.source)
        if name in ("sh", "bash", "dash", "busybox", "toybox"):
            return True
        if one.destination in ("/bin", "/usr", "/usr/bin") and not re.search(r"/[\w-]+$", one.source):
            return True
        if one.destination in ("/", "") and _may_be_a_root(one, name):
            return True
        if one.destination in ("/bin", "/usr", "/usr/bin", "/lib") and one.source in ("/bin", "/usr", "/usr/bin"):
            return True
    return False


def _may_be_a_root(one: Copied, name: str) -> bool:
    """Whether a directory whose contents land in the root may be a whole root file system."""
    return one.is_everything or bool(one.external) or one.source == "/" or _ROOT.search(name) is not None


RULE = Rule(NAME, "error", "correctness", check, fixable=True)
