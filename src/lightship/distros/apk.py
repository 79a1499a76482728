"""Alpine and its relatives: apk's database, world file and commands.

Sources: https://wiki.alpinelinux.org/wiki/Apk_spec, apk-world(5), apk-add(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lightship.distros.model import InstallCommand, Judgement, Package
from lightship.distros.naming import is_build_tool
from lightship.distros.words import Options, asked_names
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.elf.tree import Paths

# The second place is that of apk-tools 3.
_DATABASES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
_LIMIT = 64 << 20
_NAME = re.compile(r"^[^=<>~@]+")

_APK_OPTIONS = Options(
    verbs=frozenset({"add"}),
    with_value=frozenset(
        {"-X", "--repository", "-p", "--root", "--arch", "--cache-dir", "--cache-max-age", "--keys-dir"}
        | {"--repositories-file", "--wait", "--progress-fd", "--timeout"}
    ),
    named=frozenset({"-t", "--virtual"}),
)


class Apk:
    """apk-tools."""

    name = "apk"
    caches: tuple[str, ...] = ("var/cache/apk/*", "etc/apk/cache/*", "var/log/apk.log")
    maintainer_tools = frozenset({"apk-tools", "alpine-keys", "alpine-release", "libapk", "scanelf", "ssl_client"})

    def is_present(self, paths: Paths) -> bool:
        """Whether apk's database is there."""
        return any(paths.is_file(path) for path in _DATABASES)

    def packages(self, paths: Paths) -> tuple[tuple[Package, ...], str]:
        """The installed packages; those asked for are in the world file or members of a virtual package in
        it.
        """
        text = next((_text(paths, path) for path in _DATABASES if paths.is_file(path)), "")
        records = list(_records(text))
        world = None
        if paths.is_file("etc/apk/world"):
            world = {_bare(word) for word in _text(paths, "etc/apk/world").split()}
            for record in records:
                name = record.get("P", [""])[0]
                if name in world and name.startswith("."):
                    world |= {_bare(word) for line in record.get("D", []) for word in line.split()}
        found = tuple(_package(paths, record, world) for record in records if record.get("P"))
        return found, "" if found else "apk's database lists no installed package"

    def extra_owners(self, paths: Paths, packages: Sequence[Package]) -> Mapping[str, str]:
        """The links that busybox's trigger makes for its applets."""
        busybox = next((one for one in packages if one.name == "busybox"), None)
        if busybox is None:
            return {}
        owned = {file for one in packages for file in one.files}
        extra = {}
        for directory in ("bin", "sbin", "usr/bin", "usr/sbin"):
            real = paths.real(directory)
            for name in paths.tree.names(real) if real else ():
                path = f"{real}/{name}"
                found = paths.tree.get(path)
                if path not in owned and found and found.entry.link in ("/bin/busybox", "/usr/bin/busybox"):
                    extra[path] = busybox.name
        return extra

    def asked_for(self, words: Sequence[str | None]) -> InstallCommand | None:
        """What ``apk add`` asks for."""
        asked = asked_names(words, frozenset({"apk"}), _APK_OPTIONS)
        if asked is None:
            return None
        local = [word for word in asked.names if word.endswith(".apk")]
        names = tuple(_bare(word) for word in asked.names if word not in local and not word.startswith("!"))
        return InstallCommand("apk", names, asked.complete and not local, asked.named)

    def install_command(self, names: Sequence[str]) -> str:
        """``--no-cache`` leaves neither index nor packages behind."""
        return "apk add --no-cache \\\n        " + " \\\n        ".join(sorted(set(names)))

    def judge(self, package: Package) -> Judgement | None:
        """What Alpine's names tell: subpackages are named by suffix."""
        if package.name.endswith("-dev") or package.name == "linux-headers":
            return Judgement("build-only", said("a development package by its name"))
        if package.name.endswith(("-static", "-doc")):
            return Judgement("build-only", said("static libraries or documentation by its name"))
        if package.name in ("alpine-baselayout", "alpine-baselayout-data", "busybox", "musl", "libc-utils"):
            return Judgement("needed", said("part of the distribution's base"))
        if is_build_tool(package.name):
            return Judgement("build-only", said("a compiler or build tool"))
        return None


def _records(text: str) -> Iterator[dict[str, list[str]]]:
    for block in text.split("\n\n"):
        record: dict[str, list[str]] = {}
        directory = ""
        for line in block.split("\n"):
            key, _, value = line.partition(":")
            if key == "F":
                directory = value
                record.setdefault("files", []).append(value)
            elif key == "R":
                record.setdefault("files", []).append(f"{directory}/{value}" if directory else value)
            elif len(key) == 1:
                record.setdefault(key, []).append(value)
        if record:
            yield record


def _package(paths: Paths, record: Mapping[str, list[str]], world: set[str] | None) -> Package:
    def one(key: str) -> str:
        return record.get(key, [""])[0]

    name = one("P")
    needs = tuple((_bare(word),) for word in one("D").split() if not word.startswith("!"))
    return Package(
        name,
        one("V"),
        one("A"),
        one("o") or name,
        depends=needs,
        provides=tuple(_bare(word) for word in one("p").split()),
        automatic=None if world is None else name not in world,
        installed_size=int(one("I")) if one("I").isdecimal() else 0,
        files=tuple(_real(paths, file) for file in record.get("files", ()) if file),
    )


def _bare(word: str) -> str:
    found = _NAME.match(word)
    return found.group() if found else word


def _real(paths: Paths, path: str) -> str:
    parent, _, name = path.rpartition("/")
    real = (paths.real(parent) or parent) if parent else ""
    return f"{real}/{name}" if real else name


def _text(paths: Paths, path: str) -> str:
    real = paths.real(path)
    return paths.tree.read(real, _LIMIT).decode("utf-8", "surrogateescape") if real else ""
