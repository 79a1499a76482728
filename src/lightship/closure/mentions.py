"""Names in source code: programs that it starts and libraries that it opens.

Source is searched, not parsed: it may be of any version of its language, and what is too much costs only a
name that leads nowhere. Only literal names are seen; a name that is put together at run time is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MentionKind = Literal["program", "shell", "library", "find-library"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in source: a program, a shell command line, a library file or a library's bare name
    (find_library).
    """

    kind: MentionKind
    name: str


_TEXT = r"""(?:[rRbBuUfF]{0,2})(?:"([^"\\\n]{1,200})"|'([^'\\\n]{1,200})')"""
_PY_STARTERS = (
    r"(?:\b(?:subprocess\.|sp\.|asyncio\.|anyio\.|trio\.|pexpect\.)?"
    r"(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput|open_process|run_process|run_command"
    r"|create_subprocess_exec|spawn)|\bos\.(?:exec[lv]p?e?|posix_spawnp?|startfile))"
)
_PY_SHELLS = (
    r"(?:\bos\.(?:system|popen)|\bcommands\.get\w+|\bcreate_subprocess_shell|\bgetoutput|\bgetstatusoutput)"
)
_PYTHON = re.compile(
    rf"(?P<start>{_PY_STARTERS}\(\s*[\[(]?\s*{_TEXT})"
    rf"|(?P<spawn>\bos\.spawn[lv]p?e?\(\s*[\w.]+\s*,\s*{_TEXT})"
    rf"|(?P<shell>{_PY_SHELLS}\(\s*{_TEXT})"
    rf"|(?P<which>\b(?:which|find_executable)\(\s*{_TEXT})"
    rf"|(?P<find>\bfind_library\(\s*{_TEXT})"
    rf"|(?P<open>(?:\b(?:CDLL|PyDLL|LoadLibrary|dlopen|load_library|cdll)|\bcdll\.LoadLibrary)\(\s*{_TEXT})"
    rf"|(?P<soname>[\"'](?P<soname_value>(?:/[\w./+-]*/)?lib[\w+-]+(?:[\w.+-]*)?\.so(?:\.\d+)*)[\"'])"
    rf"|(?P<list>[\[=]\s*\[?\s*{_TEXT}\s*,)"
)
_PYTHON_HINT = re.compile(
    rb"subprocess|os\.system|popen|\bwhich\(|find_executable|os\.exec|os\.spawn|posix_spawn|pexpect"
    rb"|ctypes|dlopen|open_process|run_process"
)
_LIST_HINT = ("subprocess", "os.exec", "posix_spawn", "popen", "Popen")

_JS = re.compile(
    rf"\b(?P<start>(?:spawn|spawnSync|execFile|execFileSync|execa|execaSync|fork)\(\s*{_TEXT})"
    rf"|\b(?P<shell>(?:exec|execSync|execaCommand|execaCommandSync)\(\s*{_TEXT})"
    rf"|\b(?P<which>(?:which|which\.sync|whichSync|commandExists|commandExistsSync)\(\s*{_TEXT})"
    rf"|\b(?P<open>(?:dlopen|ffi\.Library|koffi\.load)\(\s*{_TEXT})"
)
_JS_HINT = re.compile(rb"child_process|execa|cross-spawn|which|command-exists|dlopen|ffi|koffi")

_GO = re.compile(rf"\bexec\.(?P<start>(?:Command|CommandContext|LookPath)\(\s*(?:\w+\s*,\s*)?{_TEXT})")
_GO_HINT = re.compile(rb"os/exec")

_RUBY = re.compile(
    rf"(?P<shell>\b(?:system|exec|spawn|IO\.popen|Open3\.\w+|Kernel\.system)[ (]\s*\[?\s*{_TEXT})"
    r"|(?P<ticks>`(?P<ticks_value>[^`\n#$]{1,200})`)"
    rf"|(?P<open>\b(?:ffi_lib|dlopen)[ (]\s*{_TEXT})"
)
_RUBY_HINT = re.compile(rb"system|exec|spawn|popen|Open3|`|ffi_lib|dlopen")

_PHP = re.compile(rf"\b(?P<shell>(?:exec|shell_exec|system|passthru|proc_open|popen)\(\s*{_TEXT})")
_PHP_HINT = re.compile(rb"exec|system|passthru|proc_open|popen")

_PERL = re.compile(
    rf"\b(?P<shell>(?:system|exec)[ (]\s*{_TEXT})|(?P<ticks>`(?P<ticks_value>[^`\n$]{{1,200}})`)"
)
_PERL_HINT = re.compile(rb"system|exec|`")

_LANGUAGES = {
    "python": (_PYTHON_HINT, _PYTHON),
    "node": (_JS_HINT, _JS),
    "go": (_GO_HINT, _GO),
    "ruby": (_RUBY_HINT, _RUBY),
    "php": (_PHP_HINT, _PHP),
    "perl": (_PERL_HINT, _PERL),
}
_SUFFIXES = {
    "py": "python", "pyw": "python", "js": "node", "cjs": "node", "mjs": "node", "ts": "node", "go": "go",
    "rb": "ruby", "php": "php", "pl": "perl", "pm": "perl", "sh": "shell", "bash": "shell",
}  # fmt: skip

# lib, a name, .so and perhaps a version, as a C string of its own in a binary.
_SONAME = re.compile(rb"(?<=\0)((?:/[\w./+-]{1,200}/)?lib[\w+.-]{1,80}\.so(?:\.\d+){0,4})(?=\0)")
_SHELL_OR_PROGRAM = re.compile(r"^[\w./+-]+$")


def language_of(path: str) -> str:
    """The language that a file's name tells ("python", "node", "shell", ...), or ""."""
    return _SUFFIXES.get(path.rpartition("/")[2].rpartition(".")[2], "") if "." in path else ""


def mentions(source: bytes, language: str) -> tuple[Mention, ...]:
    """The programs and libraries that source text names, once each, in order; none for a language not
    known.
    """
    hint, pattern = _LANGUAGES.get(language, (None, None))
    if hint is None or pattern is None or not hint.search(source):
        return ()
    text = source.decode("utf-8", "replace")
    lists = language == "python" and any(word in text for word in _LIST_HINT)
    return tuple(dict.fromkeys(_found(pattern, text, lists=lists)))


def dlopen_names(binary: bytes) -> tuple[str, ...]:
    """The library names that a binary which calls dlopen holds as strings, once each."""
    if b"dlopen\0" not in binary and b"dlmopen\0" not in binary:
        return ()
    return tuple(dict.fromkeys(match.group(1).decode() for match in _SONAME.finditer(binary)))


def _found(pattern: re.Pattern[str], text: str, *, lists: bool) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        group = match.lastgroup or ""
        kind = next(
            (name for name in ("start", "spawn", "shell", "which", "find", "open", "soname", "list", "ticks")
             if name in pattern.groupindex and match.group(name)), group
        )  # fmt: skip
        if kind in ("soname", "ticks"):
            value = match.group(f"{kind}_value")
        else:
            inside = pattern.groupindex[kind]
            value = next((part for part in match.groups()[inside:] if part), "")
        if kind == "list":
            if lists and _SHELL_OR_PROGRAM.match(value):
                yield Mention("program", value)
        elif kind == "find":
            yield Mention("find-library", value)
        elif kind in ("open", "soname"):
            yield Mention("library", value)
        elif kind in ("shell", "ticks") or not _SHELL_OR_PROGRAM.match(value):
            yield Mention("shell", value)
        else:
            yield Mention("program", value)
