"""How each language starts programs and opens libraries: the words that its source has for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

MentionKind = Literal["program", "shell", "library", "find-library"]

_IMPORTING = r"""\b(?:import|from)\s+(?:{names})\b|["'](?:{names})(?:/[\w/.-]*)?["']"""


@dataclass(frozen=True, slots=True)
class Language:
    """How a language starts programs: words that source which does has, and what a function's first string is.

    ``others`` are libraries with functions of their own for it.
    """

    words: tuple[bytes, ...]
    calls: Mapping[str, MentionKind]
    lists: bool = False
    backticks: bool = False
    bare_calls: bool = False
    others: str = ""

    @property
    def libraries(self) -> re.Pattern[bytes] | None:
        """Where source asks for one of the libraries that start programs for it, which have functions of any name."""
        return _importing(self.others)


@cache
def hints(libraries: str) -> tuple[bytes, ...]:
    """Texts of which source that asks for one of the libraries has one at least; a short name stands in many a word."""
    found = []
    for name in libraries.split():
        ways = ("import {}", "from {}", "'{}'", '"{}"') if len(name) < 4 else ("{}",)
        found += [way.format(name).encode() for way in ways]
    return tuple(found)


@cache
def _importing(libraries: str) -> re.Pattern[bytes] | None:
    names = "|".join(re.escape(name) for name in libraries.split())
    return re.compile(_IMPORTING.format(names=names).encode()) if names else None


def _calls(**names: str) -> Mapping[str, MentionKind]:
    kinds: dict[str, MentionKind] = {
        "program": "program",
        "shell": "shell",
        "library": "library",
        "find": "find-library",
    }
    return {name: kinds[kind] for kind, listed in names.items() for name in listed.split()}


_PYTHON = Language(
    tuple(
        b"subprocess os.system popen( Popen which( find_executable os.exec os.spawn posix_spawn pexpect"
        b" ctypes dlopen open_process run_process spawn(".split()
    ),
    _calls(
        program="run call check_call check_output Popen popen create_subprocess_exec open_process run_process spawn"
        " execv execve execvp execvpe execl execle execlp execlpe posix_spawn posix_spawnp spawnv spawnve spawnvp"
        " spawnvpe spawnl spawnle spawnlp spawnlpe startfile which find_executable",
        shell="system getoutput getstatusoutput create_subprocess_shell",
        library="CDLL PyDLL LoadLibrary dlopen load_library cdll",
        find="find_library",
    ),
    lists=True,
    others="sh plumbum invoke fabric executor pexpect sarge delegator envoy shellous",
)
_NODE = Language(
    (
        b"child_process",
        b"execa",
        b"cross-spawn",
        b'"which"',
        b"'which'",
        b"command-exists",
        b"dlopen",
        b"ffi-",
        b"koffi",
    ),
    _calls(
        program="spawn spawnSync execFile execFileSync execa execaSync which whichSync commandExists"
        " commandExistsSync sync",
        shell="exec execSync execaCommand execaCommandSync",
        library="dlopen Library load",
    ),
    others="shelljs zx execa cross-spawn node-cmd tinyexec nano-spawn node-pty promisify-child-process"
    " child-process-promise shell-exec",
)
_GO = Language(
    (b"os/exec", b"os.StartProcess", b"syscall.Exec"),
    _calls(program="Command CommandContext LookPath StartProcess Exec"),
    others="github.com/go-cmd/cmd github.com/bitfield/script mvdan.cc/sh",
)
_RUBY = Language(
    (b"system", b"exec", b"spawn", b"popen", b"Open3", b"`", b"ffi_lib", b"dlopen"),
    _calls(
        shell="system exec spawn popen popen2 popen2e popen3 capture2 capture2e capture3 pipeline",
        program="which find_executable",
        library="ffi_lib dlopen",
    ),
    backticks=True,
    bare_calls=True,
)
_PHP = Language(
    (b"exec", b"system", b"passthru", b"proc_open", b"popen"),
    _calls(shell="exec shell_exec system passthru proc_open popen"),
)
_PERL = Language(
    (b"system", b"exec", b"`"),
    _calls(shell="system exec", program="which"),
    backticks=True,
    bare_calls=True,
)

_RUST = Language((b"Command::new", b"process::Command"), _calls(program="new arg", shell="cmd"))
_C = Language(
    (b"execl", b"execv", b"system(", b"popen(", b"posix_spawn"),
    _calls(
        shell="system popen",
        program="execl execlp execle execv execvp execvpe execve posix_spawn posix_spawnp",
        library="dlopen",
    ),
)
_JAVA = Language(
    (b"ProcessBuilder", b"Runtime.getRuntime", b"System.load", b"Native.load"),
    _calls(program="ProcessBuilder command", shell="exec", library="load loadLibrary"),
)

LANGUAGES = {
    "rust": _RUST,
    "c": _C,
    "java": _JAVA,
    "python": _PYTHON,
    "node": _NODE,
    "go": _GO,
    "ruby": _RUBY,
    "php": _PHP,
    "perl": _PERL,
}
SUFFIXES = {
    "py": "python", "pyw": "python", "js": "node", "cjs": "node", "mjs": "node", "ts": "node", "go": "go",
    "rs": "rust", "c": "c", "cc": "c", "cpp": "c", "cxx": "c", "h": "c", "hpp": "c", "java": "java", "kt": "java",
    "rb": "ruby", "php": "php", "pl": "perl", "pm": "perl", "sh": "shell", "bash": "shell",
}  # fmt: skip
