"""A RUN calls sudo.

A RUN already runs as the user that USER names, root by default: sudo then does nothing but ask to be installed. Where
another user is set, put what needs root above the USER, or between `USER root` and `USER ...`.

The fix takes sudo away where the file shows that the RUN runs as root.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN sudo mkdir /data
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN mkdir /data
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.base_images import image_below
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import words_of
from lightship.text import Edit, Span

NAME = "sudo_in_run"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every call of sudo in a RUN, in any stage."""
    for placed in subject.instructions("run"):
        for program in subject.programs(placed, "sudo"):
            words = words_of(subject, program)
            plain = len(words) > 1 and words[1].value is not None and words[1].value[:1] not in ("-", "")
            as_root = _is_root(subject, placed)
            fixes: tuple[Fix, ...] = ()
            if plain and as_root and "=" not in (words[1].value or ""):
                fixes = (
                    Fix((Edit(Span(words[0].span.start, words[1].span.start), ""),), True, "call it without sudo"),
                )
            help_ = "leave sudo out: the RUN runs as root" if as_root else "do what needs root above the USER"
            yield Finding(NAME, "sudo is called in a RUN", program.span, help_, fixes)


def _is_root(subject: Subject, placed: Placed) -> bool:
    """Whether a RUN is known to run as root."""
    user = placed.scope.user
    if user is not None:
        return user.partition(":")[0] in ("", "root", "0")
    image = image_below(subject, placed.stage)
    return image is not None and image.starts_as_root


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("DL3004",))
