"""Names of smaller images of the same release, to be asked for; whether they fit is then read from the images."""

from __future__ import annotations

import re

from lightship.distros import Release

_CODENAMES = ("trixie", "bookworm", "bullseye", "buster", "noble", "jammy", "focal")


def slim_names(reference: str, release: Release) -> tuple[str, ...]:
    """References that may name a slim variant of an image, the likeliest first; none when it is slim already.

    Official images write ``python:3.11-slim``, ``python:3.11-slim-bookworm`` and ``node:20-bookworm-slim``. A digest
    names one image only, so it has no variant.
    """
    if "@" in reference or is_slim(reference):
        return ()
    name, tag = _parts(reference)
    codename = next((one for one in _CODENAMES if tag.endswith(one)), "")
    stem = tag.removesuffix(codename).rstrip("-") if codename else tag
    found = []
    if tag == "latest":
        found.append(f"{name}:slim")
    elif codename and stem:
        found += [f"{name}:{stem}-slim-{codename}", f"{name}:{stem}-{codename}-slim"]
    elif codename:
        found.append(f"{name}:{codename}-slim")
    else:
        found.append(f"{name}:{tag}-slim")
    if release.id == "debian" and release.codename:
        found.append(f"debian:{release.codename}-slim")
    return tuple(dict.fromkeys(found))


def is_slim(reference: str) -> bool:
    """Whether a reference names an image that is a small variant itself, pinned or not."""
    name, tag = _parts(reference.partition("@")[0])
    return "slim" in tag or "alpine" in tag or "distroless" in name


def _parts(reference: str) -> tuple[str, str]:
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag or not re.fullmatch(r"[\w][\w.-]*", tag):
        return reference, "latest"
    return name, tag
