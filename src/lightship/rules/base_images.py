"""What is known of public base images by their names: distribution, users, programs not in them.

Nothing is said of an image that is not listed; the lists come from the Dockerfiles in docker-library/official-images
and GoogleContainerTools/distroless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lightship.rules.model import Subject
from lightship.semantic import BaseRef, Stage

_REFERENCE = re.compile(r"(?P<name>[^@]+?)(?::(?P<tag>\w[\w.-]*))?(?:@(?P<digest>\S+))?")
_DEBIAN = frozenset(["buildpack-deps", "debian", "golang", "node", "openjdk", "perl", "php", "python", "ruby", "rust"])
_LANGUAGES = frozenset(["golang", "node", "openjdk", "perl", "python", "ruby", "rust"])
_STARTS_AS_ROOT = _DEBIAN | frozenset(
    [
        "almalinux",
        "alpine",
        "amazoncorretto",
        "amazonlinux",
        "busybox",
        "centos",
        "eclipse-temurin",
        "fedora",
        "maven",
        "oraclelinux",
        "rockylinux",
        "ubuntu",
        "mcr.microsoft.com/dotnet/aspnet",
        "mcr.microsoft.com/dotnet/runtime",
        "mcr.microsoft.com/dotnet/sdk",
    ]
)

Libc = Literal["glibc", "musl", ""]


@dataclass(frozen=True, slots=True)
class BaseImage:
    """An image reference, taken apart, without Docker Hub's own prefixes; what is not there is empty."""

    name: str
    tag: str
    digest: str

    @property
    def is_alpine(self) -> bool:
        """Whether it is Alpine, or one of the listed images on Alpine."""
        return self.name == "alpine" or (self.name in _DEBIAN | _STARTS_AS_ROOT and "alpine" in self.tag)

    @property
    def is_distroless(self) -> bool:
        """Whether it is one of the distroless images."""
        return self.name.startswith("gcr.io/distroless/")

    @property
    def is_slim(self) -> bool:
        """Whether it is a Debian image without what compiling needs."""
        return (self.name in _DEBIAN and "slim" in self.tag) or self.name in ("debian", "ubuntu")

    @property
    def libc(self) -> Libc:
        """The C library; empty when not known."""
        if self.is_alpine:
            return "musl"
        glibc = self.name in _DEBIAN | {"ubuntu", "fedora", "centos", "rockylinux", "almalinux"} or self.is_distroless
        return "glibc" if glibc and "windows" not in self.tag and "nanoserver" not in self.tag else ""

    @property
    def starts_as_root(self) -> bool:
        """Whether it is known to have no USER."""
        if self.is_distroless:
            return "nonroot" not in self.tag
        if self.name == "php" and ("apache" in self.tag or "fpm" in self.tag):
            return False
        return self.name in _STARTS_AS_ROOT and "windows" not in self.tag and "nanoserver" not in self.tag

    @property
    def has_slim_variant(self) -> bool:
        """Whether the image has a slim variant of every release."""
        return self.name in ("python", "node", "ruby", "perl", "debian")

    @property
    def version(self) -> str:
        """The version at the start of the tag: ``3.11`` of ``3.11.4-slim``; a lone number stays alone."""
        match = re.match(r"\d+(?:\.\d+)?", self.tag)
        return match[0] if match else ""

    def lacks(self, program: str) -> bool:
        """Whether the image is known not to hold a program."""
        if self.is_distroless:
            return "debug" not in self.tag or program not in ("wget", "nc")
        if self.is_alpine:
            return program in ("curl", "bash") and (
                self.name == "alpine" or self.name in _LANGUAGES - {"openjdk", "rust"}
            )
        if self.name in ("debian", "ubuntu") or (self.name in _LANGUAGES and "slim" in self.tag):
            return program in ("curl", "wget", "nc", "netcat")
        return False


def base_image(reference: str) -> BaseImage:
    """A reference, taken apart."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return BaseImage(reference, "", "")
    name = match["name"]
    for prefix in ("docker.io/", "index.docker.io/", "registry-1.docker.io/", "public.ecr.aws/docker/", "library/"):
        name = name.removeprefix(prefix)
    return BaseImage(name.lower(), match["tag"] or "", match["digest"] or "")


def lowest(subject: Subject, stage: Stage) -> BaseRef:
    """What a stage stands on in the end, through the stages below it: an image, scratch, or unknown."""
    return subject.graph.chain(stage)[0].base


def image_below(subject: Subject, stage: Stage) -> BaseImage | None:
    """The image that a stage stands on in the end, None for scratch and for what is not known."""
    base = lowest(subject, stage)
    return base_image(base.reference) if base.kind == "image" else None
