"""The closure: from the roots along everything that one file's running asks of another."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from lightship.closure.content import Ask, Content, Gone, Memory
from lightship.closure.libraries import PYTHON_LIBRARY, is_loadable_name
from lightship.closure.mentions import language_of
from lightship.closure.model import Closure, Reason, ReasonKind, Root, Unresolved
from lightship.closure.node import is_beside_package
from lightship.closure.python import installed_from_folders, is_beside_distribution
from lightship.closure.settings import is_settings
from lightship.closure.surroundings import SHARED_DIRECTORIES, Surroundings, surroundings
from lightship.elf.tree import FileTree
from lightship.oci.model import ImageConfig

# Where others' modules lie inside of a program's own trees.
_LIBRARIES = ("/site-packages/", "/dist-packages/", "/node_modules/", "/gems/", "/vendor/")
# Reasons of which a path may have several, and the first need not be the one that counts.
_NAMING = frozenset({"called", "dlopen", "mentioned", "shebang"})
_SITE = re.compile(r".*?/(?:site|dist)-packages(?=/|$)")
_OTHER_LIBRARY = re.compile(r"/(?:lib|lib64|share)/(?:[\w-]+-linux-\w+/)?(?:perl|perl-base|perl5|ruby|php)/")


def closure(
    rootfs: FileTree,
    roots: Iterable[Root],
    config: ImageConfig | None = None,
    *,
    without: Iterable[str] = (),
    searched: Callable[[str], bool] = lambda path: True,
    made: Callable[[str], bool] = lambda path: True,
    memory: Memory | None = None,
) -> Closure:
    """Every file that running the roots needs, or may need, and why.

    Certain reasons are followed to their ends before possible ones, so that each file has its most certain reason.
    What is at and below ``without`` is left out and asks for nothing (package tools that will not be there).
    ``searched`` tells which source files of trees are searched for names of programs and libraries, ``made`` which
    files are the project's own: those that no package brought, compiled programs among them.
    ``memory`` is of an earlier call for the same tree and configuration, with the same ``made``.
    """
    memory = memory or Memory()
    around = memory.around = memory.around or surroundings(rootfs, config)
    walk = _Walk(around, tuple(path.strip("/") for path in without), searched, Content(around, made, memory))
    given = tuple(roots)
    for root in given:
        walk.root(root)
    walk.preloads()
    walk.run()
    others = {path: tuple(reasons) for path, reasons in walk.others.items()}
    return Closure(given, walk.reasons, tuple(walk.unresolved), tuple(walk.calls), others)


class _Walk:
    """One walk: what is known so far, and what is still to be looked at (certain things first)."""

    def __init__(
        self, around: Surroundings, without: tuple[str, ...], searched: Callable[[str], bool], content: Content
    ) -> None:
        self._searched = searched
        self.around = around
        self.reasons: dict[str, Reason] = {}
        self.unresolved: dict[Unresolved, None] = {}
        self.calls: dict[tuple[str, str], None] = {}
        self.others: dict[str, dict[Reason, None]] = {}
        self._without = tuple(f"{path}/" for path in without)
        self._content = content
        self._certain: deque[Ask] = deque()
        self._possible: deque[Ask] = deque()
        self._trees: set[str] = set()
        self._installed_from_folders: set[str] = set()
        self._sites: set[str] = set()
        self._read: set[tuple[str, str, bool]] = set()

    def root(self, root: Root) -> None:
        """Ask for a root."""
        is_tree = root.kind == "tree"
        reason = Reason("tree" if is_tree else "root", name=root.text or root.path, certain=root.certain)
        kind = self.around.paths.kind(root.path)
        if not kind:
            self.unresolved.setdefault(Unresolved("root", root.path, root.text, root.certain))
        elif kind == "dir":
            self._ask(Ask(root.path, reason, "tree", own=True))
        else:
            self._ask(Ask(root.path, reason, root.language, own=True))

    def preloads(self) -> None:
        """Ask for what is loaded into every program."""
        self._take(self._content.preloads())

    def run(self) -> None:
        """Follow everything to its end."""
        while self._certain or self._possible:
            ask = (self._certain or self._possible).popleft()
            if not self._is_out(ask.path):
                self._visit(ask)

    def _ask(self, ask: Ask) -> None:
        if ask.reason.kind == "called" and ask.reason.certain:
            self.calls.setdefault((ask.reason.via, ask.reason.name))
        (self._certain if ask.reason.certain else self._possible).append(ask)

    def _take(self, found: Iterable[Ask | Gone]) -> None:
        for one in found:
            if isinstance(one, Ask):
                self._ask(one)
            else:
                self.unresolved.setdefault(Unresolved(one.kind, one.name, one.by, one.certain))

    def _is_out(self, path: str) -> bool:
        return bool(self._without) and f"{path}/".startswith(self._without)

    def _visit(self, ask: Ask) -> None:
        trail = self.around.paths.follow(ask.path)
        if trail is None or self._is_out(trail.path):
            return
        reason = ask.reason
        for link in trail.links:
            self.reasons.setdefault(link, Reason("symlink", reason.via, ask.path, reason.certain))
        kind = self.around.paths.kind(trail.path)
        if kind == "dir":
            if ask.language == "tree":
                self._tree(trail.path, reason)
            return
        first = self.reasons.setdefault(trail.path, reason)
        if first is not reason and reason.kind in _NAMING and first.via != reason.via:
            self.others.setdefault(trail.path, {}).setdefault(reason)
        if kind in ("file", "hardlink") and ask.language != "data":
            self._look(trail.path, ask)

    def _look(self, path: str, ask: Ask) -> None:
        how = (path, ask.language, ask.wrapped)
        if how not in self._read:
            self._read.add(how)
            self._take(self._content.asks(path, ask))

    def _tree(self, directory: str, reason: Reason) -> None:
        if any(at in self._trees for at in _at_and_above(directory)):
            return
        self._trees.add(directory)
        below: ReasonKind = "tree" if reason.kind == "root" else reason.kind
        member = Reason(below, reason.via, directory, reason.certain)
        # The root itself may be empty; and so may directories in it, whose owner and mode can matter.
        occupied: set[str] = set()
        directories: list[str] = []
        members = list(self.around.tree.walk(directory))
        self._look_for_own_packages((directory, *(one.entry.path for one in members)))
        wrapping = self._wrapping(directory, (one.entry.path for one in members if one.entry.kind == "file"))
        for located in members:
            entry = located.entry
            if self._is_out(entry.path):
                continue
            if entry.kind == "dir":
                directories.append(entry.path)
            else:
                self.reasons.setdefault(entry.path, member)
                self._member(entry.path, entry.kind, member, directory, wrapping)
            occupied.add(entry.path.rpartition("/")[0])
        for empty in directories:
            if empty not in occupied:
                self.reasons.setdefault(empty, member)

    def _wrapping(self, directory: str, paths: Iterable[str]) -> frozenset[str]:
        """The languages in which a tree's own files start programs, whose names may be in any other of them."""
        found: set[str] = set()
        for path in paths:
            language = language_of(path)
            if not language or language in found or not self._searched(path) or self._is_library(path, directory):
                continue
            if self._content.starts_programs(path, language):
                found.add(language)
        return frozenset(found)

    def _member(self, path: str, kind: str, reason: Reason, directory: str, wrapping: frozenset[str]) -> None:
        """A file of a tree: links, libraries and programs are followed, source is searched for names."""
        if kind == "symlink":
            self._link(path, reason, directory)
            return
        if kind not in ("file", "hardlink"):
            return
        if ".so" not in path and _is_standard_library(path, directory):
            return
        library = reason.kind in ("python", "node", "runtime") or any(part in path for part in _LIBRARIES)
        library = library and path not in self._installed_from_folders
        language = language_of(path)
        if is_loadable_name(self.around.tree, path):
            # A script inside a library is seldom started; what loading a binary needs, it needs in any case.
            sure = reason.certain and (not library or self.around.loader.elf(path) is not None)
            if library and is_beside_package(self.around, path) and self.around.loader.elf(path) is None:
                return
            self._ask(Ask(path, Reason(reason.kind, reason.via, directory, sure), own=not library))
        elif language and language != "shell" and self._searched(path):
            if library and (is_beside_package(self.around, path) or is_beside_distribution(path)):
                return
            # A library names what it starts in the file that does.
            given = self._content.starts_what_it_is_given
            wrapped = language in wrapping if not library else given(path, language)
            self._look(path, Ask(path, reason, language, own=not library, wrapped=wrapped))
        elif wrapping and not library and is_settings(path) and self._searched(path):
            self._look(path, Ask(path, reason, "settings", own=True))

    def _look_for_own_packages(self, paths: Iterable[str]) -> None:
        """Remember what was installed from folders; a package and what says so may lie in two trees of one site."""
        for site in {found.group() for path in paths if (found := _SITE.match(path))} - self._sites:
            self._sites.add(site)
            inside = (f"{site}/{name}/direct_url.json" for name in self.around.tree.names(site))
            self._installed_from_folders.update(installed_from_folders(self.around, inside))

    def _is_library(self, path: str, directory: str) -> bool:
        """Whether a file of a tree is others' code."""
        if path in self._installed_from_folders:
            return False
        return any(part in path for part in _LIBRARIES) or _is_standard_library(path, directory)

    def _link(self, path: str, reason: Reason, directory: str) -> None:
        target = self.around.paths.real(path)
        if target is None or f"{target}/".startswith(f"{directory}/"):
            return
        if self.around.paths.kind(target) != "dir":
            self._ask(Ask(path, reason))
        elif target and target not in SHARED_DIRECTORIES and not directory.startswith(f"{target}/"):
            self._ask(Ask(path, reason, "tree"))


def _is_standard_library(path: str, directory: str) -> bool:
    """Whether a file is of an interpreter's own library: what that starts, it does without where it is missing."""
    inside = f"/{directory}{path[len(directory) :]}"
    if PYTHON_LIBRARY.search(inside):
        return "-packages/" not in inside
    return _OTHER_LIBRARY.search(inside) is not None and "/gems/" not in inside


def _at_and_above(path: str) -> Iterator[str]:
    yield path
    while path:
        path = path.rpartition("/")[0]
        yield path
