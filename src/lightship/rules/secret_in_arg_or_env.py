r"""An ARG or ENV holds what looks like a secret.

Both end up in the image: ENV in its configuration, ARG in its history, for everybody who can pull it. A secret mount
is there while the one RUN runs and leaves nothing behind.

Bad:

```dockerfile
FROM alpine:3.20
ARG API_TOKEN
RUN wget --header "Authorization: Bearer $API_TOKEN" https://example.com/data
```

Good:

```dockerfile
FROM alpine:3.20
RUN --mount=type=secret,id=api_token,env=API_TOKEN \
    wget --header "Authorization: Bearer $API_TOKEN" https://example.com/data
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.dockerfile import Instruction
from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject
from lightship.text import Span

NAME = "secret_in_arg_or_env"
_SECRET = re.compile(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)", re.IGNORECASE
)
# API_TOKEN_FILE names a file and AUTH_MODULE_VERSION a version: neither is a secret.
_NOT_SECRET = re.compile(r"(?:_|^)(?:public|file|version)(?:_|$)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every name of ARG and ENV that has a word for a secret in it."""
    for placed in subject.instructions("arg", "env"):
        for name, span in _names(placed.instruction):
            if _SECRET.search(name) and not _NOT_SECRET.search(name):
                keyword = placed.instruction.keyword.upper()
                message = said(
                    'Do not use ARG or ENV instructions for sensitive data ({keyword} "{name}")',
                    keyword=keyword,
                    name=name,
                )
                help_ = "give it to the RUN that needs it: --mount=type=secret,id=...,env=" + name
                yield Finding(NAME, message, span, help_)


def _names(instruction: Instruction) -> Iterator[tuple[str, Span]]:
    if instruction.keyword == "env":
        for name, _, _ in instruction.pairs:
            yield name.text, name.span
        return
    for word in instruction.words:
        name_text = word.text.partition("=")[0]
        yield name_text, Span(word.span.start, word.span.start + len(name_text))


RULE = Rule(NAME, "warning", "security", check, codes=("SecretsUsedInArgOrEnv",))
