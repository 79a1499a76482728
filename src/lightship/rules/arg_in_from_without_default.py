"""Without a `--build-arg`, FROM names no valid image.

A plain `docker build` then fails, and tools that read the file cannot tell which image is meant. Give the ARG a
default, or write one into the word: `${TAG:-3.20}`.

Bad:

```dockerfile
ARG TAG
FROM alpine:${TAG}
```

Good:

```dockerfile
ARG TAG=3.20
FROM alpine:${TAG}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.dockerfile import ExpandError, lex
from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject
from lightship.semantic.stages import PLATFORM_ARGS

NAME = "arg_in_from_without_default"
# https://pkg.go.dev/github.com/distribution/reference: name[:tag][@digest]
_REFERENCE = re.compile(
    r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
    r"(?::[0-9]+)?/|\[[a-fA-F0-9:]+\](?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
# What the platform variables may well be: whether the name is valid does not hang on which.
_PLATFORM = {"OS": "linux", "ARCH": "amd64", "PLATFORM": "linux/amd64", "VARIANT": "", "OSVERSION": "", "STAGE": ""}


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every FROM with variables whose defaults make no image reference."""
    known = {name: _PLATFORM[name.removeprefix("BUILD").removeprefix("TARGET")] for name in PLATFORM_ARGS}
    known |= {name: value for name, value in subject.graph.global_args.items() if value is not None}
    for stage in subject.graph.stages:
        word = stage.from_instruction.words[0] if stage.from_instruction.words else None
        if word is None or "$" not in word.text:
            continue
        try:
            reference = lex(word.text, known, escape=subject.dockerfile.escape).text
        except ExpandError:
            continue
        if not _REFERENCE.fullmatch(reference):
            message = said("Default value for ARG {text} results in empty or invalid base image name", text=word.text)
            yield Finding(NAME, message, word.span, "give the ARG a default value")


RULE = Rule(NAME, "warning", "correctness", check, codes=("InvalidDefaultArgInFrom",))
