"""A file that holds secrets is copied into the image.

Whoever can pull the image can read every layer of it, also a file that a later layer deletes. Give secrets to a build
with `RUN --mount=type=secret`, and to a running container through its environment or a mounted file.

Bad:

```dockerfile
FROM python:3.12-slim
COPY .env app.py /app/
CMD ["python", "/app/app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
COPY app.py /app/
CMD ["python", "/app/app.py"]
```
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.copied import Copied, copied
from lightship.rules.model import Finding, Rule, Subject

NAME = "secret_copied"
_SECRET = re.compile(
    r"""(?:^|/)(?:
        \.env(?:\.local|\.production\.local|\.development\.local)?
      | id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?
      | \.ssh | \.aws | \.gnupg | \.netrc | _netrc | \.pgpass | \.git-credentials | \.pypirc | \.vault-token
      | \.aws/credentials | \.docker/config\.json | \.kube/config | kubeconfig
      | (?:service[-_]account|gcp|google)[-_]?(?:key|credentials|creds)?\.json
      | credentials\.json | client_secrets?\.json
      | (?:private|privkey|server|tls|ssl)[-_.]?key\.pem | private\.key | server\.key | privkey\.pem
      | secrets?\.(?:ya?ml|json|env|txt)
    )$""",
    re.VERBOSE,
)
_OFTEN_THERE = (".env", ".env.local", ".netrc", "id_rsa", "credentials.json")
"""What is looked for in the context when everything is copied."""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every secret by its name that COPY or ADD brings into the final image."""
    for one in copied(subject, subject.image_stages):
        if not one.from_context:
            continue
        for name in _secrets(subject, one):
            yield Finding(
                NAME,
                said("{name} ends up in a layer, for everyone to read who can pull the image", name=name),
                one.span,
                "leave it out (.dockerignore); give it to the build with --mount=type=secret, or to the container",
            )


def _secrets(subject: Subject, one: Copied) -> Iterator[str]:
    context = subject.context
    if _SECRET.search(one.source):
        if context is None or not context.excludes(one.source):
            yield one.source
        return
    if context is None:
        return
    folder = "" if one.is_everything else one.source
    if any(char in folder for char in "*?[") or not (context.folder / folder).is_dir():
        return
    for name in _OFTEN_THERE:
        path = posixpath.join(folder, name)
        if context.exists(path) and not context.excludes(path):
            yield path


RULE = Rule(NAME, "warning", "security", check)
