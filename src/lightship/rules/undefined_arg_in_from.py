"""FROM uses a variable that no ARG above the first FROM declares.

In FROM only ARGs that stand before the first FROM count, and the platform variables that BuildKit sets. Any other
variable is empty, whatever `--build-arg` says.

Bad:

```dockerfile
ARG TAG=3.20
FROM alpine:${TAGS}
```

Good:

```dockerfile
ARG TAG=3.20
FROM alpine:${TAG}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lightship.dockerfile import ExpandError, Instruction, lex
from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject
from lightship.semantic.stages import PLATFORM_ARGS
from lightship.text import Span

NAME = "undefined_arg_in_from"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every undeclared variable of every FROM."""
    declared = {**dict.fromkeys(PLATFORM_ARGS, ""), **{name: value or "" for name, value in _declared(subject)}}
    for stage in subject.graph.stages:
        for text, span in _words(stage.from_instruction):
            if "$" not in text:
                continue
            try:
                unmatched = lex(text, declared, escape=subject.dockerfile.escape).unmatched
            except ExpandError:
                continue
            for name in sorted(unmatched):
                near = _nearest(name, declared)
                hint = said(" (did you mean {near}?)", near=near) if near else ""
                help_ = said("write ARG {name} above the first FROM, or use the right name", name=name)
                yield Finding(
                    NAME, said("FROM argument '{name}' is not declared{hint}", name=name, hint=hint), span, help_
                )


def _nearest(name: str, declared: Iterable[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(name, sorted(declared), 1, 0.7)), "")


def _declared(subject: Subject) -> Iterator[tuple[str, str | None]]:
    yield from subject.graph.global_args.items()


def _words(from_: Instruction) -> Iterator[tuple[str, Span]]:
    if from_.words:
        yield from_.words[0].text, from_.words[0].span
    flag = from_.flag("platform")
    if flag is not None and flag.value:
        yield flag.value, flag.span


RULE = Rule(NAME, "warning", "correctness", check, codes=("UndefinedArgInFrom",))
