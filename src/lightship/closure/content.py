"""What one file asks of others: libraries, interpreters, programs, packages; by what the file holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lightship.closure.commands import Use, is_read_by_shell, shell_uses
from lightship.closure.compiled import started_by
from lightship.closure.groups import is_libcrypto, openssl_files
from lightship.closure.mentions import (
    Mention,
    dlopen_names,
    is_beside,
    language_of,
    mentions,
    starts_programs,
    starts_shell,
    starts_what_it_is_given,
)
from lightship.closure.model import Reason, ReasonKind
from lightship.closure.node import node_trees
from lightship.closure.python import embedding_program, is_python, python_environment
from lightship.closure.runtimes import runtime_trees
from lightship.closure.scripts import interpreter_of
from lightship.closure.services import included_files, service_commands, service_files
from lightship.closure.settings import LARGEST_WRITTEN, commands_in_settings
from lightship.closure.surroundings import SHARED_DIRECTORIES, TEXT_LIMIT, Surroundings
from lightship.elf.file import ElfFile

_BINARY_LIMIT = 256 << 20
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"})
_LANGUAGES = {
    "python": "python", "pypy": "python", "node": "node", "nodejs": "node",
    "ruby": "ruby", "perl": "perl", "php": "php",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """A path that is asked for, and why.

    ``language`` is how its content is to be read, whatever its name: a language, "tree" for a directory of which all is
    meant, "data" for a file that asks for nothing. ``own`` says that it is the program's own, not of a library;
    ``wrapped`` that the program has functions of its own which start what they are given.
    """

    path: str
    reason: Reason
    language: str = ""
    own: bool = False
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """A name that leads nowhere."""

    kind: Literal["library", "program", "interpreter", "source"]
    name: str
    by: str
    certain: bool


class Memory:
    """What the files of one tree ask for, kept from one walk over it to the next: same question, same answer."""

    __slots__ = ("around", "asks", "given", "starts")

    def __init__(self) -> None:
        self.around: Surroundings | None = None
        self.asks: dict[tuple[object, ...], tuple[Ask | Gone, ...]] = {}
        self.starts: dict[tuple[str, str], bool] = {}
        self.given: dict[tuple[str, str], bool] = {}


class Content:
    """Looks into the files of one tree; ``made`` tells of a file whether the project brought or made it."""

    def __init__(self, around: Surroundings, made: Callable[[str], bool], memory: Memory) -> None:
        self.around = around
        self._made = made
        self._memory = memory

    def preloads(self) -> Iterator[Ask | Gone]:
        """What is loaded into every program: /etc/ld.so.preload and LD_PRELOAD (ld.so(8))."""
        names = self.around.variables.get("LD_PRELOAD", "").replace(":", " ").split()
        if self.around.paths.is_file("etc/ld.so.preload"):
            names += self.around.text("etc/ld.so.preload").split()
            yield Ask("etc/ld.so.preload", Reason("preload"), "data")
        for name in names:
            yield from self._library(name, "", None, "preload", certain=True, report=True)

    def starts_programs(self, path: str, language: str) -> bool:
        """Whether source uses what its language starts programs with."""
        if (path, language) not in self._memory.starts:
            source = self.around.tree.read(path, TEXT_LIMIT)
            self._memory.starts[path, language] = starts_programs(source, language)
        return self._memory.starts[path, language]

    def starts_what_it_is_given(self, path: str, language: str) -> bool:
        """Whether source starts a program whose name is in a variable."""
        if (path, language) not in self._memory.given:
            source = self.around.tree.read(path, TEXT_LIMIT)
            found = self.starts_programs(path, language) and starts_what_it_is_given(source, language)
            self._memory.given[path, language] = found
        return self._memory.given[path, language]

    def asks(self, path: str, ask: Ask) -> tuple[Ask | Gone, ...]:
        """What the file at a real path, asked for as ``ask``, asks for in turn."""
        question = (path, ask.path, ask.language, ask.own, ask.wrapped, ask.reason.certain, ask.reason.kind)
        if question not in self._memory.asks:
            self._memory.asks[question] = tuple(self._asks(path, ask))
        return self._memory.asks[question]

    def _asks(self, path: str, ask: Ask) -> Iterator[Ask | Gone]:
        certain = ask.reason.certain
        elf = self.around.loader.elf(path)
        if elf is None:
            yield from self._text(path, ask)
            return
        yield from self._elf(path, elf, certain)
        if ask.own and elf.is_program and self._made(path):
            yield from self._compiled(path)
        if is_python(ask.path) or is_python(path):
            yield from self._python(ask.path, path, certain)
        for tree in runtime_trees(self.around, path):
            yield Ask(tree, Reason("runtime", path, tree, certain), "tree")
        yield from self._service_files(path, ask)

    def _text(self, path: str, ask: Ask) -> Iterator[Ask | Gone]:
        certain = ask.reason.certain
        shebang = interpreter_of(self.around.tree.read(path, 512))
        if shebang and not ask.language:
            # Handed to an interpreter, or only imported, a file's own first line does not count.
            for name in shebang.programs:
                yield from self._program(name, path, "shebang", certain=certain, report=True)
        if ask.language == "service" or _may_configure(ask):
            yield from self._service(path, certain)
        language = ask.language or (_language(shebang.programs[-1]) if shebang else "") or language_of(path)
        if language == "settings":
            for mention in commands_in_settings(self.around.tree.read(path, TEXT_LIMIT)):
                yield from self._mention(mention, path, own=True)
        elif language == "shell":
            yield from self._uses(shell_uses(self.around, self.around.text(path)), path, certain)
        elif language:
            yield from self._packages(path, language, ask)
            may_start = ask.wrapped or self.starts_programs(path, language)
            source = self.around.tree.read(path, TEXT_LIMIT) if may_start else b""
            for mention in mentions(source, language, wrapped=ask.wrapped, own=ask.own):
                yield from self._mention(mention, path, own=ask.own)
        if shebang:
            yield from self._service_files(path, ask)

    def _service_files(self, path: str, ask: Ask) -> Iterator[Ask]:
        for file in service_files(self.around, ask.path):
            yield Ask(file, Reason("mentioned", path, file, ask.reason.certain), "service", own=True)

    def _elf(self, path: str, elf: ElfFile, certain: bool) -> Iterator[Ask | Gone]:
        if elf.interpreter and self.around.loader.interpreter(elf) is None:
            yield Gone("interpreter", elf.interpreter, path, certain)
        elif elf.interpreter:
            yield Ask(elf.interpreter, Reason("interpreter", path, elf.interpreter, certain))
        loading = self.around.loader.load(path)
        for one in loading.objects[1:]:
            for link in (*one.links, one.path):
                yield Ask(link, Reason("needed", one.by, one.name, certain))
            for variant in one.variants:
                yield Ask(variant, Reason("variant", one.by, one.name, certain))
            embedding = embedding_program(one.path)
            if embedding and not is_python(path):
                yield from self._python(embedding, path, certain)
        for one in loading.objects:
            for file in openssl_files(self.around.paths, one.path) if is_libcrypto(one.path) else ():
                yield Ask(file, Reason("mentioned", one.path, file, certain), "data")
        for gone in loading.missing:
            yield Gone("library", gone.name, gone.by, certain)
        binary = self.around.tree.read(path, _BINARY_LIMIT) if elf.dynamic else b""
        for name in dlopen_names(binary):
            yield from self._library(name, path, elf, "dlopen", certain=False, report=False)
        if elf.is_program and certain and starts_shell(binary):
            yield from self._program("/bin/sh", path, "called", certain=False, report=False)

    def _compiled(self, path: str) -> Iterator[Ask | Gone]:
        started = started_by(self.around, self.around.tree.read(path, _BINARY_LIMIT))
        for mention in started.mentions:
            yield from self._mention(mention, path, own=False)
        for source in started.unread:
            yield Gone("source", source, path, certain=False)

    def _python(self, asked: str, path: str, certain: bool) -> Iterator[Ask | Gone]:
        environment = python_environment(self.around, asked)
        for file in environment.files:
            yield Ask(file, Reason("python", path, file, certain), "data")
        for program in environment.programs:
            yield Ask(program, Reason("python", path, program, certain))
        for tree in environment.trees:
            yield Ask(tree, Reason("python", path, tree, certain), "tree")

    def _packages(self, path: str, language: str, ask: Ask) -> Iterator[Ask]:
        """Where a script's own modules are: beside it for Python (sys.path[0]), in its package for Node."""
        if ask.reason.kind in ("tree", "python", "node", "runtime") or not (
            (language and ask.own) or ask.reason.kind == "called"
        ):
            return
        if language == "node":
            for tree in node_trees(self.around, path):
                yield Ask(tree, Reason("node", path, tree, ask.reason.certain), "tree")
        directory = path.rpartition("/")[0]
        if language == "python" and self._is_own(directory):
            yield Ask(directory, Reason("python", path, directory, ask.reason.certain), "tree")

    def _is_own(self, directory: str) -> bool:
        """Whether a directory may be a program's own: no directory of programs, nor one that many share."""
        shared = not directory or directory in SHARED_DIRECTORIES
        return not shared and directory not in self.around.program_directories()

    def _service(self, path: str, certain: bool) -> Iterator[Ask | Gone]:
        text = self.around.text(path)
        for command in service_commands(text, path):
            yield from self._uses(shell_uses(self.around, command), path, certain)
        for file in included_files(self.around, text, path):
            yield Ask(file, Reason("mentioned", path, file, certain), "service", own=True)

    def _uses(self, found: Iterable[Use], by: str, certain: bool) -> Iterator[Ask | Gone]:
        for use in found:
            sure = certain and use.certain
            if use.kind == "program" and use.path:
                yield Ask(use.path, Reason("called", by, use.name, sure))
            elif use.kind == "program":
                yield Gone("program", use.name, by, sure)
            elif use.kind == "file":
                yield Ask(use.path, Reason("mentioned", by, use.name, sure), use.language, own=True)

    def _mention(self, mention: Mention, by: str, *, own: bool) -> Iterator[Ask | Gone]:
        report = own and mention.direct
        # What the project's own source calls is needed, be it a compiler: a judge of programs is a program too.
        sure = own and mention.command and not is_beside(by) and self._made(by) and self._is_written(by)
        if mention.kind == "program":
            yield from self._program(mention.name, by, "called", certain=sure, report=report)
        elif mention.kind == "shell" and not mention.direct and not own and self._is_prose(mention.name):
            return
        elif mention.kind == "shell":
            yield from self._program("/bin/sh", by, "called", certain=sure, report=report)
            for one in self._uses(shell_uses(self.around, mention.name), by, certain=sure):
                if report or isinstance(one, Ask):
                    yield one
        elif mention.kind == "library" and (".so" in mention.name or "/" in mention.name):
            yield from self._library(mention.name, by, None, "dlopen", certain=False, report=report)
        else:
            yield from self._found_library(mention, by)

    def _is_prose(self, text: str) -> bool:
        """Whether a text of a library begins with a word that is no command here: neither are the others then."""
        first = text.split(maxsplit=1)[0] if text.strip() else ""
        return first.isalpha() and not is_read_by_shell(first) and self.around.program(first) is None

    def _is_written(self, path: str) -> bool:
        """Whether somebody wrote a file by hand: a bundler's output holds the words of all its libraries."""
        located = self.around.tree.get(path)
        return located is not None and located.entry.size <= LARGEST_WRITTEN

    def _found_library(self, mention: Mention, by: str) -> Iterator[Ask | Gone]:
        sonames = self.around.sonames(mention.name)
        for soname in sonames:
            yield from self._library(soname, by, None, "dlopen", certain=False, report=False)
        if sonames or mention.direct:
            # ctypes.util.find_library asks ldconfig for its cache, and gcc or ld when there is none.
            yield from self._program("/sbin/ldconfig", by, "called", certain=False, report=False)
            yield Ask("etc/ld.so.cache", Reason("dlopen", by, mention.name, certain=False), "data")

    def _program(self, name: str, by: str, kind: ReasonKind, *, certain: bool, report: bool) -> Iterator[Ask | Gone]:
        path = self.around.program(name)
        if path is not None:
            yield Ask(path, Reason(kind, by, name, certain))
        elif report:
            yield Gone("interpreter" if kind == "shebang" else "program", name, by, certain)

    def _library(
        self, name: str, by: str, elf: ElfFile | None, kind: ReasonKind, *, certain: bool, report: bool
    ) -> Iterator[Ask | Gone]:
        found = self.around.find_library(name, by, elf)
        if found is not None:
            for path in (*found.links, found.path):
                yield Ask(path, Reason(kind, by, name, certain))
        elif report:
            yield Gone("library", name, by, certain)


def _language(interpreter: str) -> str:
    name = interpreter.rpartition("/")[2]
    return "shell" if name in _SHELLS else _LANGUAGES.get(name.rstrip("0123456789."), "")


def _may_configure(ask: Ask) -> bool:
    """Whether a file that a command names may hold commands of a supervisor."""
    name = ask.path.rpartition("/")[2]
    return ask.reason.kind in ("root", "mentioned") and (name.endswith((".conf", ".ini")) or "Procfile" in name)
