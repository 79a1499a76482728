"""Cache mounts: what package managers download stays with the builder between builds, and in no layer.

BuildKit only: Buildah and Podman keep such caches elsewhere and by other keys. BuildKit's own frontend knows them, so
that no ``# syntax`` line (and no download of a frontend) is needed. apt is left out: Debian images delete what it
downloads (/etc/apt/apt.conf.d/docker-clean), and a cache of its lists would be one more thing that grows old.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lightship.dockerfile import Instruction, mounts
from lightship.evidence import Effect
from lightship.messages import joined, said
from lightship.multistage import Hunk
from lightship.optimize.rewrites.model import Known, Rewritten, bytes_in_layer, changed, scopes_of
from lightship.rules.edits import insert_flag
from lightship.semantic import Scope, run_scripts
from lightship.shell import Command, ShellWord
from lightship.text import Edit, Span, apply

NAME = said("cache mounts")
_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")
_MOVED_PIP = frozenset(("PIP_CACHE_DIR", "PIP_NO_CACHE_DIR", "XDG_CACHE_HOME", "HOME"))
_MOVED_NPM = frozenset(("npm_config_cache", "NPM_CONFIG_CACHE", "HOME"))
_MOVED_GO = frozenset(("GOCACHE", "GOFLAGS", "GOENV", "XDG_CACHE_HOME", "HOME"))
_NPM_INSTALLS = ("ci", "install", "i", "clean-install")


@dataclass(frozen=True, slots=True)
class _Mounted:
    """Whose cache, where it lies, and which words of the RUN have to go for it to be used."""

    program: str
    targets: tuple[str, ...]
    words: tuple[Span, ...] = ()


def idle(known: Known) -> str:
    """Why there is nothing to do."""
    if not known.cache_mounts:
        return said("this engine has none of BuildKit's kind")
    return said("no RUN of pip, npm or Go fills a cache of root that is switched on and nobody else reads")


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """The builder's RUNs of pip, npm and Go with mounts for their caches; None when there are none, or no BuildKit."""
    if not known.cache_mounts:
        return None
    effects = before.evidence.effects
    scopes = scopes_of(before.evidence, known)
    with_go = "go" not in known.programs and _only_go_follows([one.instruction for one in effects])
    found: Rewritten | None = None
    for index in range(len(scopes)):
        now = found or before
        effect = now.evidence.effects[index]
        mounted = list(_mounted(effect.instruction, scopes_of(now.evidence, known)[index], with_go=with_go))
        if mounted:
            found = _written(now, index, mounted, known) or found
    return found


def _mounted(run: Instruction, scope: Scope, *, with_go: bool) -> Iterator[_Mounted]:
    if run.keyword != "run" or run.exec_form is not None or any(one.type == "cache" for one in mounts(run)):
        return
    # A RUN that names or empties a cache means the one of its layer.
    if scope.user not in ("", "root", "0") or re.search(
        r"\.cache|cache (?:clean|purge|clear|verify)|\.npm\b", run.text
    ):
        return
    commands = [command for one in run_scripts(run, variables=scope.variables) for command in one.script.commands]
    assigned = {one.name for command in commands for one in command.assignments} | scope.variables.keys()
    pips = [words for command in commands if (words := _pip_install(command))]
    if pips and not _MOVED_PIP & assigned and not any(_has(words, "--cache-dir", "--no-index") for words in pips):
        switches = tuple(word.span for words in pips for word in words if word.value == "--no-cache-dir")
        yield _Mounted("pip", ("/root/.cache/pip",), switches)
    if not _MOVED_NPM & assigned and any(_is_call(command, "npm", _NPM_INSTALLS) for command in commands):
        yield _Mounted("npm", ("/root/.npm",))
    if with_go and not _MOVED_GO & assigned and any(command.name == "go" for command in commands):
        gopath = scope.variables.get("GOPATH", "/root/go")
        modules = scope.variables.get("GOMODCACHE", f"{gopath}/pkg/mod")
        if re.fullmatch(r"[\w./-]+", modules):
            yield _Mounted("go", (modules, "/root/.cache/go-build"))


def _pip_install(command: Command) -> tuple[ShellWord, ...]:
    """The words of a call of ``pip install``."""
    values = [word.value for word in command.words]
    name = posixpath.basename(values[0] or "") if values else ""
    start = 1 if _PIP.fullmatch(name) else 3 if _PYTHON.fullmatch(name) and values[1:3] == ["-m", "pip"] else 0
    return command.words if start and "install" in values[start:] else ()


def _has(words: Sequence[ShellWord], *options: str) -> bool:
    return any(word.value is None or word.value.partition("=")[0] in options for word in words)


def _is_call(command: Command, program: str, verbs: Sequence[str]) -> bool:
    return command.name == program and any(word in verbs for word in command.arguments)


def _only_go_follows(instructions: Sequence[Instruction]) -> bool:
    """Whether every RUN from the first call of Go on calls it too: another one may look for modules in the layer."""
    runs = [one.text for one in instructions if one.keyword == "run"]
    calls = [re.search(r"(?:^|[\s;&|])go\s", text) is not None for text in runs]
    return True in calls and all(calls[calls.index(True) :])


def _written(before: Rewritten, index: int, mounted: Sequence[_Mounted], known: Known) -> Rewritten | None:
    evidence = before.evidence
    effect = evidence.effects[index]
    text = evidence.dockerfile.text
    flags = " ".join(f"--mount=type=cache,target={target}" for one in mounted for target in one.targets)
    edits = [insert_flag(effect.instruction, flags)]
    for span in (span for one in mounted for span in one.words):
        if span.of(text) != "--no-cache-dir":
            return None
        edits.append(Edit(Span(_before_word(text, span.start), span.end), ""))
    order = [(at,) for at in range(len(evidence.effects))]
    hunk = Hunk(effect.instruction.line, _reason(before, effect, mounted))
    return changed(before, apply(text, edits), order, hunk, known)


def _before_word(text: str, start: int) -> int:
    """Where the blank before a word begins; only one, so that a continuation stays."""
    return start - 1 if text[start - 1 : start] == " " else start


def _reason(before: Rewritten, effect: Effect, mounted: Sequence[_Mounted]) -> str:
    folders = [target.lstrip("/") for one in mounted for target in one.targets]
    size = bytes_in_layer(before.evidence.image, effect, *folders)
    held = said("; the builder's layer held {size:.1f} MB of it", size=size / 1000000.0) if size else ""
    names = joined(said(" and "), (one.program for one in mounted))
    return said(
        "{name}: what {names} downloads and builds is there again for the next build{held}",
        name=NAME,
        names=names,
        held=held,
    )
