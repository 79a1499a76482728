"""Go source as far as a Dockerfile depends on it: main packages, cgo, embedded files, files read at run time, ports."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from lightship.projects.files import Project
from lightship.projects.model import Fact

_TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
_OTHER_SYSTEM = re.compile(
    r"_(?:windows|darwin|freebsd|openbsd|netbsd|plan9|js|wasip1|solaris|aix|android|ios)(?:_\w+)?\.go$"
)
_PORT = re.compile(r'(?:ListenAndServe(?:TLS)?|\.Run|\.Start|\.Listen|Addr)\s*[(:]\s*"[^":]*:(\d{2,5})"')
_FALLBACK_PORT = re.compile(r'\bport\s*:?=\s*"(\d{2,5})"', re.IGNORECASE)
_STARTED = re.compile(r'\bexec\.(?:Command\(|CommandContext\([^,]+,)\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class GoFile:
    """One file that is built for Linux. ``code`` is its text without comments."""

    path: str
    text: str
    code: str
    package: str

    @property
    def folder(self) -> str:
        """The directory of its package; empty for the root."""
        return posixpath.dirname(self.path)


def go_files(project: Project) -> tuple[GoFile, ...]:
    """The files of the module at the root that are built for Linux; those of nested modules are left out."""
    nested = [posixpath.dirname(one) for one in project.files if one.endswith("/go.mod")]
    found = []
    for path in project.files:
        if not path.endswith(".go") or path.endswith("_test.go") or _OTHER_SYSTEM.search(path):
            continue
        if any(path.startswith(f"{folder}/") for folder in nested) or "/_" in f"/{path}":
            continue
        text = project.text(path) or ""
        code = _without_comments(text)
        package = re.search(r"^\s*package\s+(\w+)", code, re.MULTILINE)
        head = text[: text.find("\npackage ") + 1] if "\npackage " in text else ""
        if package and not _is_left_out(head):
            found.append(GoFile(path, text, code, package[1]))
    return tuple(found)


def reached(files: tuple[GoFile, ...], module: str, folder: str) -> tuple[GoFile, ...]:
    """The files that a program is built from: those of its package and of all in the module that it imports."""
    seen = {folder}
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        for one in files:
            if one.folder != at:
                continue
            for path in re.findall(rf'"{re.escape(module)}(?:/([^"\n]+))?"', one.code):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
    return tuple(one for one in files if one.folder in seen)


def main_packages(files: tuple[GoFile, ...]) -> tuple[str, ...]:
    """Directories whose package is a program."""
    found = (
        one for one in files if one.package == "main" and re.search(r"^func\s+main\s*\(\s*\)", one.code, re.MULTILINE)
    )
    return tuple(sorted({one.folder for one in found}))


def cgo_file(files: tuple[GoFile, ...]) -> GoFile | None:
    """The first file that calls C."""
    return next(
        (one for one in files if re.search(r'^\s*(?:import\s+)?(?:\w+\s+)?"C"\s*$', one.code, re.MULTILINE)), None
    )


def linked_libraries(files: tuple[GoFile, ...]) -> tuple[str, ...]:
    """Libraries that ``#cgo`` lines link to, those of the C library itself left out."""
    found: dict[str, None] = {}
    for one in files:
        for line in re.findall(r"#cgo\b([^\n]*)", one.text):
            found |= dict.fromkeys(re.findall(r"(?<!\S)-l(\S+)", line))
            name, _, rest = line.partition(":")
            if "pkg-config" in name:
                found |= dict.fromkeys(rest.split())
    return tuple(one for one in found if one not in ("m", "dl", "pthread", "rt", "c", "resolv", "util", "stdc++"))


def stated_port(files: tuple[GoFile, ...]) -> Fact | None:
    """The one port that the source listens on; None when there are several."""
    found: dict[str, str] = {}
    for one in files:
        matches = list(_PORT.finditer(one.code))
        if '"PORT"' in one.code:
            matches += _FALLBACK_PORT.finditer(one.code)
        for match in matches:
            line = one.code.count("\n", 0, match.start()) + 1
            found.setdefault(match[1], f"the port in {one.path}:{line}")
    if len(found) != 1:
        return None
    ((port, where),) = found.items()
    return Fact(port, where) if 0 < int(port) < 65536 else None


def started_programs(files: tuple[GoFile, ...]) -> tuple[tuple[str, str], ...]:
    """Programs that the source starts by name, and where."""
    found: dict[str, str] = {}
    for one in files:
        for match in _STARTED.finditer(one.code):
            found.setdefault(match[1], f"{one.path}:{one.code.count(chr(10), 0, match.start()) + 1}")
    return tuple(found.items())


def read_at_run_time(project: Project, files: tuple[GoFile, ...]) -> tuple[tuple[str, str], ...]:
    """Files and directories of the project that a string in the source names, and where; embedded ones are left out.

    What a string names may be read when the program runs, so it stays: a false alarm costs bytes, the other way round
    the program fails.
    """
    embedded = tuple(_embedded(files))
    found: dict[str, str] = {}
    for one in files:
        for match in _TOKENS.finditer(one.code):
            literal = match[0]
            if literal[0] not in '"`' or re.match(r'\s*"(?:[\w.-]+/)+[\w.-]+"\s*$', _line(one.code, match.start())):
                # An import stands alone on its line.
                continue
            path = _named(project, literal[1:-1])
            if path and not any(_covers(pattern, path) for pattern in embedded):
                line = one.code.count("\n", 0, match.start()) + 1
                found.setdefault(path, f"{one.path}:{line}")
    whole = {path for path in found if not any(path.startswith(f"{other}/") for other in found)}
    return tuple((path, where) for path, where in sorted(found.items()) if path in whole)


def _named(project: Project, text: str) -> str:
    """The path in the project that a string names, up to its first pattern; empty when there is none."""
    if not text or "\n" in text or text.startswith(("/", "..")) or len(text) > 200:
        return ""
    parts: list[str] = []
    for part in posixpath.normpath(text).split("/"):
        if any(char in part for char in "*?[%{"):
            break
        parts.append(part)
    path = "/".join(parts)
    if path in ("", ".") or path.endswith((".go", "go.mod", "go.sum")) or not project.has(path):
        return ""
    below = [one for one in project.files if one.startswith(f"{path}/")]
    return "" if below and all(one.endswith(".go") for one in below) else path


def _embedded(files: tuple[GoFile, ...]) -> Iterator[str]:
    for one in files:
        for line in re.findall(r"^//go:embed[ \t]+(.+)$", one.text, re.MULTILINE):
            for word in re.findall(r'"[^"]*"|`[^`]*`|\S+', line):
                yield posixpath.join(one.folder, word.strip('"`').removeprefix("all:"))


def _covers(pattern: str, path: str) -> bool:
    """Whether an embed pattern brings a path along: it names it, a directory above it, or all that is in it."""
    above = "/".join(path.split("/")[: pattern.count("/") + 1])
    return fnmatch(path, pattern) or fnmatch(above, pattern) or posixpath.dirname(pattern) == path


def _line(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : end if end >= 0 else len(text)]


def _without_comments(text: str) -> str:
    """The text with its comments as blanks; lines stay where they are."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/") else match[0]

    return _TOKENS.sub(blank, text)


def _is_left_out(head: str) -> bool:
    """Whether a build constraint keeps a file out of a plain build for Linux."""
    match = re.search(r"^//go:build\s+(.+)$", head, re.MULTILINE)
    words = match[1].split() if match else []
    return bool(words) and (words[0] in ("ignore", "tools", "windows", "darwin", "js", "plan9", "!linux"))
