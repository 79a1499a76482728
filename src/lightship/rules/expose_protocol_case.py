"""The protocol of EXPOSE has capital letters.

The image configuration knows `tcp`, `udp` and `sctp`; tools compare them as they are.

Bad:

```dockerfile
FROM alpine:3.20
EXPOSE 53/UDP
```

Good:

```dockerfile
FROM alpine:3.20
EXPOSE 53/udp
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.expose import ports
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.text import Edit

NAME = "expose_protocol_case"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every port whose protocol is not in lower case."""
    for port, word in ports(subject):
        number, slash, protocol = port.partition("/")
        if protocol == protocol.lower():
            continue
        right = number + slash + protocol.lower()
        fixes = (Fix((Edit(word.span, right),), True, said("write {right}", right=right)),) if word.text == port else ()
        message = said("Defined protocol '{port}' in EXPOSE instruction should be lowercase", port=port)
        yield Finding(NAME, message, word.span, said("write {right}", right=right), fixes)


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("ExposeProtoCasing",))
