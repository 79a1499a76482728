"""The packages of an image as package URLs name them.

Source: https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packageurl import PackageURL

if TYPE_CHECKING:
    from lightship.inspection import Inspection

_OS_TYPES = {"dpkg": "deb", "apk": "apk", "rpm": "rpm"}
_NAME_RUN = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Listed:
    """One package. ``version`` is "" where it is not known, ``place`` where it does not lie in one place."""

    url: PackageURL
    group: str
    name: str
    version: str
    place: str


def listed(image: Inspection) -> tuple[Listed, ...]:
    """Every package once, in the order of their URLs and places."""
    found = {(str(one.url), one.place): one for one in _all(image)}
    return tuple(found[key] for key in sorted(found))


def moment(image: Inspection) -> datetime:
    """When the image was made, to the second; SOURCE_DATE_EPOCH goes before; 1970 where nothing says."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return datetime.fromtimestamp(int(epoch), UTC)
    match = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", image.card.created)
    try:
        return datetime.fromisoformat(match[0]).replace(tzinfo=UTC) if match else datetime.fromtimestamp(0, UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _all(image: Inspection) -> Iterator[Listed]:
    for one in image.owners:
        if one.kind == "os":
            yield _of_the_os(image, one.name, one.version)
        elif one.kind != "files":
            yield _of_a_language(one.kind, one.name, one.version, one.place)
    for part in image.components:
        yield _of_a_language(part.kind, part.name, part.version, part.place)


def _of_the_os(image: Inspection, name: str, version: str) -> Listed:
    distribution, _, release = image.card.distribution.partition(" ")
    type_ = _OS_TYPES.get(image.card.package_manager, "generic")
    qualifiers = {"distro": f"{distribution}-{release}"} if release else None
    url = PackageURL(type_, distribution or None, name, version or None, qualifiers)
    return Listed(url, "", name, version, "")


def _of_a_language(kind: str, name: str, version: str, place: str) -> Listed:
    group, plain, type_ = "", name, {"pip": "pypi", "go": "golang"}.get(kind, kind)
    if kind == "pip":
        plain = _NAME_RUN.sub("-", name).lower()
    elif kind == "java":
        group, _, plain = name.rpartition(":")
        type_ = "maven" if group else "generic"
    elif kind in ("npm", "go"):
        group, _, plain = name.rpartition("/")
    return Listed(PackageURL(type_, group or None, plain, version or None), group, plain, version, place)
