"""References to images in registries: ``[HOST[:PORT]/]NAME[:TAG][@DIGEST]``, short names as Docker completes them.

Source: https://github.com/distribution/reference/blob/main/reference.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lightship.errors import UsageError
from lightship.messages import said
from lightship.oci.document import is_digest

DOCKER_HUB = "docker.io"
_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Reference:
    """An image in a registry. ``digest`` is "" when only a tag is named; it wins over the tag otherwise."""

    host: str
    name: str
    tag: str = "latest"
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.host}/{self.name}" + (f"@{self.digest}" if self.digest else f":{self.tag}")

    @property
    def server(self) -> str:
        """Where the registry really answers."""
        return "registry-1.docker.io" if self.host == DOCKER_HUB else self.host

    @property
    def is_local(self) -> bool:
        """Whether the registry is on this machine, where plain HTTP is usual."""
        host = self.host.rpartition(":")[0] if re.search(r":\d+$", self.host) else self.host
        return host in ("localhost", "[::1]") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def parse_reference(text: str) -> Reference:
    """The reference that a text names. Raises UsageError."""
    rest, _, digest = text.partition("@")
    first, slash, after = rest.partition("/")
    # Docker's rule: the first part is a host when it could not be the name of a user.
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        host, rest = first, after
    else:
        host = DOCKER_HUB
    host = DOCKER_HUB if host in ("index.docker.io", "registry-1.docker.io") else host
    name, colon, tag = rest.partition(":")
    if host == DOCKER_HUB and "/" not in name:
        name = f"library/{name}"
    good = _HOST.fullmatch(host) and _NAME.fullmatch(name) and (not colon or _TAG.fullmatch(tag))
    if not good or (digest and not is_digest(digest)) or ("@" in text and not digest):
        raise UsageError(
            said("not an image reference: {text!r}", text=text), help="write it as HOST/NAME:TAG or HOST/NAME@sha256:…"
        )
    return Reference(host, name, tag or "latest", digest)
