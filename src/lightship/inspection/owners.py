"""Who put the bytes of the final file system there: OS packages, packages of languages, programs, or nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lightship.distros import Installed, judge
from lightship.inspection.languages import LanguageFiles, language_files
from lightship.inspection.model import Component, Owner
from lightship.oci import Located, Rootfs

OS, NOBODY = "os", "files"
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Owned:
    """Owners, largest first, and what has no files of its own."""

    owners: tuple[Owner, ...]
    components: tuple[Component, ...]


def owned(rootfs: Rootfs, database: Installed) -> Owned:
    """Every regular file counted once, hard links not at all; a language's package goes before the directory."""
    files = {path: one for path, one in rootfs.items() if one.entry.kind == "file" and not one.twin}
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    rest: dict[str, Located] = {}
    for path, located in files.items():
        package = database.owner(path)
        if package is None:
            rest[path] = located
        else:
            sizes[package.name] += located.entry.stored
            counts[package.name] += 1
    found = [
        Owner(
            OS,
            package.name,
            package.version,
            sizes.pop(package.name, 0),
            counts[package.name],
            build_only=judge(database, package).need == "build-only",
        )
        for package in database.packages
    ]
    languages = language_files(rootfs, rest)
    found += _languages(languages, rest)
    found += _nobody(languages, rest)
    order = sorted(found, key=lambda one: (-one.size, one.kind, one.name, one.place))
    return Owned(tuple(order), languages.components)


def _languages(languages: LanguageFiles, files: Mapping[str, Located]) -> list[Owner]:
    sizes: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for path, index in languages.owner.items():
        if path in files:
            sizes[index] += files[path].entry.stored
            counts[index] += 1
    return [
        Owner(one.kind, one.name, one.version, sizes[index], counts[index], one.place)
        for index, one in enumerate(languages.packages)
    ]


def _nobody(languages: LanguageFiles, files: Mapping[str, Located]) -> list[Owner]:
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    # Thousands of files lie in each directory: what it is counted under is worked out once.
    above: dict[str, str] = {}
    for path, located in files.items():
        if path not in languages.owner:
            parent = path.rpartition("/")[0]
            directory = above.get(parent)
            if directory is None:
                directory = above[parent] = "/".join(parent.split("/")[:_DEPTH])
            sizes[directory] += located.entry.stored
            counts[directory] += 1
    return [Owner(NOBODY, f"/{path}", "", size, counts[path], path) for path, size in sizes.items()]
