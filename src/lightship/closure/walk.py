"""The closure: from the roots along everything that one file's running asks of another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from lightship.closure.commands import Use, shell_uses
from lightship.closure.libraries import is_loadable_name
from lightship.closure.mentions import Mention, dlopen_names, language_of, mentions
from lightship.closure.model import Closure, Reason, ReasonKind, Root, Unresolved
from lightship.closure.python import is_python, python_environment
from lightship.closure.scripts import interpreter_of
from lightship.closure.surroundings import TEXT_LIMIT, Surroundings, surroundings
from lightship.elf.file import ElfFile
from lightship.elf.tree import FileTree
from lightship.oci.model import ImageConfig

_BINARY_LIMIT = 256 << 20
_INTERPRETED = {
    "python": "python",
    "pypy": "python",
    "node": "node",
    "nodejs": "node",
    "ruby": "ruby",
    "perl": "perl",
}
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"})


def closure(rootfs: FileTree, roots: Iterable[Root], config: ImageConfig | None = None) -> Closure:
    """Every file that running the roots needs, or may need, and why.

    Certain reasons are followed to their ends before possible ones, so that each file has its most certain
    reason.
    """
    walk = _Walk(surroundings(rootfs, config))
    given = tuple(roots)
    for root in given:
        walk.root(root)
    walk.preloads()
    walk.run()
    return Closure(given, walk.reasons, tuple(walk.unresolved))


class _Walk:
    """One walk: what is known so far, and what is still to be looked at (certain things first)."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.reasons: dict[str, Reason] = {}
        self.unresolved: dict[Unresolved, None] = {}
        self._certain: deque[tuple[str, Reason, str]] = deque()
        self._possible: deque[tuple[str, Reason, str]] = deque()
        self._trees: set[str] = set()
        self._read: set[tuple[str, str]] = set()

    def root(self, root: Root) -> None:
        """Ask for a root."""
        if root.kind == "tree" or self.around.paths.kind(root.path) == "dir":
            self._ask(root.path, Reason("root", name=root.text or root.path, certain=root.certain), "tree")
        elif self.around.paths.real(root.path) is None:
            self.unresolved.setdefault(Unresolved("root", root.path, root.text, root.certain))
        else:
            self._ask(root.path, Reason("root", name=root.text, certain=root.certain), root.language)

    def preloads(self) -> None:
        """Ask for what is loaded into every program: /etc/ld.so.preload and LD_PRELOAD (ld.so(8))."""
        asked = self.around.variables.get("LD_PRELOAD", "").replace(":", " ").split()
        if self.around.paths.is_file("etc/ld.so.preload"):
            asked += self.around.text("etc/ld.so.preload").split()
            self._ask("etc/ld.so.preload", Reason("preload"), "data")
        for name in asked:
            self._library(name, "etc/ld.so.preload", None, "preload", certain=True)

    def run(self) -> None:
        """Follow everything to its end."""
        while self._certain or self._possible:
            path, reason, language = (self._certain or self._possible).popleft()
            self._visit(path, reason, language)

    def _ask(self, path: str, reason: Reason, language: str = "") -> None:
        (self._certain if reason.certain else self._possible).append((path, reason, language))

    def _visit(self, path: str, reason: Reason, language: str) -> None:
        trail = self.around.paths.follow(path)
        if trail is None:
            return
        for link in trail.links:
            self.reasons.setdefault(link, Reason("symlink", reason.via, path, reason.certain))
        kind = self.around.paths.kind(trail.path)
        if kind == "dir":
            self._tree(trail.path, reason, follow=language == "tree" or reason.kind in ("python", "node"))
            return
        self.reasons.setdefault(trail.path, reason)
        if kind not in ("file", "hardlink") or language == "data" or (trail.path, language) in self._read:
            return
        self._read.add((trail.path, language))
        self._content(trail.path, reason.certain, language, asked=path)

    def _tree(self, directory: str, reason: Reason, *, follow: bool) -> None:
        if directory in self._trees or not follow:
            return
        self._trees.add(directory)
        below: ReasonKind = "tree" if reason.kind == "root" else reason.kind
        own = Reason(below, "" if below == "tree" else reason.via, directory, reason.certain)
        library = below in ("python", "node")
        occupied: set[str] = set()
        directories: list[str] = []
        for located in self.around.tree.walk(directory):
            entry = located.entry
            if entry.kind == "dir":
                directories.append(entry.path)
                continue
            occupied.add(entry.path.rpartition("/")[0])
            self.reasons.setdefault(entry.path, own)
            if entry.kind == "symlink":
                self._visit_later(entry.path, own)
            elif entry.kind in ("file", "hardlink"):
                self._member(entry.path, own, library=library, directory=directory)
        for empty in directories:
            if empty not in occupied:
                self.reasons.setdefault(empty, own)

    def _visit_later(self, path: str, reason: Reason) -> None:
        target = self.around.paths.follow(path)
        if target is not None and self.around.paths.kind(target.path) != "dir":
            self._ask(path, reason)

    def _member(self, path: str, reason: Reason, *, library: bool, directory: str) -> None:
        """A file of a tree: libraries and programs are followed, source is searched for names."""
        language = language_of(path)
        if is_loadable_name(self.around.tree, path):
            self._content_once(path, reason.certain, "")
        elif language and language != "shell" and not (library and _is_standard_library(path, directory)):
            self._content_once(path, reason.certain, language)

    def _content_once(self, path: str, certain: bool, language: str) -> None:
        if (path, language) not in self._read:
            self._read.add((path, language))
            self._content(path, certain, language, asked=path)

    def _content(self, path: str, certain: bool, language: str, *, asked: str) -> None:
        elf = self.around.loader.elf(path)
        if elf is not None:
            self._elf(path, elf, certain)
            if is_python(asked) or is_python(path):
                self._python(asked, path, certain)
            return
        shebang = interpreter_of(self.around.tree.read(path, 512))
        if shebang is not None:
            for name in shebang.programs:
                self._program(name, path, "shebang", certain)
        language = language or (_language(shebang.programs[-1]) if shebang else "") or language_of(path)
        if language == "shell":
            self._uses(shell_uses(self.around, self.around.text(path)), path, certain)
        elif language:
            for mention in mentions(self.around.tree.read(path, TEXT_LIMIT), language):
                self._mention(mention, path)

    def _elf(self, path: str, elf: ElfFile, certain: bool) -> None:
        loader = self.around.loader.interpreter(elf)
        if loader is not None:
            self._ask(elf.interpreter, Reason("interpreter", path, elf.interpreter, certain))
        elif elf.interpreter:
            self.unresolved.setdefault(Unresolved("interpreter", elf.interpreter, path, certain))
        loading = self.around.loader.load(path)
        for one in loading.objects[1:]:
            for link in one.links:
                self.reasons.setdefault(link, Reason("symlink", one.by, one.name, certain))
            self._ask(one.path, Reason("needed", one.by, one.name, certain))
            for variant in one.variants:
                self._ask(variant, Reason("variant", one.by, one.name, certain))
        for gone in loading.missing:
            self.unresolved.setdefault(Unresolved("library", gone.name, gone.by, certain))
        for name in dlopen_names(self.around.tree.read(path, _BINARY_LIMIT)):
            self._library(name, path, elf, "dlopen", certain=False)

    def _python(self, asked: str, path: str, certain: bool) -> None:
        environment = python_environment(self.around, asked)
        for file in environment.files:
            self._ask(file, Reason("python", path, file, certain), "data")
        for program in environment.programs:
            self._ask(program, Reason("python", path, program, certain))
        for tree in environment.trees:
            self._ask(tree, Reason("python", path, tree, certain))

    def _uses(self, found: Iterable[Use], by: str, certain: bool) -> None:
        for use in found:
            sure = certain and use.certain
            if use.kind == "program" and use.path:
                self._ask(use.path, Reason("called", by, use.name, sure))
            elif use.kind == "program":
                self.unresolved.setdefault(Unresolved("program", use.name, by, sure))
            elif use.kind == "file":
                self._ask(use.path, Reason("mentioned", by, use.name, sure), use.language)

    def _mention(self, mention: Mention, by: str) -> None:
        if mention.kind == "program":
            self._program(mention.name, by, "called", certain=False)
        elif mention.kind == "shell":
            self._program("sh", by, "called", certain=False)
            self._uses(shell_uses(self.around, mention.name), by, certain=False)
        elif mention.kind == "library":
            self._library(mention.name, by, None, "dlopen", certain=False)
        elif mention.kind == "find-library":
            # ctypes.util.find_library asks ldconfig for its cache, and gcc or ld when there is none.
            self._program("/sbin/ldconfig", by, "called", certain=False)
            self._ask("etc/ld.so.cache", Reason("dlopen", by, mention.name, certain=False), "data")
            for soname in self._named_like(mention.name):
                self._library(soname, by, None, "dlopen", certain=False)

    def _program(self, name: str, by: str, kind: ReasonKind, certain: bool) -> None:
        path = self.around.program(name)
        if path is not None:
            self._ask(path, Reason(kind, by, name, certain))
        elif kind == "shebang":
            self.unresolved.setdefault(Unresolved("interpreter", name, by, certain))
        else:
            self.unresolved.setdefault(Unresolved("program", name, by, certain))

    def _library(self, name: str, by: str, elf: ElfFile | None, kind: ReasonKind, *, certain: bool) -> None:
        found = self.around.find_library(name, by, elf)
        if found is None:
            self.unresolved.setdefault(Unresolved("library", name, by, certain))
            return
        for link in found.links:
            self.reasons.setdefault(link, Reason("symlink", by, name, certain))
        self._ask(found.path, Reason(kind, by, name, certain))

    def _named_like(self, name: str) -> tuple[str, ...]:
        return self.around.sonames(name)


def _language(interpreter: str) -> str:
    name = interpreter.rpartition("/")[2]
    return "shell" if name in _SHELLS else _INTERPRETED.get(name.rstrip("0123456789."), "")


def _is_standard_library(path: str, directory: str) -> bool:
    """Whether a file is of Python's standard library itself: what that starts, it does without where it is
    missing.
    """
    inside = path[len(directory) :]
    return "/python" in f"/{directory}" and "-packages/" not in inside and "-packages" not in directory
