"""A command line and what it starts: the program, what a wrapper starts in its place, scripts among its
arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lightship.closure.runners import (
    package_script,
    with_node_programs,
    with_programs,
    with_project_programs,
)
from lightship.closure.surroundings import Surroundings
from lightship.shell import parse

_DEPTH_LIMIT = 8

# Programs that start another program given among their arguments, after options and words of their own.
_WRAPPERS = frozenset(
    {
        "env", "exec", "command", "nice", "ionice", "nohup", "time", "timeout", "stdbuf", "setsid", "chrt",
        "taskset", "unbuffer", "tini", "tini-static", "dumb-init", "catatonit", "docker-init", "gosu",
        "su-exec", "setpriv", "sudo", "doas", "runuser", "chpst", "xargs", "strace", "ltrace", "flock",
        "wait-for-it", "wait-for-it.sh", "dockerize", "s6-setuidgid", "with-contenv", "npx", "bunx", "uv",
        "uvx", "poetry", "pipenv", "pdm", "rye", "hatch", "conda", "micromamba", "bundle",
        "opentelemetry-instrument", "ddtrace-run", "newrelic-admin", "coverage",
    }
)  # fmt: skip
# Those that put a project's virtual environment before PATH.
_PROJECT_RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "rye", "hatch"})
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"})
_NODE_RUNNERS = frozenset({"npm", "yarn", "pnpm", "bun", "yarnpkg"})

# Words of a shell that start nothing of their own (POSIX 2.9.1 special built-ins, and bash's).
_BUILTINS = frozenset(
    {
        "", ":", "[", "[[", "alias", "bg", "break", "builtin", "case", "cd", "continue", "declare", "dirs",
        "disown", "echo", "enable", "exit", "export", "false", "fc", "fg", "getopts", "hash", "help",
        "history", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd",
        "read", "readarray", "readonly", "return", "set", "shift", "shopt", "suspend", "test", "times",
        "trap", "true", "type", "typeset", "ulimit", "umask", "unalias", "unset", "wait",
    }
)  # fmt: skip
# POSIX 2.4, and bash's.
_RESERVED = frozenset(
    {
        *("if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in"),
        *("time", "function", "select", "coproc"),
    }
)
_READ_BY_SHELL = _BUILTINS | {".", "source", "eval", "exec", "command"}


def is_read_by_shell(word: str) -> bool:
    """Whether a shell takes a command's first word as its own and starts no program of that name."""
    return word in _READ_BY_SHELL or word in _RESERVED


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that a command line uses.

    ``kind`` "program": started by ``name``, at ``path`` when that is found, else ``path`` is "". "file": an
    existing file among the arguments; ``language`` when the program interprets it. "module": a Python
    module (``python -m``).
    """

    kind: Literal["program", "file", "module"]
    name: str
    path: str = ""
    language: str = ""
    certain: bool = True


def uses(around: Surroundings, words: Sequence[str | None], *, shell: bool = False) -> tuple[Use, ...]:
    """What a command, given as its words (None: not known), uses; ``shell`` says that a shell reads it."""
    return tuple(dict.fromkeys(_command(around, words, 0, shell=shell)))


def shell_uses(around: Surroundings, text: str) -> tuple[Use, ...]:
    """What a shell script or ``sh -c`` text uses: every command in it, whatever it hangs on."""
    return tuple(dict.fromkeys(_shell(around, text, 0)))


def _shell(around: Surroundings, text: str, depth: int) -> Iterator[Use]:
    if depth > _DEPTH_LIMIT:
        return
    script = parse(text, variables=around.variables)
    place = around
    for command in script.commands:
        words = [word.value for word in command.words]
        place = _moved(place, words, {one.name: one.value.value for one in command.assignments})
        if words and words[0] not in script.functions:
            for use in _command(place, words, depth, shell=True):
                # A cd may have been in a subshell or a branch: what is not found from there may be from the start.
                path = around.program(use.name) if use.kind == "program" and not use.path else None
                yield use if path is None else replace(use, path=path)
        for redirection in command.redirections:
            target = redirection.target.value if redirection.target else None
            if redirection.operator == "<" and target and place.paths.is_file(place.at(target)):
                yield Use("file", target, place.at(target))


def _moved(around: Surroundings, words: Sequence[str | None], assigned: Mapping[str, str | None]) -> Surroundings:
    """The surroundings of what comes after a command: another directory, another PATH."""
    path = assigned.get("PATH") if not words or words[0] == "export" else None
    if len(words) > 1 and (target := words[1]):
        if words[0] == "cd" and not target.startswith("-"):
            return replace(around, working_dir=around.at(target))
        if words[0] in (".", "source") and target.endswith("/bin/activate"):
            # A virtual environment's script puts its own directory first.
            return with_programs(around, [around.at(target).rpartition("/")[0]])
    return with_programs(around, [around.at(part) for part in path.split(":") if part]) if path else around


def _command(around: Surroundings, words: Sequence[str | None], depth: int, *, shell: bool) -> Iterator[Use]:
    words = _after_assignments(words)
    if not words or depth > _DEPTH_LIMIT:
        return
    name, rest = words[0], words[1:]
    if name is None:
        # "$@" and the like: what it starts is not known, what it is given may be.
        yield from _arguments(around, rest)
        return
    if shell and name in _READ_BY_SHELL:
        yield from _built_in(around, name, rest, depth)
        return
    yield Use("program", name, around.program(name) or "")
    yield from _started(around, name.rpartition("/")[2], rest, depth)


def _built_in(around: Surroundings, name: str, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    if name in (".", "source"):
        yield from _sourced(around, rest)
    elif name == "eval":
        yield from _shell(around, " ".join(word or "" for word in rest), depth + 1)
    elif name == "trap" and rest and rest[0]:
        yield from _shell(around, rest[0], depth + 1)
    elif name in ("exec", "command", "builtin"):
        at = next((at for at, word in enumerate(rest) if not (word or "").startswith("-")), len(rest))
        yield from _command(around, rest[at:], depth + 1, shell=name != "exec")
    else:
        yield from _arguments(around, rest)


def _started(around: Surroundings, base: str, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    if base in _SHELLS:
        yield from _shell_arguments(around, rest, depth)
    elif base in ("su", "runuser", "script", "flock") and "-c" in rest[:-1]:
        yield from _shell(around, rest[rest.index("-c") + 1] or "", depth + 1)
    elif base.startswith(("python", "pypy")):
        yield from _python_arguments(around, rest)
    elif base in ("node", "nodejs", "deno", "ts-node", "tsx"):
        yield from _interpreted(around, rest, "node", frozenset({"-r", "--require", "--import", "--loader"}))
    elif base in _NODE_RUNNERS:
        yield from _package_script(around, rest, depth)
    elif base in ("ruby", "perl", "php"):
        yield from _interpreted(around, rest, base, frozenset({"-I", "-r", "-c", "-d"}))
    elif base in _PROJECT_RUNNERS:
        yield from _wrapped(with_project_programs(around), rest, depth)
    elif base == "npx":
        yield from _wrapped(with_node_programs(around, around.working_dir), rest, depth)
    elif base in _WRAPPERS:
        yield from _wrapped(around, rest, depth)
    else:
        yield from _arguments(around, rest)


def _wrapped(around: Surroundings, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    """The first word that is a program is what a wrapper starts; before it stand its options, users,
    times.
    """
    for at, word in enumerate(rest):
        if word and not word.startswith("-") and "=" not in word and around.program(word):
            yield from _command(around, rest[at:], depth + 1, shell=False)
            return
        if word is None:
            break
        if word.endswith(".py") and around.paths.is_file(around.at(word)):
            # uv run and its kin start a script with the project's interpreter.
            yield from _command(around, ("python", *rest[at:]), depth + 1, shell=False)
            return
    yield from _arguments(around, rest)
    candidates = [word for word in rest if word and not word.startswith("-") and "=" not in word]
    if len(candidates) == 1 and not candidates[0].isdecimal():
        yield Use("program", candidates[0], "")


def _shell_arguments(around: Surroundings, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    for at, word in enumerate(rest):
        if word is None:
            return
        if word.startswith("-") and not word.startswith("--") and "c" in word:
            script = next((text for text in rest[at + 1 :] if text is None or not text.startswith("-")), None)
            if script:
                yield from _shell(around, script, depth + 1)
            return
        if not word.startswith(("-", "+")):
            yield from _files(around, (word,), "shell")
            yield from _arguments(around, rest[at + 1 :])
            return


def _python_arguments(around: Surroundings, rest: Sequence[str | None]) -> Iterator[Use]:
    skip = False
    for at, word in enumerate(rest):
        if skip:
            skip = False
        elif word is None or word == "-c":
            yield from _arguments(around, rest[at + 1 :])
            return
        elif word.startswith("-m"):
            module = word[2:] or (rest[at + 1] if at + 1 < len(rest) else None)
            if module:
                yield Use("module", module)
            yield from _arguments(around, rest[at + 1 if word[2:] else at + 2 :])
            return
        elif word in ("-W", "-X"):
            skip = True
        elif not word.startswith("-"):
            yield from _files(around, (word,), "python")
            yield from _arguments(around, rest[at + 1 :])
            return


def _interpreted(
    around: Surroundings, rest: Sequence[str | None], language: str, with_value: frozenset[str]
) -> Iterator[Use]:
    skip = False
    for at, word in enumerate(rest):
        if word is None:
            return
        if skip:
            yield from _files(around, (word,), language)
            skip = False
        elif word in with_value:
            skip = True
        elif not word.startswith("-"):
            endings = ("", ".js", ".cjs", ".mjs", "/index.js") if language == "node" else ("",)
            yield from _files(around, tuple(word + ending for ending in endings), language)
            yield from _arguments(around, rest[at + 1 :])
            return


def _package_script(around: Surroundings, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    script = package_script(around, rest)
    if script is None:
        return
    yield Use("file", "package.json", script.manifest)
    place = with_node_programs(around, script.directory)
    for text in script.others:
        # Whoever has npm in the image may run the other scripts of the package too.
        yield from (replace(use, certain=False) for use in _shell(place, text, depth + 1))
    for text in script.texts:
        yield from _shell(place, text, depth + 1)
    if script.texts:
        return
    if script.verb == "start":
        yield from _files(place, ("server.js",), "node")
    elif program := place.program(script.verb):
        yield Use("program", script.verb, program)


def _sourced(around: Surroundings, rest: Sequence[str | None]) -> Iterator[Use]:
    if rest and rest[0]:
        yield from _files(around, (rest[0],), "shell")


def _files(around: Surroundings, names: Sequence[str], language: str) -> Iterator[Use]:
    for name in names:
        path = around.at(name)
        if around.paths.is_file(path):
            yield Use("file", name, path, language)
            return


def _arguments(around: Surroundings, words: Sequence[str | None]) -> Iterator[Use]:
    """Files that exist and programs that are found by their name, among words of which no more is known."""
    for word in words:
        if not word or len(word) > 4096:
            continue
        name = word.partition("=")[2] if word.startswith("--") and "=" in word else word
        if name.startswith("-") or not name:
            continue
        path = around.at(name)
        if around.paths.is_file(path):
            yield Use("file", name, path)
        elif "/" not in name and (program := around.program(name)):
            yield Use("program", name, program, certain=False)


def _after_assignments(words: Sequence[str | None]) -> Sequence[str | None]:
    at = 0
    while at < len(words) and (word := words[at]) and "=" in word and word.partition("=")[0].isidentifier():
        at += 1
    return words[at:]
