"""``.dockerignore``: what the context holds, no build step reads, and no program of the image reaches.

Only patterns that hide something now, and of those none that hides what a COPY names. The paths that the image lacks
because of them are listed one by one: the comparison lets nothing else pass.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from lightship.dockerfile import mounts
from lightship.evidence import Effect
from lightship.messages import said
from lightship.multistage import Hunk
from lightship.multistage.emission import megabytes
from lightship.multistage.model import Left
from lightship.optimize.rewrites.copied import Brought, brought_by
from lightship.optimize.rewrites.installs import reading
from lightship.optimize.rewrites.model import Known, Rewritten, scopes_of
from lightship.optimize.rewrites.source_last import source_of
from lightship.semantic import IgnoreRules, Scope, context_files

NAME = said("ignore file")
_HISTORY = ".git"
# What writes a revision into what it makes, or may: all but installs that are known to the word.
_ASKS = re.compile(r"\b(?:git|go|cargo|make|cmake|meson|hatch|poetry|uv|pdm|setup\.py|npm|yarn|pnpm|mvn|gradle|pip)")
_WORTH_SAYING = 50_000
"""Bytes; what is less would be printed as nothing."""
_GIT = ("usr/bin/git", "usr/local/bin/git", "bin/git")
# Never a secret (.env): the program may read it, and then the image would not be the same.
_PATTERNS = (
    _HISTORY,
    ".gitignore",
    ".gitattributes",
    ".github",
    ".gitlab-ci.yml",
    ".dockerignore",
    "Dockerfile*",
    "compose*.yaml",
    "compose*.yml",
    "docker-compose*.yml",
    ".idea",
    ".vscode",
    "**/.DS_Store",
    "**/__pycache__",
    "**/*.py[co]",
    "**/node_modules",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".coverage",
    "htmlcov",
    ".nyc_output",
    "npm-debug.log*",
    "yarn-error.log*",
)


def idle(known: Known) -> str:
    """Why there is nothing to do."""
    return said("nothing that the build is sent is known to be read by nobody")


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """The lines to write or to append; None when nothing that is sent could stay at home."""
    scopes = scopes_of(before.evidence, known)
    copies = [
        (effect, brought_by(effect.instruction, scope))
        for effect, scope in zip(before.evidence.effects, scopes, strict=False)
        if effect.instruction.keyword in ("copy", "add") and effect.instruction.flag("from") is None
    ]
    if not copies or any("$" in one.instruction.text or one.instruction.heredocs for one, _ in copies):
        return None
    runs = [effect.instruction for effect in before.evidence.effects if effect.instruction.keyword == "run"]
    if any(one.type == "bind" and not one.get("from") for run in runs for one in mounts(run)):
        return None
    sent = list(context_files(known.context, known.ignore))
    taken: list[str] = []
    gone: dict[str, str] = {}
    size = 0
    for pattern in (*_PATTERNS, *_environments(known.context)):
        rule = IgnoreRules((pattern,))
        hit = [(path, length) for path, length in sent if rule.excludes(path)]
        if not hit or _is_named(copies, rule, hit, known) or (pattern == _HISTORY and _is_read(before, scopes, known)):
            continue
        lost = _lost(before, copies, rule)
        if lost is None or not known.reached.isdisjoint(lost):
            continue
        taken.append(pattern)
        gone |= dict.fromkeys(lost, pattern)
        size += sum(length for _, length in hit)
        sent = [one for one in sent if one not in hit]
    return _written(before, copies, tuple(taken), gone, size) if taken else None


def _without(effect: Effect, brought: Brought | None, rule: IgnoreRules) -> Effect:
    """A COPY's effect without what the rule keeps out."""
    if brought is None:
        return effect
    return replace(
        effect,
        added=tuple(path for path in effect.added if not _is_kept_out(brought, path, rule)),
        changed=tuple(path for path in effect.changed if not _is_kept_out(brought, path, rule)),
    )


def _written(
    before: Rewritten,
    copies: Sequence[tuple[Effect, Brought | None]],
    patterns: tuple[str, ...],
    gone: dict[str, str],
    size: int,
) -> Rewritten:
    evidence = before.evidence
    rule = IgnoreRules(patterns)
    by_effect = {id(effect): brought for effect, brought in copies}
    effects = tuple(_without(effect, by_effect.get(id(effect)), rule) for effect in evidence.effects)
    files = evidence.files
    shipped = sum(files[path].entry.stored for path in gone if files[path].entry.kind == "file")
    reason = said(
        "{name}: {patterns} stay out of the build, {size} that nothing reads",
        name=NAME,
        patterns=", ".join(patterns),
        size=megabytes(size),
    )
    line = before.line(evidence.stage.from_instruction.line)
    return replace(
        before,
        evidence=replace(evidence, files=files.without(gone), effects=effects),
        hunks=(*before.hunks, Hunk(line, reason, -shipped if shipped >= _WORTH_SAYING else None)),
        ignore=patterns,
        left=tuple(
            Left(path, said("kept out of the build by the ignore file: {pattern}", pattern=pattern))
            for path, pattern in gone.items()
        ),
    )


def _environments(context: Path) -> Iterator[str]:
    """Virtual environments of this machine, at the top of the context."""
    for name in (".venv", "venv", "env", "virtualenv"):
        if (context / name / "pyvenv.cfg").is_file():
            yield name


def _is_named(
    copies: Sequence[tuple[Effect, Brought | None]], rule: IgnoreRules, hit: Sequence[tuple[str, int]], known: Known
) -> bool:
    """Whether a COPY names some of the paths, or an exception of the ignore file brings them back on purpose."""
    back = IgnoreRules(tuple(pattern[1:] for pattern in known.ignore.patterns if pattern.startswith("!")))
    if any(back.excludes(path) for path, _ in hit):
        return True
    sources = (word.value for effect, _ in copies for word in effect.instruction.words[:-1])
    return any(_names(posixpath.normpath(source).lstrip("/"), rule, hit) for source in sources)


def _names(source: str, rule: IgnoreRules, hit: Sequence[tuple[str, int]]) -> bool:
    """Whether a COPY's source is kept out itself. One with a pattern names what it matches, whole folders among it."""
    if not set(source) & set("*?["):
        return rule.excludes(source)
    depth = source.count("/") + 1
    return any(fnmatchcase("/".join(path.split("/")[:depth]), source) for path, _ in hit)


def _is_read(before: Rewritten, scopes: tuple[Scope, ...], known: Known) -> bool:
    """Whether a build step, or the program, may ask version control: what it is told may be in what it makes."""
    files = before.evidence.files
    if "git" in known.programs and any(files.resolve(path) for path in _GIT):
        return True
    source = source_of(before.evidence)
    return any(
        effect.instruction.keyword == "run"
        and _ASKS.search(effect.instruction.text)
        and reading(effect.instruction, scope, scope.workdir or "/", source) is None
        for effect, scope in zip(before.evidence.effects, scopes, strict=False)
    )


def _lost(
    before: Rewritten, copies: Sequence[tuple[Effect, Brought | None]], rule: IgnoreRules
) -> frozenset[str] | None:
    """The paths of the image that it lacks with the rule; None when another file would show in one's place."""
    files = before.evidence.files
    earlier: set[str] = set()
    found: set[str] = set()
    brought_in = {id(effect): brought for effect, brought in copies}
    for effect in before.evidence.effects:
        brought = brought_in.get(id(effect))
        if brought is not None:
            mine = (path for path in (*effect.added, *effect.changed) if _is_kept_out(brought, path, rule))
            last = {path for path in mine if path in files and files[path].layer == effect.layer}
            if any(path in earlier and files[path].entry.kind != "dir" for path in last):
                return None
            found |= last - earlier
        earlier.update(effect.added)
    for path in sorted(found, key=lambda path: -path.count("/")):
        # A directory stays for what others put into it.
        if any(f"{path}/{name}" not in found for name in files.children(path)):
            found.discard(path)
    return frozenset(found)


def _is_kept_out(brought: Brought, path: str, rule: IgnoreRules) -> bool:
    below = posixpath.relpath(f"/{path}", f"/{brought.destination}")
    if below == "." or below.startswith(".."):
        return False
    return any(rule.excludes(posixpath.join(source, below)) for source in brought.sources)
