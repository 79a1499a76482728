"""Paths that a server's own source says it answers GET requests at: candidates to ask the original for.

Only literal paths without parameters are taken; a path that the original does not answer is never asked of a candidate,
so that finding too much costs one request each, and finding too little only leaves a level of the ladder out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lightship.closure.surroundings import Surroundings
from lightship.evidence.observation import FileFact

LIMIT = 40
_FILES_LIMIT = 3000
_SIZE_LIMIT = 1 << 20
# Others' code, and places where no program of the user's lies.
_FOREIGN = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor|gems|tests?|__tests__|examples?|docs?)/"
    r"|^(?:usr/(?!src/)|lib|etc|var/lib|go/pkg|proc|sys|dev|boot|root/go/pkg)"
)
_LITERAL = r"""\(\s*[rf]?["'`](/?[\w./~+-]{0,200})["'`]"""
_ROOTED = _LITERAL.replace("(/?", "(/")
_PYTHON = re.compile(
    rf"""(?:@[\w.]+\.(?:route|get|view)|\badd_(?:url_rule|route|get|api_route)|\b(?:re_)?path|\bRoute|\bMount|\bweb\.get){_LITERAL}"""
)
_NODE = re.compile(rf"""\b[\w.]+\.(?:get|all|route){_ROOTED}|\b(?:url|path)\s*:\s*["'`](/[\w./~+-]{{0,200}})["'`]""")
_GO = re.compile(rf"""\.(?:HandleFunc|Handle|GET|Get){_ROOTED}""")
_SINATRA = re.compile(r"""^\s*get\s+["'](/[\w./~+-]{0,200})["']""", re.MULTILINE)
_PATTERNS = {
    "py": _PYTHON,
    "js": _NODE, "mjs": _NODE, "cjs": _NODE, "ts": _NODE,
    "go": _GO,
    "rb": _SINATRA,
}  # fmt: skip
# A GET that changes something is bad manners, and common.
_UNSAFE = re.compile(r"log-?out|sign-?out|delete|remove|shutdown|restart|reset|quit|kill|exit|stop", re.IGNORECASE)


def routes(around: Surroundings, files: Mapping[str, FileFact]) -> tuple[str, ...]:
    """The paths, the shortest first, each with a leading slash."""
    found: dict[str, None] = {}
    sources = [path for path, fact in files.items() if _is_own_source(path, fact)]
    for path in sources[:_FILES_LIMIT]:
        pattern = _PATTERNS[path.rpartition(".")[2]]
        for name in _names(pattern, around.tree.read(path, _SIZE_LIMIT).decode("utf-8", "replace")):
            found.setdefault(name)
    return tuple(sorted(found, key=lambda name: (name.count("/"), len(name), name))[:LIMIT])


def _is_own_source(path: str, fact: FileFact) -> bool:
    is_source = fact.kind in ("file", "hardlink") and not fact.owner and path.rpartition(".")[2] in _PATTERNS
    return is_source and fact.size <= _SIZE_LIMIT and not _FOREIGN.search(path)


def _names(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for match in pattern.finditer(text):
        name = next((group for group in match.groups() if group), "")
        path = name if name.startswith("/") else f"/{name}"
        if path != "/" and "//" not in path and ".." not in path and not _UNSAFE.search(path):
            yield path
