"""What a RUN that installs reads of the source: manifests only, or perhaps more.

Only commands that are known to the word count; everything else may read anything.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lightship.dockerfile import Instruction, mounts
from lightship.optimize.rewrites.manifests import (
    NOTHING,
    Paths,
    Source,
    go_modules,
    is_local,
    node_modules,
    requirements,
)
from lightship.semantic import Scope, run_scripts
from lightship.shell import Command

Words = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """``files`` are the manifests that a RUN reads (no leading slash); ``installs``: it installs something."""

    files: frozenset[str]
    installs: bool


def reading(run: Instruction, scope: Scope, workdir: str, source: Source) -> Reading | None:
    """What a RUN reads of the source, None when it may read more than manifests."""
    commands = _commands(run, scope)
    if commands is None:
        return None
    files: set[str] = set()
    installs = False
    folder = workdir.strip("/")
    for command in commands:
        words = [word.value for word in command.words]
        if words[:1] == ["cd"]:
            folder = posixpath.normpath(posixpath.join("/", folder, words[1] or "")).lstrip("/")
            continue
        found = _files_of(words, folder, source) if words else NOTHING
        if found is None:
            return None
        files |= found
        installs = installs or _installs(words)
    return Reading(frozenset(files), installs)


def _installs(words: Words) -> bool:
    """Whether a known command brings something in: only then is there anything to keep in the cache."""
    name = posixpath.basename(words[0] or "") if words else ""
    return name not in _NEUTRAL and (not _VERBS.isdisjoint(words) or (name == "yarn" and "cache" not in words))


def _commands(run: Instruction, scope: Scope) -> tuple[Command, ...] | None:
    """The commands of a RUN, None when they do not tell all that it reads and where it works."""
    if run.exec_form is not None or _BY_VARIABLE & scope.variables.keys():
        return None
    if any(mount.type not in ("cache", "secret", "ssh", "tmpfs") for mount in mounts(run)):
        return None
    scripts = run_scripts(run, variables=scope.variables)
    if not scripts or any(one.script.errors or one.script.functions for one in scripts):
        return None
    commands = tuple(command for one in scripts for command in one.script.commands)
    return commands if all(_is_plain(command) for command in commands) else None


def _is_plain(command: Command) -> bool:
    """Whether a command writes to no file that another one could read, and hangs on no variable and no ``cd -``."""
    if any(one.name in _BY_VARIABLE for one in command.assignments):
        return False
    if command.name == "cd" and (len(command.words) != 2 or command.words[1].value is None or command.nesting):
        return False
    return all(
        one.target is None or one.target.value in _NOWHERE or one.operator.startswith("<<")
        for one in command.redirections
    )


# Where pip, npm and Python find settings, programs and packages that no command names.
_BY_VARIABLE = frozenset(
    ("PIP_CONFIG_FILE", "PIP_FIND_LINKS", "PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_REQUIREMENT", "PIP_EDITABLE",
     "PYTHONSTARTUP", "NODE_OPTIONS", "npm_config_userconfig", "NPM_CONFIG_USERCONFIG", "GOFLAGS", "GOWORK",
     "LD_PRELOAD", "BASH_ENV", "UV_CONFIG_FILE", "UV_FIND_LINKS", "UV_CONSTRAINT")
)  # fmt: skip
# They read nothing of the source when what they are given lies elsewhere; what they write is seen in the layers.
_NEUTRAL = frozenset(
    ("set", "true", ":", "echo", "rm", "mkdir", "useradd", "groupadd", "adduser", "addgroup", "usermod", "ldconfig",
     "locale-gen")
)  # fmt: skip
_OS_MANAGERS = frozenset(("apt-get", "apt", "apk", "dnf", "microdnf", "yum"))
_VERBS = frozenset(
    ("install", "add", "ci", "i", "clean-install", "download", "update", "upgrade", "dist-upgrade", "build-dep")
)
_NOWHERE = frozenset(("/dev/null", "/dev/stdout", "/dev/stderr", "1", "2", "-"))
_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")


def _files_of(words: Words, folder: str, source: Source) -> Paths:  # noqa: PLR0911 - one return an installer
    name = posixpath.basename(words[0] or "")
    rest = words[1:]
    if name in _NEUTRAL:
        return None if any(not _is_elsewhere(word) for word in rest) and name in ("rm", "mkdir") else NOTHING
    if name in _OS_MANAGERS:
        return NOTHING if all(word is None or "://" in word or "/" not in word for word in rest) else None
    if _PYTHON.fullmatch(name) and rest[:2] == ["-m", "pip"]:
        return _pip(rest[2:], folder, source)
    if _PIP.fullmatch(name):
        return _pip(rest, folder, source)
    if name == "uv" and rest[:1] == ["pip"]:
        # uv reads settings of the project in the folder that it works in.
        own = any(source.has(f"{folder}/{one}".lstrip("/")) for one in ("uv.toml", "pyproject.toml"))
        return None if own else _pip(rest[1:], folder, source)
    if name in _NODE:
        return _node(name, rest, folder, source)
    if name == "go" and rest[:2] == ["mod", "download"] and all(word == "-x" for word in rest[2:]):
        return go_modules(folder, source)
    return None


def _is_elsewhere(word: str | None) -> bool:
    """Whether a word is an option or a path that does not hang on the working directory."""
    return word is not None and (word.startswith(("-", "/")) or word.isdecimal())


# Options of pip whose next word is no requirement and no file that is read.
_PIP_VALUES = frozenset(
    ("-i", "--index-url", "--extra-index-url", "--trusted-host", "--no-binary", "--only-binary", "-t", "--target",
     "--prefix", "--root", "--cache-dir", "--timeout", "--retries", "--progress-bar", "--python-version", "--platform",
     "--abi", "--implementation", "--upgrade-strategy", "--root-user-action", "--global-option", "-C",
     "--config-settings", "--use-feature", "--log", "--python")
)  # fmt: skip
_PIP_FILES = frozenset(("-r", "--requirement", "-c", "--constraint"))
_PIP_PATHS = frozenset(("-e", "--editable", "-f", "--find-links", "--group", "--cert", "--client-cert"))


def _pip(words: Words, folder: str, source: Source) -> Paths:
    known = [word for word in words if word is not None]
    verbs = [word for word in known if not word.startswith("-")]
    if verbs[:2] == ["cache", "purge"]:
        return NOTHING
    if verbs[:1] != ["install"] or len(known) < len(words):
        return None
    found: set[str] = set()
    rest = iter(known)
    for word in rest:
        option, equals, value = word.partition("=")
        if option in _PIP_FILES:
            path = value if equals else next(rest, "")
            inner = requirements(posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/"), source)
            if inner is None:
                return None
            found |= inner
        elif word in _PIP_VALUES:
            next(rest, None)
        elif _names_files(word, option):
            return None
    return frozenset(found)


def _names_files(word: str, option: str) -> bool:
    if word.startswith("-"):
        return option in _PIP_PATHS or re.match(r"-[rcef]\S", word) is not None
    return word != "install" and is_local(word)


_NODE: dict[str, tuple[str, ...]] = {
    "npm": ("ci", "install", "i", "clean-install"),
    "yarn": ("install",),
    "pnpm": ("install", "i"),
}
_NODE_ELSEWHERE = ("--prefix", "-C", "--cwd", "--dir", "--userconfig", "--workspace", "-w", "--workspaces")


def _node(name: str, words: Words, folder: str, source: Source) -> Paths:
    if any(word is None or word.partition("=")[0] in _NODE_ELSEWHERE for word in words):
        return None
    verbs = [word for word in words if word and not word.startswith("-")]
    if verbs[:2] in (["cache", "clean"], ["cache", "clear"]):
        return NOTHING
    if verbs[:1] in (["install"], ["i"], ["add"]) and ("-g" in words or "--global" in words):
        return None if any(_looks_local(word) for word in verbs[1:]) else NOTHING
    if (verbs and (verbs[0] not in _NODE[name] or len(verbs) > 1)) or (not verbs and name != "yarn"):
        return None
    return node_modules(name, folder, source, scripts="--ignore-scripts" not in words)


def _looks_local(word: str) -> bool:
    # ``@scope/name`` has a slash and is a name; ``user/repository`` is one of GitHub's.
    return word.startswith((".", "/", "~", "file:")) or word.endswith((".tgz", ".tar.gz", ".tar"))
