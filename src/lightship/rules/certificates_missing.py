"""The builder stage installs CA certificates, and the image on scratch does not get them.

`scratch` has no `/etc/ssl/certs`: every HTTPS request fails with "certificate signed by unknown authority". Whoever
installs `ca-certificates` in the stage that builds usually meant them for the program.

Bad:

```dockerfile
FROM golang:1.22-alpine AS build
RUN apk add --no-cache ca-certificates
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=build /app /app
CMD ["/app"]
```

Good:

```dockerfile
FROM golang:1.22-alpine AS build
RUN apk add --no-cache ca-certificates
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /app /app
CMD ["/app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import copied
from lightship.rules.edits import insert_line_before
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.package_commands import installed

NAME = "certificates_missing"
_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_CERTIFICATES = re.compile(r"cert|/ssl|/pki|\.crt$|\.pem$|^/etc(?:/\*?)?$|^/$|root(?:fs)?/?$")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first COPY into a final image on scratch, when its builder has certificates by intent."""
    stages = subject.image_stages
    if not stages or stages[0].base.kind != "scratch":
        return
    taken = list(copied(subject, stages))
    if not taken or any(_CERTIFICATES.search(one.source) or one.destination == "/etc" for one in taken):
        return
    if any(True for _ in subject.image_instructions("add")):
        # It may unpack a root file system.
        return
    for one in taken:
        if one.from_stage is None:
            continue
        commands = installed(subject, subject.graph.chain(one.from_stage))
        if any("ca-certificates" in command.names for command in commands):
            flag = one.placed.instruction.flag("from")
            line = f"COPY {flag.text if flag else ''} {_BUNDLE} {_BUNDLE}"
            edit = insert_line_before(subject.dockerfile, one.placed.instruction, line)
            yield Finding(
                NAME,
                said(
                    "stage {label} has CA certificates, but this image on scratch has none", label=one.from_stage.label
                ),
                one.span,
                line,
                (Fix((edit,), False, "copy the certificates"),),
            )
            return


RULE = Rule(NAME, "info", "correctness", check, fixable=True)
