"""EXPOSE has an address or a port of the host.

EXPOSE says which ports the container listens on; publishing is the business of `docker run -p`. The builder throws
the rest away, and says that it will refuse it one day.

Bad:

```dockerfile
FROM alpine:3.20
EXPOSE 127.0.0.1:8080:80
```

Good:

```dockerfile
FROM alpine:3.20
EXPOSE 80
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.expose import ports
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit

NAME = "expose_with_address"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every port with something before a colon."""
    for port, word in ports(subject):
        before, colon, right = port.rpartition(":")
        if not colon or before in ("", ":"):
            continue
        fixes = (
            (Fix((Edit(word.span, right),), True, said("write {right}", right=right)),)
            if word.text == port and right
            else ()
        )
        message = said(
            "EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'", port=port
        )
        yield Finding(NAME, message, word.span, said("write {right}", right=right), fixes)


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("ExposeInvalidFormat",))
