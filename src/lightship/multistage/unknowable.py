"""Programs that start others which nothing in the image names: no base image will do then but the original's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lightship.closure import Closure
from lightship.closure.mentions import is_beside, language_of
from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.asked import asked_packages

# What compiles and links: what it starts and reads is for the one who hands it something to build to say.
_BUILDERS = re.compile(
    r"^(?:[\w-]*-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|ld|make|gmake|cmake|ninja|meson)(?:-[\d.]+)?$"
)
_TEXT_LIMIT = 1 << 20


def why_only_the_same(evidence: Evidence, closure: Closure, made: Callable[[str], bool]) -> str:
    """Why it is not known which programs are started, in words; "" when nothing says that it is not."""
    return _without_source(closure) or builds_when_it_runs(evidence, closure, made)


def _without_source(closure: Closure) -> str:
    by: dict[str, list[str]] = {}
    for one in closure.unresolved:
        if one.kind == "source":
            by.setdefault(one.by, []).append(one.name)
    if not by:
        return ""
    path, sources = next(iter(by.items()))
    return said(
        "/{path} starts programs, and what it was made of is not in the image ({sources}), so that their names cannot"
        " be read; a cache mount or a download leaves no source",
        path=path,
        sources=", ".join(sources[:3]),
    )


def builds_when_it_runs(evidence: Evidence, closure: Closure, made: Callable[[str], bool]) -> str:
    """Why the tools that build programs serve running too: what calls them, in words; "" when only building does."""
    for path, called in closure.calls:
        name = called.rpartition("/")[2]
        if _BUILDERS.match(name) and made(path) and _is_reached(evidence, path, made):
            return said(
                "/{path} calls {name}, so that programs are built when it runs, and what that takes cannot be read",
                path=path,
                name=name,
            )
    return _asked_for_and_not_used(evidence)


def _asked_for_and_not_used(evidence: Evidence) -> str:
    """Why tools that the Dockerfile asks for are not for its own instructions, in words; "" when they may be."""
    runs = [effect for effect in evidence.effects if effect.instruction.keyword == "run"]
    if any(not effect.packages_only for effect in runs):
        return ""
    base = {package.name for package in evidence.base_installed.packages}
    for package in asked_packages(evidence, base):
        if _BUILDERS.match(package.name):
            return said(
                "the Dockerfile asks for {name} and builds nothing, so that programs are built when it runs, and what"
                " that takes cannot be read",
                name=package.name,
            )
    return ""


def _is_reached(evidence: Evidence, path: str, made: Callable[[str], bool]) -> bool:
    """Whether the command, or another source file of the project, names the file or its module."""
    directory, _, file = path.rpartition("/")
    stem = file.partition(".")[0]
    if stem in ("__init__", "__main__", "index", "main"):
        stem = directory.rpartition("/")[2] if stem != "main" else stem
    if language_of(path) not in ("python", "node"):
        return True
    name = re.escape(stem)
    named = re.compile(
        rf"(?:import|from)\s[^\n]*\b{name}\b|[\w./-]*\b{name}\.(?:py|[cm]?[jt]s)\b|[\"'/]{name}[\"']|\b{name}:\w|-m\s+\S*{name}\b"
    )
    return any(named.search(text) for text in _texts(evidence, path, made))


def _texts(evidence: Evidence, besides: str, made: Callable[[str], bool]) -> Iterator[str]:
    config = evidence.config
    test = config.healthcheck.test if config.healthcheck else ()
    yield " ".join((*(config.entrypoint or ()), *(config.cmd or ()), *test))
    for effect in evidence.effects:
        for path in effect.added if effect.instruction.keyword != "run" else ():
            if path == besides or path not in evidence.files or is_beside(path) or not made(path):
                continue
            if language_of(path) or path.endswith(
                ("package.json", "Procfile", ".conf", ".ini", ".toml", ".yml", ".yaml")
            ):
                yield evidence.files.read(path, _TEXT_LIMIT).decode("utf-8", "replace")
