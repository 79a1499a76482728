"""Names in source code and binaries: programs that they start and libraries that they open.

Source is searched, not parsed: it may be of any version of its language, and what is found too much costs only a name
that leads nowhere. Only literal names are seen; a name that is put together at run time is not.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lightship.closure.languages import LANGUAGES, SUFFIXES, Language, MentionKind, hints


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in source: a program, a shell's command line, a library's file name or its bare name.

    ``find-library`` is for ctypes.util.find_library. ``direct`` says that the name stands in the very call that starts
    or opens it, not in a list that may be handed to one; ``command`` that it stands there as a command does, in a call
    or before arguments, so that it hardly is a mere word.
    """

    kind: MentionKind
    name: str
    direct: bool = True
    command: bool = True


_STRING = r"""[rRbBuUfF]{0,2}(?:"([^"\\\n]{1,300})"|'([^'\\\n]{1,300})'|`([^`\\]{1,300})`)"""
# name( "text"  |  name( ["text"  |  name(other, "text". Patterns begin with a single character that is quick to find;
# what stands before it is looked at only then.
_CALL = re.compile(rf"\(\s*+(?:[\w.]++\s*+,\s*+)?([\[(]?)\s*+{_STRING}\s*+([,\])]?)")
_BARE_CALL = re.compile(rf"(?<=\w)[ \t]++(\[?){_STRING}\s*+([,\])]?)")
_NAME_BEFORE = re.compile(r"[\w.]+$")
_ASSIGNED = re.compile(rf"=\s*+[\[(]?\s*+{_STRING}")
_COMMAND_BEFORE = re.compile(
    r"(?:cmd|command|argv|args|cmdline|exe|executable|program)\w*(?:\s*:[^=\n]{1,60})?\s*\+?$", re.IGNORECASE
)
# Any text that begins like a command: "git", 'convert in.png out.png', `gs -dSAFER ... (but no module's name).
_BEGINNING = re.compile(
    r"""(?<!require\()(?<!import\()(?<!import )(?<!from )["'`]([A-Za-z/][\w./+-]{1,80})(?=["'`]|\s)"""
)
_TEXT = re.compile(
    r"\"{3}[^\"]{1,4000}\"{3}|\"(?:[^\"\\\n]|\\.){0,1000}\"|'(?:[^'\\\n]|\\.){0,1000}'|`(?:[^`\\]|\\.){0,4000}`",
    re.DOTALL,
)
_OPERATOR = re.compile(
    r"[|;&\n]+|\$\(|\b(?:sudo|nice|nohup|timeout|env|xargs|gosu|su-exec|setpriv|exec|time|command|do|then|else|-c)\b"
    r"(?:\s+(?:-[\w=-]+|\w+=\S+|\d+[smhd]?)(?=\s))*"
)
_FIRST_WORD = re.compile(r"[\s\"'`]*(?:\w+=\S*\s+)*([A-Za-z/][\w./+-]{1,80})(?=[\s\"'`;)]|$)")
_HAS_ARGUMENTS = re.compile(r"\s+[\w.]*[-/$%{]")
_KEYWORDS = frozenset((*keyword.kwlist, "import", "export", "function", "select", "package"))
# Programs of large packages whose names are said for other reasons: alone, such a word is no command.
_WORDS = _KEYWORDS | {"animate", "compare", "composite", "display", "host", "mail", "montage", "patch", "stream"}
_OPTION_LIST = re.compile(rf"\[\s*+{_STRING}\s*+,\s*+[fr]?[\"']-")
# Programs as attributes of a module: sh.git("pull"), from plumbum.cmd import git.
_ATTRIBUTE = re.compile(
    r"^\s*from\s+(?:sh|plumbum\.cmd)\s+import\s+([\w, \t]+)|(?<![\w.])sh\.([a-z]\w+)\(", re.MULTILINE
)
_SONAME = re.compile(r"""["']((?:/[\w./+-]{0,200}/)?lib[\w+.-]{1,80}\.so(?:\.\d+){0,4})["']""")
_OPENED_BY_VARIABLE = re.compile(r"(?:find_library|dlopen|CDLL|LoadLibrary)\(\s*+[\w(*]")
_RUNS = re.compile(r"exec|spawn|run|shell|^sh$|cmd|system|popen|launch", re.IGNORECASE)
_WORD = re.compile(r"""["']([A-Za-z][\w.+-]{1,40})["']""")
_BACKTICKS = re.compile(r"`([^`\n]{1,300})`")
_COLLECTIONS = frozenset(
    {
        "set",
        "frozenset",
        "list",
        "tuple",
        "sorted",
        "join",
        "extend",
        "isin",
        "dict",
        "any",
        "all",
        "require",
        "import",
        "import_module",
        "on",
        "once",
        "off",
        "emit",
        "addEventListener",
        "removeListener",
        "includes",
        "indexOf",
        "startsWith",
        "endsWith",
        "startswith",
        "endswith",
        "getattr",
        "hasattr",
    }
)
# What a library hands to these is looked up, told or taken apart, never started.
_LOOKUPS = frozenset(
    {
        *("get", "pop", "setdefault", "isinstance", "add_argument", "add_option", "option", "field", "Field"),
        *("split", "rsplit", "partition", "replace", "strip", "encode", "decode", "format", "print", "log", "debug"),
        *("info", "warn", "warning", "error", "exception", "getLogger", "get_logger", "describe", "it"),
    }
)
# Names that mean nothing but a program.
_COMPILERS = frozenset({"gcc", "g++", "c++", "clang", "clang++", "gfortran", "rustc", "javac", "cmake"})
_PROGRAM = re.compile(r"^[\w./+][\w./+-]*$")
_SO_STRING = re.compile(rb"^(?:/[\w./+-]{1,200}/)?lib[\w+.-]{1,80}\.so(?:\.\d+){0,4}$")


def language_of(path: str) -> str:
    """The language that a file's name tells ("python", "node", "shell", ...), or "".

    Declarations of types (``.d.ts``) are no source: nothing of them runs.
    """
    if path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return ""
    return SUFFIXES.get(path.rpartition("/")[2].rpartition(".")[2], "") if "." in path else ""


def mentions(source: bytes, language: str, *, wrapped: bool = False, own: bool = True) -> tuple[Mention, ...]:
    """The programs and libraries that source text names, once each, in order; none for an unknown language.

    ``wrapped`` says that something of the program's own starts programs, here or in another file, perhaps by a name
    that it is given: any call may then be of it, and any text of the program's ``own`` source a command.
    """
    known = LANGUAGES.get(language)
    if known is None or not (wrapped or starts_programs(source, language)):
        return ()
    found: dict[tuple[str, str], Mention] = {}
    for mention in _found(known, source.decode("utf-8", "replace"), wrapped=wrapped, own=own):
        first = found.setdefault((mention.kind, mention.name), mention)
        if mention.command and not first.command:
            found[mention.kind, mention.name] = replace(first, command=True)
    return tuple(found.values())


def starts_programs(source: bytes, language: str) -> bool:
    """Whether source uses what its language starts programs with; false for an unknown language."""
    known = LANGUAGES.get(language)
    if known is None:
        return False
    if any(word in source for word in known.words):
        return True
    # Most files hold none of the libraries' names, which is seen much sooner than that they do not import one.
    libraries = known.libraries if any(hint in source for hint in hints(known.others)) else None
    return libraries is not None and libraries.search(source) is not None


def starts_what_it_is_given(source: bytes, language: str) -> bool:
    """Whether source starts a program whose name is in a variable: somebody else hands the name over."""
    if not starts_programs(source, language):
        return False
    calls = (name for name, kind in LANGUAGES[language].calls.items() if kind in ("program", "shell"))
    given = rf"\b(?:{'|'.join(sorted(calls))})\(\s*\*?[\[(]?\s*[A-Za-z_$]"
    return re.search(given, source.decode("utf-8", "replace")) is not None


def possible_commands(source: str) -> Iterator[Mention]:
    """The words of source's texts that stand where a command's name can: first, or after ``|``, ``&&``, ``sudo`` ...

    What is a keyword of some language is left out: in texts that are source themselves it calls nothing.
    """
    for match in _BEGINNING.finditer(source):
        with_arguments = _HAS_ARGUMENTS.match(source, match.end()) is not None
        name = match.group(1)
        if name not in (_KEYWORDS if with_arguments else _WORDS):
            yield Mention("program", name, direct=False, command=with_arguments or name in _COMPILERS)
    for name in commands_in_texts(source):
        yield Mention("program", name, direct=False)


def commands_in_texts(source: str) -> Iterator[str]:
    """The words of source's texts that stand where a command's name can after another: ``cd x && tar``, ``| gzip``."""
    for match in _TEXT.finditer(source):
        for part in _OPERATOR.split(match.group())[1:]:
            word = _FIRST_WORD.match(part)
            if word and word.group(1) not in _KEYWORDS:
                yield word.group(1)


# What stands in a project beside its program: tests, examples, and what builds and releases it.
_BESIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|examples?|docs?|benchmarks?|ci|\.github|\.circleci)/"
    r"|(?:^|/)(?:setup|conftest|noxfile|fabfile|toxfile|gulpfile|gruntfile|build)\.\w+$"
    r"|(?:^|/)test_[^/]*\.py$|_test\.(?:py|go)$|\.(?:test|spec|config|conf)\.\w+$",
    re.IGNORECASE,
)


def is_beside(path: str) -> bool:
    """Whether a source file of a project is one of those that its running program does not come to."""
    return _BESIDE.search(path) is not None


def dlopen_names(binary: bytes) -> tuple[str, ...]:
    """The library names that a binary which calls dlopen holds as strings, once each."""
    if b"dlopen\0" not in binary and b"dlmopen\0" not in binary:
        return ()
    names: dict[str, None] = {}
    at = binary.find(b".so")
    while at >= 0:
        start = binary.rfind(b"\0", max(0, at - 300), at) + 1
        end = binary.find(b"\0", at, at + 40)
        if start and end > 0 and _SO_STRING.match(binary[start:end]):
            names.setdefault(binary[start:end].decode())
        at = binary.find(b".so", at + 3)
    return tuple(names)


def starts_shell(binary: bytes) -> bool:
    """Whether a binary imports system(3) or popen(3), which start /bin/sh."""
    return b"\0system\0" in binary or b"\0popen\0" in binary


def _found(language: Language, text: str, *, wrapped: bool, own: bool) -> Iterator[Mention]:
    patterns = (_CALL, _BARE_CALL) if language.bare_calls else (_CALL,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            name = _NAME_BEFORE.search(text[max(0, match.start() - 60) : match.start()])
            if name:
                yield from _called(language, name.group(), match, wrapped=wrapped, own=own)
    if language.backticks:
        for match in _BACKTICKS.finditer(text):
            yield Mention("shell", match.group(1), direct=False)
    for match in _ASSIGNED.finditer(text):
        if _COMMAND_BEFORE.search(text[max(0, match.start() - 90) : match.start()]):
            yield from _program(_value(match), direct=False)
    if own and wrapped:
        yield from possible_commands(text)
    if language.lists:
        yield from _listed(text)


def _listed(text: str) -> Iterator[Mention]:
    """Python's commands in lists, and names of libraries anywhere."""
    for match in _OPTION_LIST.finditer(text):
        yield from _program(_value(match), direct=False)
    if "shell=True" in text:
        yield Mention("program", "/bin/sh")
    for match in _ATTRIBUTE.finditer(text):
        for name in (match.group(1) or match.group(2)).split(","):
            # apt_get is apt-get: a program's name is not always one of Python's.
            yield Mention("program", name.split(" as ")[0].strip().replace("_", "-"), direct=False)
    if _OPENED_BY_VARIABLE.search(text):
        # The name is in a list or a variable: any word of the file may be it.
        for match in _WORD.finditer(text):
            yield Mention("find-library", match.group(1).removeprefix("lib"), direct=False, command=False)
    for match in _SONAME.finditer(text) if ".so" in text else ():
        yield Mention("library", match.group(1), direct=False)


def _called(language: Language, name: str, match: re.Match[str], *, wrapped: bool, own: bool) -> Iterator[Mention]:
    bracket, *strings, after = match.groups()
    value = next(part for part in strings if part)
    last = name.rpartition(".")[2]
    kind = language.calls.get(last)
    if kind == "program":
        if bracket or _PROGRAM.match(value):
            yield from _program(value, direct=True)
        else:
            yield Mention("shell", value)
    elif kind is not None:
        yield Mention(kind, value)
    elif bracket == "[" and after in (",", "]") and language.lists and last not in _COLLECTIONS:
        # A function of the program's own that takes a command, as run_git(["git", "describe"]).
        yield from _program(value, direct=False)
    elif wrapped and last not in _COLLECTIONS and value not in _WORDS and (own or not _is_prose(last, value)):
        # run(w, "git", "ls-remote"), sh("convert in.png out.png")
        for mention in _program(value, direct=False):
            yield replace(mention, command=mention.kind == "shell" or value in _COMPILERS)


def _is_prose(function: str, text: str) -> bool:
    """Whether a text in a library is no command: one word that is only looked up, or several of which the second looks
    like no argument, handed to nothing that is called as what runs commands is: ``option("x", "display help for x")``.
    """
    if " " not in text.strip():
        return function in _LOOKUPS
    first = _FIRST_WORD.match(text)
    if first is None or first.group(1) in _WORDS:
        return True
    return not (_HAS_ARGUMENTS.match(text, first.end()) or _OPERATOR.search(text) or _RUNS.search(function))


def _program(value: str, *, direct: bool) -> Iterator[Mention]:
    if _PROGRAM.match(value):
        yield Mention("program", value, direct)
    elif not direct and (words := value.split()) and _PROGRAM.match(words[0]):
        yield Mention("shell", value, direct)


def _value(match: re.Match[str]) -> str:
    return next((part for part in match.groups() if part), "")
