"""Debian and its relatives: dpkg's database, apt's marks, and apt's commands.

Sources: deb-control(5), dpkg(1), dpkg-divert(1), update-alternatives(1), Debian Policy 2.4 (sections) and
7.1 (relationships); for distroless images https://github.com/GoogleContainerTools/distroless (status.d).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lightship.distros.model import InstallCommand, Judgement, Need, Package
from lightship.distros.naming import is_build_tool
from lightship.distros.words import Options, asked_names
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.elf.tree import Paths

_DATABASE = "var/lib/dpkg"
_LIMIT = 256 << 20

_APT_OPTIONS = Options(
    verbs=frozenset({"install", "reinstall"}),
    with_value=frozenset(
        {"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a", "-P"}
    ),
)


class Dpkg:
    """dpkg and apt."""

    name = "dpkg"
    caches: tuple[str, ...] = (
        "var/lib/apt/lists/*",
        "var/cache/apt/*",
        "var/cache/debconf/*",
        "var/cache/ldconfig/*",
        "var/lib/dpkg/*-old",
        "var/log/apt/*",
        "var/log/dpkg.log",
        "var/log/alternatives.log",
        "var/log/bootstrap.log",
    )
    # What Debian Policy 6 lets maintainer scripts call, and what those tools themselves are made of. A
    # program that calls one of them at run time is seen by the closure, which has no part in this list.
    maintainer_tools = frozenset(
        {
            "adduser", "apt", "apt-utils", "cdebconf", "debconf", "debconf-i18n", "debian-archive-keyring",
            "debianutils", "dpkg", "gpgv", "init-system-helpers", "insserv", "install-info", "libapt-pkg6.0",
            "libdebconfclient0", "liblocale-gettext-perl", "libtext-charwidth-perl", "libtext-iconv-perl",
            "libtext-wrapi18n-perl", "login", "logsave", "mawk", "passwd", "perl-base", "sensible-utils",
            "sysvinit-utils", "ubuntu-keyring", "ucf", "update-inetd", "usr-is-merged", "usrmerge",
        }
    )  # fmt: skip

    def is_present(self, paths: Paths) -> bool:
        """Whether dpkg's status, or distroless's status.d, is there."""
        return paths.is_file(f"{_DATABASE}/status") or paths.kind(f"{_DATABASE}/status.d") == "dir"

    def packages(self, paths: Paths) -> tuple[tuple[Package, ...], str]:
        """The installed packages of ``status`` and ``status.d``."""
        automatic = _automatic(paths)
        diverted = _diversions(paths)
        directories = _Directories(paths)
        names = set(paths.tree.names(f"{_DATABASE}/info"))
        found = []
        for stanza in stanzas(_text(paths, f"{_DATABASE}/status")):
            if not stanza.get("Status", "").endswith((" installed", " triggers-pending", " triggers-awaited")):
                continue
            package = stanza["Package"]
            known = f"{package}:{stanza.get('Architecture', '')}"
            base = f"{_DATABASE}/info/{known if f'{known}.list' in names else package}"
            # The first line is "/.": the root, which is everybody's.
            listed = [line for line in _text(paths, f"{base}.list").split("\n") if len(line) > 2]
            moved = [_kept_by(diverted, line, package) for line in listed] if diverted else listed
            mark = None if automatic is None else automatic.get(known, automatic.get(package, False))
            found.append(_package(stanza, tuple(map(directories.real, moved)), mark))
        found.extend(_distroless(paths))
        return tuple(found), "" if found else "dpkg's database lists no installed package"

    def extra_owners(self, paths: Paths, packages: Sequence[Package]) -> Mapping[str, str]:
        """The links of update-alternatives and dpkg's own records of each package."""
        owners = {file: one.name for one in packages for file in one.files}
        extra: dict[str, str] = {}
        for name in paths.tree.names(f"{_DATABASE}/alternatives"):
            for choice, link in _alternatives(_text(paths, f"{_DATABASE}/alternatives/{name}")):
                target = paths.real(f"etc/alternatives/{choice}")
                owner = owners.get(target or "")
                if owner:
                    extra[f"etc/alternatives/{choice}"] = owner
                    extra[_real(paths, link)] = owner
        known = {one.name for one in packages}
        for name in paths.tree.names(f"{_DATABASE}/info"):
            package = name.rpartition(".")[0].partition(":")[0]
            if package in known:
                extra[f"{_DATABASE}/info/{name}"] = package
        return extra

    def asked_for(self, words: Sequence[str | None]) -> InstallCommand | None:
        """What ``apt-get install``, ``apt install`` and ``aptitude install`` ask for."""
        asked = asked_names(words, frozenset({"apt-get", "apt", "aptitude"}), _APT_OPTIONS)
        if asked is None:
            return None
        names, complete = [], asked.complete
        for word in asked.names:
            if word.endswith(".deb") or "/" in word.partition("=")[0].partition("/")[0] or word[:1] in "./~^@":
                complete = False
                continue
            name = word.partition("=")[0].partition("/")[0].partition(":")[0]
            if name.endswith("-") and len(name) > 1:
                continue
            # A trailing "+" asks to install; but g++ and libstdc++ are names.
            names.append(name[:-1] if name.endswith("+") and not name.endswith("++") else name)
        return InstallCommand("dpkg", tuple(names), complete)

    def install_command(self, names: Sequence[str]) -> str:
        """apt's best practice: https://docs.docker.com/build/building/best-practices/#apt-get"""
        listed = " \\\n        ".join(sorted(set(names)))
        return (
            "apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends \\\n"
            f"        {listed} \\\n"
            "    && rm -rf /var/lib/apt/lists/*"
        )

    def judge(self, package: Package) -> Judgement | None:
        """What Debian's sections and names tell."""
        section = package.section.rpartition("/")[2]
        rules: tuple[tuple[bool, Need, str], ...] = (
            (package.essential, "needed", said("essential for the distribution")),
            (section == "libdevel", "build-only", said("in section libdevel (headers and link-time files)")),
            (
                package.name.endswith(("-dev", "-dev-bin", "-headers")),
                "build-only",
                said("a development package by its name"),
            ),
            (is_build_tool(package.name), "build-only", said("a compiler or build tool")),
            (package.priority == "required", "needed", said("required by the distribution")),
            (section in ("libs", "oldlibs"), "needed", said("a library (section {section})", section=section)),
            (section == "devel", "unknown", said("in section devel, but it may serve at run time")),
        )
        return next((Judgement(need, reason) for holds, need, reason in rules if holds), None)


def stanzas(text: str) -> Iterator[dict[str, str]]:
    """The paragraphs of a deb-control(5) file; continuation lines stay in their field's value."""
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        last = ""
        for line in block.split("\n"):
            if line[:1] in (" ", "\t"):
                if last:
                    fields[last] += "\n" + line
                continue
            last, colon, value = line.partition(":")
            if colon:
                fields[last] = value.strip()
        if "Package" in fields:
            yield fields


def relations(text: str) -> tuple[tuple[str, ...], ...]:
    """The or-groups of a relationship field, names only."""
    groups = []
    for group in text.replace("\n", " ").split(","):
        names = tuple(
            name.partition(":")[0]
            for part in group.split("|")
            if (name := part.strip().partition(" ")[0].partition("(")[0])
        )
        if names:
            groups.append(names)
    return tuple(groups)


def _package(stanza: Mapping[str, str], files: tuple[str, ...], automatic: bool | None) -> Package:
    depends = relations(stanza.get("Pre-Depends", "")) + relations(stanza.get("Depends", ""))
    size = stanza.get("Installed-Size", "0")
    return Package(
        stanza["Package"],
        stanza.get("Version", ""),
        stanza.get("Architecture", ""),
        stanza.get("Source", stanza["Package"]).partition(" ")[0],
        "installed",
        stanza.get("Essential") == "yes",
        stanza.get("Priority", ""),
        stanza.get("Section", ""),
        depends,
        tuple(names[0] for names in relations(stanza.get("Provides", ""))),
        automatic,
        int(size) * 1024 if size.isdecimal() else 0,
        files,
        tuple(line.split()[0].lstrip("/") for line in stanza.get("Conffiles", "").split("\n") if line.strip()),
        relations(stanza.get("Recommends", "")),
    )


def _distroless(paths: Paths) -> Iterator[Package]:
    directory = f"{_DATABASE}/status.d"
    for name in paths.tree.names(directory):
        if name.endswith(".md5sums"):
            continue
        for stanza in stanzas(_text(paths, f"{directory}/{name}")):
            sums = _text(paths, f"{directory}/{name}.md5sums").split("\n")
            files = tuple(_real(paths, line.partition("  ")[2]) for line in sums if "  " in line)
            yield _package(stanza, files, None)


def _automatic(paths: Paths) -> dict[str, bool] | None:
    if not paths.is_file("var/lib/apt/extended_states"):
        return None
    marks = {}
    for stanza in stanzas(_text(paths, "var/lib/apt/extended_states")):
        mark = stanza.get("Auto-Installed") == "1"
        marks[f"{stanza['Package']}:{stanza.get('Architecture', '')}"] = mark
        # Packages of architecture "all" are marked under the native one.
        marks[stanza["Package"]] = mark
    return marks


def _diversions(paths: Paths) -> dict[str, tuple[str, str]]:
    """From a diverted path to where other packages' file of that name went, and the package that diverts
    it.
    """
    lines = _text(paths, f"{_DATABASE}/diversions").split("\n")
    return {lines[at]: (lines[at + 1], lines[at + 2]) for at in range(0, len(lines) - 2, 3)}


def _alternatives(text: str) -> Iterator[tuple[str, str]]:
    """The names under /etc/alternatives and the links that point to them: the master's first."""
    lines = text.split("\n")
    if len(lines) < 3:
        return
    yield lines[1].rpartition("/")[2], lines[1]
    for at in range(2, len(lines) - 1, 2):
        if not lines[at]:
            return
        yield lines[at], lines[at + 1]


def _kept_by(diverted: Mapping[str, tuple[str, str]], line: str, package: str) -> str:
    """Where a package's file of that name is, which another package may have moved."""
    to, owner = diverted.get(line, (line, package))
    return to if owner != package else line


class _Directories:
    """The real directories of files: thousands of files lie in each."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._real: dict[str, str] = {}

    def real(self, path: str) -> str:
        """A file's path with the links of its directory followed."""
        parent, _, name = path.strip("/").rpartition("/")
        directory = self._real.get(parent)
        if directory is None:
            directory = self._real[parent] = _real(self._paths, f"{parent}/x")[:-1]
        return directory + name


def _real(paths: Paths, path: str) -> str:
    parent, _, name = path.strip("/").rpartition("/")
    real = paths.real(parent) if parent else ""
    directory = parent if real is None else real
    return f"{directory}/{name}" if directory else name


def _text(paths: Paths, path: str) -> str:
    real = paths.real(path)
    return paths.tree.read(real, _LIMIT).decode("utf-8", "surrogateescape") if real else ""
