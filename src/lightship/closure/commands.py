"""A command line and what it starts: the program, what a wrapper starts in its place, scripts among its
arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lightship.closure.patterns import matching_directories
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
# Of these, the ones that put a project's virtual environment before PATH.
_PROJECT_RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "rye", "hatch"})
_PROJECT_ENVIRONMENTS = (
    ".venv/bin",
    "venv/bin",
    "__pypackages__/*/bin",
    "/root/.cache/pypoetry/virtualenvs/*/bin",
    "/root/.local/share/virtualenvs/*/bin",
    "/root/.local/share/hatch/env/virtual/*/*/bin",
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "busybox"})
_NODE_RUNNERS = frozenset({"npm", "yarn", "pnpm", "bun", "yarnpkg"})
_NODE_VERBS = frozenset({"start", "test", "stop", "restart"})

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
    for command in script.commands:
        words = [word.value for word in command.words]
        if words and words[0] not in script.functions:
            yield from _command(around, words, depth, shell=True)
        for redirection in command.redirections:
            target = redirection.target.value if redirection.target else None
            if redirection.operator == "<" and target and around.paths.is_file(around.at(target)):
                yield Use("file", target, around.at(target))


def _command(around: Surroundings, words: Sequence[str | None], depth: int, *, shell: bool) -> Iterator[Use]:
    words = _after_assignments(words)
    if not words or depth > _DEPTH_LIMIT:
        return
    name, rest = words[0], words[1:]
    if name is None:
        # "$@" and the like: what it starts is not known, what it is given may be.
        yield from _arguments(around, rest)
        return
    base = name.rpartition("/")[2]
    if shell and name in (".", "source"):
        yield from _sourced(around, rest)
        return
    if shell and name == "eval":
        yield from _shell(around, " ".join(word or "" for word in rest), depth + 1)
        return
    if shell and name in ("exec", "command"):
        yield from _wrapped(around, rest, depth)
        return
    if shell and name in _BUILTINS:
        yield from _arguments(around, rest)
        return
    yield Use("program", name, around.program(name) or "")
    yield from _started(around, base, rest, depth)


def _started(around: Surroundings, base: str, rest: Sequence[str | None], depth: int) -> Iterator[Use]:
    if base in _SHELLS:
        yield from _shell_arguments(around, rest, depth)
    elif base.startswith(("python", "pypy")):
        yield from _python_arguments(around, rest)
    elif base in ("node", "nodejs", "deno", "ts-node", "tsx"):
        yield from _interpreted(around, rest, "node", frozenset({"-r", "--require", "--import", "--loader"}))
    elif base in _NODE_RUNNERS:
        yield from _package_script(around, rest, depth)
    elif base in ("ruby", "perl", "php"):
        yield from _interpreted(around, rest, base, frozenset({"-I", "-r", "-c", "-d"}))
    elif base in _PROJECT_RUNNERS:
        yield from _wrapped(_with_project_programs(around), rest, depth)
    elif base == "npx":
        yield from _wrapped(_with_node_programs(around, ""), rest, depth)
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
    """What ``npm start``, ``npm run x``, ``yarn x`` run: the script of that name in package.json."""
    words = [word for word in rest if word and not word.startswith("-")]
    directory = next(
        (value for at, word in enumerate(rest[:-1]) if word in ("--prefix", "--cwd", "-C") and (value := rest[at + 1])),
        "",
    )
    words = [word for word in words if word != directory]
    manifest = around.at(f"{directory}/package.json" if directory else "package.json")
    if not words or not around.paths.is_file(manifest):
        return
    yield Use("file", "package.json", manifest)
    try:
        scripts = json.loads(around.text(manifest)).get("scripts", {})
    except (ValueError, AttributeError, RecursionError):
        return
    verb = words[1] if words[0] in ("run", "run-script", "exec", "dlx") and len(words) > 1 else words[0]
    if not isinstance(scripts, dict):
        return
    for name in (f"pre{verb}", verb, f"post{verb}"):
        text = scripts.get(name)
        if isinstance(text, str):
            yield from _shell(_with_node_programs(around, directory), text, depth + 1)
    if verb == "start" and "start" not in scripts:
        yield from _files(around, (f"{directory or '.'}/server.js",), "node")
    if verb not in scripts and verb not in _NODE_VERBS:
        program = _with_node_programs(around, directory).program(verb)
        if program:
            yield Use("program", verb, program)


def _with_node_programs(around: Surroundings, directory: str) -> Surroundings:
    # npm puts node_modules/.bin first in a script's PATH.
    path = f"/{around.at(directory or '.')}/node_modules/.bin:" + ":".join(f"/{part}" for part in around.search_path())
    return Surroundings(around.loader, {**around.variables, "PATH": path}, around.at(directory or "."))


def _with_project_programs(around: Surroundings) -> Surroundings:
    variables = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "POETRY_VIRTUALENVS_PATH")
    named = [f"{value}/bin" for name in variables if (value := around.variables.get(name))]
    places = [
        f"/{place}"
        for pattern in (*named, *_PROJECT_ENVIRONMENTS)
        for place in matching_directories(around, around.at(pattern))
    ]
    path = ":".join((*places, *(f"/{part}" for part in around.search_path())))
    return Surroundings(around.loader, {**around.variables, "PATH": path}, around.working_dir)


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
