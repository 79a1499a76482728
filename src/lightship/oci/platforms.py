"""Platforms: operating system, architecture, variant, as `--platform` writes them.

Source: https://github.com/containerd/platforms (normalisation), https://github.com/opencontainers/image-spec/blob/main/image-index.md
"""

from __future__ import annotations

from dataclasses import dataclass

from lightship.errors import UsageError
from lightship.messages import said
from lightship.oci.model import ImageConfig

_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
    "i386": "386",
}
_DEFAULT_VARIANTS = {("arm64", "v8"), ("amd64", "v1")}


@dataclass(frozen=True, slots=True)
class Platform:
    """``variant`` is "" for the usual one of an architecture (arm64's v8, amd64's v1) and where none was said."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


def parse_platform(text: str) -> Platform:
    """A platform such as ``linux/arm64/v8``. Raises UsageError."""
    parts = text.lower().split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise UsageError(said("not a platform: {text!r}", text=text), help="write it as linux/amd64 or linux/arm/v7")
    return normal(parts[0], parts[1], parts[2] if len(parts) == 3 else "")


def normal(os: str, architecture: str, variant: str = "") -> Platform:
    """The platform in its usual spelling."""
    architecture = _ARCHITECTURES.get(architecture, architecture)
    return Platform(os, architecture, "" if (architecture, variant) in _DEFAULT_VARIANTS else variant)


def platform_of(config: ImageConfig) -> Platform:
    """The platform that an image says it is for."""
    return normal(config.os, config.architecture, config.variant)
