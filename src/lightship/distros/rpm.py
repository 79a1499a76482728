"""Fedora, RHEL, SUSE and their relatives: rpm's sqlite database, dnf's reasons, and their commands.

The older database formats (Berkeley DB, ndb) are not read: packages are then unknown, and said to be.
Sources: rpm's lib/backend/sqlite.c and include/rpm/rpmtag.h; libdnf's TransactionItemReason.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.distros.model import InstallCommand, Judgement, Package
from lightship.distros.naming import is_build_tool
from lightship.distros.rpm_header import Values, numbers, read_header, strings
from lightship.distros.words import Options, asked_names
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.elf.tree import Paths

_DIRECTORIES = ("usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm")
_OTHER_FORMATS = {"Packages": "Berkeley DB", "Packages.db": "ndb"}
_LIMIT = 512 << 20

_NAME, _VERSION, _RELEASE, _SIZE, _GROUP, _ARCH, _SOURCE_RPM = 1000, 1001, 1002, 1009, 1016, 1022, 1044
_FILE_FLAGS, _PROVIDES, _REQUIRE_FLAGS, _REQUIRES = 1037, 1047, 1048, 1049
_DIRECTORY_INDEXES, _BASE_NAMES, _DIRECTORY_NAMES, _LONG_SIZE = 1116, 1117, 1118, 5009
_WANTED = frozenset(
    {_NAME, _VERSION, _RELEASE, _SIZE, _GROUP, _ARCH, _SOURCE_RPM, _FILE_FLAGS, _PROVIDES, _REQUIRE_FLAGS}
    | {_REQUIRES, _DIRECTORY_INDEXES, _BASE_NAMES, _DIRECTORY_NAMES, _LONG_SIZE}
)
# RPMSENSE_INTERP, SCRIPT_PRE, SCRIPT_POST, SCRIPT_PREUN, SCRIPT_POSTUN: needed by scriptlets; RPMLIB: by
# rpm itself.
_FOR_SCRIPTLETS, _FOR_RPM = 0x1F00, 1 << 24
_CONFIGURATION = 1

_DNF_OPTIONS = Options(
    verbs=frozenset({"install", "in", "localinstall"}),
    with_value=frozenset(
        {
            "-c",
            "--config",
            "-x",
            "--exclude",
            "--repo",
            "--repoid",
            "--enablerepo",
            "--disablerepo",
            "--releasever",
        }
        | {"--installroot", "--setopt", "--forcearch", "-t", "--type", "-r", "--from", "-D", "-R", "--root"}
    ),
)


class Rpm:
    """rpm with dnf, microdnf, yum or zypper."""

    name = "rpm"
    caches: tuple[str, ...] = (
        "var/cache/dnf/*",
        "var/cache/yum/*",
        "var/cache/libdnf5/*",
        "var/cache/zypp/*",
        "var/lib/dnf/repos/*",
        "var/log/dnf*",
        "var/log/yum*",
        "var/log/hawkey.log",
        "var/log/zypper.log",
        "var/log/zypp/*",
    )
    maintainer_tools = frozenset(
        {
            "alternatives", "chkconfig", "dnf", "dnf5", "dnf-data", "libdnf", "libdnf5", "librepo",
            "libsolv", "microdnf", "python3-dnf", "python3-libdnf", "rpm", "rpm-libs", "rpm-sequoia", "yum",
            "zypper", "libzypp", "fedora-repos", "fedora-gpg-keys", "shadow-utils", "subscription-manager",
        }
    )  # fmt: skip

    def is_present(self, paths: Paths) -> bool:
        """Whether a database of rpm is there, in whatever format."""
        names = ("rpmdb.sqlite", *_OTHER_FORMATS)
        return any(paths.is_file(f"{directory}/{name}") for directory in _DIRECTORIES for name in names)

    def packages(self, paths: Paths) -> tuple[tuple[Package, ...], str]:
        """The installed packages of a sqlite database."""
        for directory in _DIRECTORIES:
            if paths.is_file(f"{directory}/rpmdb.sqlite"):
                blobs, problem = _rows(paths, f"{directory}/rpmdb.sqlite", "SELECT blob FROM Packages")
                reasons = _reasons(paths)
                headers = [read_header(row[0], _WANTED) for row in blobs if isinstance(row[0], bytes)]
                found = tuple(
                    _package(paths, header, reasons)
                    for header in headers
                    if header is not None and strings(header, _NAME)[:1] not in ((), ("gpg-pubkey",))
                )
                if None in headers:
                    problem = problem or "a package of rpm's database cannot be read"
                return found, problem or ("" if found else "rpm's database lists no installed package")
        for name, form in _OTHER_FORMATS.items():
            if any(paths.is_file(f"{directory}/{name}") for directory in _DIRECTORIES):
                return (), f"rpm's database is in the {form} format, which is not read"
        return (), "rpm's database cannot be found"

    def extra_owners(self, paths: Paths, packages: Sequence[Package]) -> Mapping[str, str]:
        """rpm lists everything that it owns, ghosts too."""
        return {}

    def asked_for(self, words: Sequence[str | None]) -> InstallCommand | None:
        """What ``dnf install`` and its relatives ask for."""
        programs = frozenset({"dnf", "dnf5", "microdnf", "yum", "zypper", "tdnf"})
        asked = asked_names(words, programs, _DNF_OPTIONS)
        if asked is None:
            return None
        names = tuple(word for word in asked.names if word[:1] not in "@/.*" and "://" not in word)
        names = tuple(word for word in names if not word.endswith(".rpm"))
        return InstallCommand("rpm", names, asked.complete and len(names) == len(asked.names))

    def install_command(self, names: Sequence[str]) -> str:
        """dnf without weak dependencies and documentation, and without its caches afterwards."""
        listed = " \\\n        ".join(sorted(set(names)))
        return (
            "dnf install -y --setopt=install_weak_deps=False --nodocs \\\n"
            f"        {listed} \\\n"
            "    && dnf clean all \\\n"
            "    && rm -rf /var/cache/dnf /var/cache/yum"
        )

    def judge(self, package: Package) -> Judgement | None:
        """What names tell: subpackages are named by suffix."""
        if package.name.endswith(("-devel", "-headers", "-static")):
            return Judgement("build-only", said("a development package by its name"))
        if package.name in (
            "filesystem",
            "setup",
            "glibc",
            "glibc-common",
            "bash",
            "coreutils",
            "basesystem",
        ):
            return Judgement("needed", said("part of the distribution's base"))
        if is_build_tool(package.name):
            return Judgement("build-only", said("a compiler or build tool"))
        return None


def _package(paths: Paths, header: Mapping[int, Values], reasons: Mapping[str, bool] | None) -> Package:
    name = strings(header, _NAME)[0]
    version = f"{_first(strings(header, _VERSION))}-{_first(strings(header, _RELEASE))}"
    architecture = _first(strings(header, _ARCH))
    size = (*numbers(header, _LONG_SIZE), *numbers(header, _SIZE), 0)[0]
    directories = [paths.real(path) or path.strip("/") for path in strings(header, _DIRECTORY_NAMES)]
    indexes = numbers(header, _DIRECTORY_INDEXES)
    files = tuple(
        f"{directories[at]}/{base}".lstrip("/")
        for at, base in zip(indexes, strings(header, _BASE_NAMES), strict=False)
        if at < len(directories)
    )
    flags = numbers(header, _REQUIRE_FLAGS)
    needs = tuple(
        group
        for at, word in enumerate(strings(header, _REQUIRES))
        if not (at < len(flags) and flags[at] & (_FOR_SCRIPTLETS | _FOR_RPM))
        for group in _groups(word)
    )
    marks = numbers(header, _FILE_FLAGS)
    source = _first(strings(header, _SOURCE_RPM)).rsplit("-", 2)[0] or name
    asked = None if reasons is None else reasons.get(f"{name}.{architecture}", reasons.get(name))
    return Package(
        name,
        version,
        architecture,
        source,
        section=_first(strings(header, _GROUP)),
        depends=tuple(dict.fromkeys(needs)),
        provides=tuple(dict.fromkeys(strings(header, _PROVIDES))),
        automatic=asked,
        installed_size=size,
        files=files,
        configuration=tuple(file for file, mark in zip(files, marks, strict=False) if mark & _CONFIGURATION),
    )


def _groups(word: str) -> tuple[tuple[str, ...], ...]:
    """The or-groups of a requirement; of a rich dependency what it needs in any case (conditions are left
    out).

    Source: https://rpm-software-management.github.io/rpm/manual/boolean_dependencies.html
    """
    if not word.startswith("("):
        return ((word,),)
    groups: list[list[str]] = []
    joined, skip = "and", 0
    for part in word.replace("(", " ").replace(")", " ").split():
        if skip:
            skip -= 1
        elif part in ("if", "unless"):
            break
        elif part in ("and", "or", "with", "without", "else"):
            joined = part
        elif part[0] in "<=>":
            skip = 1
        elif joined == "and":
            groups.append([part])
        elif joined == "or" and groups:
            groups[-1].append(part)
    return tuple(tuple(group) for group in groups)


def _reasons(paths: Paths) -> dict[str, bool] | None:
    """Whether packages came along as dependencies, as far as dnf remembers; None when it never ran."""
    for path in ("usr/lib/sysimage/libdnf5/packages.toml", "var/lib/dnf/packages.toml"):
        real = paths.real(path)
        if real:
            # One line a package: "bash.x86_64" = { reason = "User" }
            lines = paths.tree.read(real, _LIMIT).decode("utf-8", "replace").split("\n")
            pairs = [line.partition("=") for line in lines if "reason" in line]
            return {name.strip().strip('"'): "dependency" in rest.lower() for name, _, rest in pairs}
    if not paths.is_file("var/lib/dnf/history.sqlite"):
        return None
    query = (
        "SELECT rpm.name || '.' || rpm.arch, trans_item.reason FROM trans_item"
        " JOIN rpm ON rpm.item_id = trans_item.item_id ORDER BY trans_item.id"
    )
    rows, problem = _rows(paths, "var/lib/dnf/history.sqlite", query)
    # 1 is a dependency, 4 a weak one; a later transaction overrules an earlier.
    return None if problem else {str(name): reason in (1, 4) for name, reason in rows}


def _rows(paths: Paths, path: str, query: str) -> tuple[list[tuple[object, ...]], str]:
    with tempfile.TemporaryDirectory(prefix="lightship-") as directory:
        copy = Path(directory) / "database"
        for suffix in ("", "-wal"):
            real = paths.real(path + suffix)
            if real:
                copy.with_name(copy.name + suffix).write_bytes(paths.tree.read(real, _LIMIT))
        try:
            with closing(sqlite3.connect(copy)) as database:
                return database.execute(query).fetchall(), ""
        except sqlite3.Error as error:
            return [], f"{path} cannot be read: {error}"


def _first(values: Sequence[str]) -> str:
    return values[0] if values else ""
