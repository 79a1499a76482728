"""A stage's name has capital letters.

BuildKit compares stage names without regard to case, other builders do not all do so, and image names may not have
capital letters at all. Lower-case names keep `FROM builder`, `--from=builder` and `--target builder` the same
everywhere.

Bad:

```dockerfile
FROM golang:1.23 AS BuildStage
RUN go version
FROM scratch
COPY --from=BuildStage /usr/local/go/VERSION /
```

Good:

```dockerfile
FROM golang:1.23 AS build-stage
RUN go version
FROM scratch
COPY --from=build-stage /usr/local/go/VERSION /
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit, Span

NAME = "stage_name_not_lowercase"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every stage whose name is not in lower case."""
    for stage in subject.graph.stages:
        if stage.name is None:
            continue
        word = stage.from_instruction.words[2]
        if word.text == stage.name:
            continue
        edits = [Edit(word.span, stage.name), *_references(subject, stage.name, stage.index)]
        yield Finding(
            NAME,
            said("Stage name '{text}' should be lowercase", text=word.text),
            word.span,
            said("write AS {name}", name=stage.name),
            (Fix(tuple(edits), True, said("rename it to {name}", name=stage.name)),),
        )


def _references(subject: Subject, name: str, index: int) -> Iterator[Edit]:
    """The places below the stage that name it in other letters."""
    for stage in subject.graph.stages[index + 1 :]:
        base = stage.from_instruction.words[:1]
        if base and base[0].text != name and base[0].text.lower() == name:
            yield Edit(base[0].span, name)
        for instruction in stage.instructions:
            flag = instruction.flag("from") if instruction.keyword == "copy" else None
            if flag and flag.value and flag.value != name and flag.value.lower() == name:
                start = flag.span.start + len("--from=")
                if Span(start, start + len(flag.value)).of(subject.text) == flag.value:
                    yield Edit(Span(start, start + len(flag.value)), name)


RULE = Rule(NAME, "info", "correctness", check, fixable=True, codes=("StageNameCasing",), grammar=True)
