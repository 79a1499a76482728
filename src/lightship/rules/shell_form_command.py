"""CMD or ENTRYPOINT in shell form.

The program is then a child of `/bin/sh -c`: `docker stop` sends its signal to the shell, the program never hears of
it and is killed after ten seconds. An image without a shell cannot run it at all. In exec form the program is the
container's first process. The fix is unsafe, because a shell that was there for the program is gone then.

Bad:

```dockerfile
FROM alpine:3.20
CMD sleep 60
```

Good:

```dockerfile
FROM alpine:3.20
CMD ["sleep", "60"]
```
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lightship.dockerfile import Instruction
from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.semantic import Stage
from lightship.text import Edit

NAME = "shell_form_command"
# Words that mean to a shell what they say, and nothing else.
_PLAIN = re.compile(r"[\w./:@%+,=-]+(?:[ \t]+[\w./:@%+,=-]+)*")
_BUILTINS = frozenset({"cd", "exec", "export", "set", "source", ".", "ulimit", "umask", "trap", "if", "for", "while"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every shell-form CMD and ENTRYPOINT, unless the Dockerfile chose a shell with SHELL."""
    chosen: set[int] = set()
    for stage in subject.graph.stages:
        own_shell = stage.base.stage in chosen
        for instruction in stage.instructions:
            if instruction.keyword == "shell":
                own_shell = True
            if instruction.keyword not in ("cmd", "entrypoint") or instruction.exec_form is not None or own_shell:
                continue
            name = instruction.keyword.upper()
            fix = _fix(subject, stage, instruction)
            message = said(
                "JSON arguments recommended for {name} to prevent unintended behavior related to OS signals", name=name
            )
            help_ = said('write {name} ["program", "argument"]', name=name)
            yield Finding(NAME, message, instruction.keyword_span, help_, (fix,) if fix else ())
        if own_shell:
            chosen.add(stage.index)


def _fix(subject: Subject, stage: Stage, instruction: Instruction) -> Fix | None:
    """Exec form with the same words, where the shell would do nothing with them.

    None when the stage has both CMD and ENTRYPOINT: in exec form the two are put together, in shell form they are not.
    """
    text = instruction.arguments
    if not _PLAIN.fullmatch(text) or instruction.arguments_span.of(subject.text) != text:
        return None
    words = text.split()
    if words[0] in _BUILTINS or "=" in words[0]:
        return None
    if any(one.keyword in ("cmd", "entrypoint") and one is not instruction for one in stage.instructions):
        return None
    edit = Edit(instruction.arguments_span, json.dumps(words))
    return Fix((edit,), False, "write it in exec form")


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("JSONArgsRecommended", "DL3025"))
