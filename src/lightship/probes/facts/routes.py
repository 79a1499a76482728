"""Paths that a server's own source says it answers requests at: candidates to ask the original for.

Nothing is known to be served because it stands here: which of these paths the program answers is for the running
original to say. Finding too much costs one request each, finding too little only leaves a level of the ladder out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from lightship.closure.surroundings import Surroundings
from lightship.evidence.observation import FileFact, Route

LIMIT = 40
"""Routes of each method, as they stand in the source."""
PREFIXED_LIMIT = 60
"""Routes below a prefix that stands elsewhere in the source."""
_PREFIXES_LIMIT = 6
_FILES_LIMIT = 3000
_SIZE_LIMIT = 1 << 20
# Others' code, and places where no program of the user's lies.
_FOREIGN = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor|gems|tests?|__tests__|examples?|docs?)/"
    r"|^(?:usr/(?!src/)|lib|etc|var/lib|go/pkg|proc|sys|dev|boot|root/go/pkg)"
)
_PATH = r"/?[\w./~+-]{0,200}"
_LITERAL = rf"""\(\s*[rf]?["'`]({_PATH})["'`]"""
_ROOTED = _LITERAL.replace("(/?", "(/")
_PYTHON = re.compile(
    rf"""(?:@[\w.]+\.(?:route|get|view|api_route)|\badd_(?:url_rule|route|get|api_route)"""
    rf"""|\b(?:re_)?path|\bRoute|\bMount|\bweb\.get){_LITERAL}"""
    rf"""|\badd_resource\(\s*[\w.]+\s*,\s*["']({_PATH})["']|^\s*\(r?["'](/{_PATH[2:]})["']\s*,\s*\w+Handler\b""",
    re.MULTILINE,
)
_NODE = re.compile(rf"""\b[\w.]+\.(?:get|all|route){_ROOTED}|\b(?:url|path)\s*:\s*["'`](/{_PATH[2:]})["'`]""")
_GO = re.compile(rf"""\.(?:HandleFunc|Handle|GET|Get)\(\s*["'`](?:(?:GET|HEAD) )?(/{_PATH[2:]})["'`]""")
_SINATRA = re.compile(rf"""^\s*get\s+["'](/{_PATH[2:]})["']""", re.MULTILINE)
_PATTERNS = {
    "py": _PYTHON,
    "js": _NODE, "mjs": _NODE, "cjs": _NODE, "ts": _NODE,
    "go": _GO,
    "rb": _SINATRA,
}  # fmt: skip
_POST_PYTHON = re.compile(
    rf"""@[\w.]+\.post{_LITERAL}|\badd_post{_LITERAL}|\bweb\.post{_LITERAL}"""
    rf"""|@[\w.]+\.route{_LITERAL}[^)\n]*\bmethods\s*=\s*[\[(][^\])\n]*["']POST["']"""
    rf"""|\badd_resource\(\s*[\w.]+\s*,\s*["']({_PATH})["']"""
)
_POST_NODE = re.compile(rf"""\b[\w.]+\.(?:post|all){_ROOTED}|\b(?:url|path)\s*:\s*["'`](/{_PATH[2:]})["'`]""")
_POST_GO = re.compile(
    rf"""\.(?:HandleFunc|Handle)\(\s*["'`](?:POST )?(/{_PATH[2:]})["'`]|\.(?:POST|Post)\(\s*["'`](/{_PATH[2:]})["'`]"""
)
_POST_SINATRA = re.compile(rf"""^\s*post\s+["'](/{_PATH[2:]})["']""", re.MULTILINE)
_POSTS = {
    "py": _POST_PYTHON,
    "js": _POST_NODE, "mjs": _POST_NODE, "cjs": _POST_NODE, "ts": _POST_NODE,
    "go": _POST_GO,
    "rb": _POST_SINATRA,
}  # fmt: skip
# Where a part of the application is hung up: APIRouter(prefix="/api"), url_prefix, app.use("/api", r), r.Group("/api"),
# Django's path("api/", include(...)), Node's register(routes, { prefix: "/api" }).
_PREFIX = re.compile(
    r"""\b(?:url_)?prefix\s*[=:]\s*["'`](/[\w./~+-]{1,80})["'`]"""
    r"""|\.(?:use|Group|Route|PathPrefix|mount)\(\s*["'`](/[\w./~+-]{1,80})["'`]"""
    r"""|\bpath\(\s*["']([\w./~+-]{1,80}/)["']\s*,\s*include\b"""
)
# OpenAPI documents (https://spec.openapis.org/oas/latest.html), which some frameworks take their routes from.
_DESCRIPTIONS = (".yaml", ".yml", ".json")
_IS_DESCRIPTION = re.compile(r"""^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""", re.MULTILINE)
_DESCRIBED = re.compile(rf"""^[ \t]*["']?(/{_PATH[2:]})["']?\s*:\s*(?:$|\{{|#)""", re.MULTILINE)
_BASE = re.compile(
    r"""["']?(?:basePath|url)["']?\s*:\s*["']?(?:https?://[^/\s"']+)?(/[\w./~+-]{1,80})["']?\s*(?:$|,)""", re.MULTILINE
)
_DOCUMENTS = ("/openapi.json", "/docs", "/ui/", "/health")
# A GET that changes something is bad manners, and common; a POST that ends the program ends the observation.
_UNSAFE = re.compile(r"log-?out|sign-?out|delete|remove|shutdown|restart|reset|quit|kill|exit|stop", re.IGNORECASE)


def routes(around: Surroundings, files: Mapping[str, FileFact]) -> tuple[Route, ...]:
    """What the source says it answers, GET before POST and the shortest path first; parameters are not guessed."""
    gets: dict[str, None] = {}
    posts: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    sources = [path for path, fact in files.items() if _is_own_source(path, fact)]
    described = [path for path in sources if path.endswith(_DESCRIPTIONS)]
    for path in described[:_FILES_LIMIT]:
        text = around.tree.read(path, _SIZE_LIMIT).decode("utf-8", "replace")
        if _IS_DESCRIPTION.search(text[:2000]):
            gets.update(dict.fromkeys(_names(_DESCRIBED, text)))
            prefixes.update(dict.fromkeys(_rooted(match).rstrip("/") for match in _BASE.finditer(text)))
    for path in [path for path in sources if not path.endswith(_DESCRIPTIONS)][:_FILES_LIMIT]:
        language = path.rpartition(".")[2]
        text = around.tree.read(path, _SIZE_LIMIT).decode("utf-8", "replace")
        gets.update(dict.fromkeys(_names(_PATTERNS[language], text)))
        posts.update(dict.fromkeys(_names(_POSTS[language], text, root=True)))
        prefixes.update(dict.fromkeys(_rooted(match) for match in _PREFIX.finditer(text)))
    # What frameworks serve beside the routes, where the application hangs below a prefix.
    tops = sorted(
        {prefix.rstrip("/") for prefix in prefixes if described or not prefix.endswith("/")}, key=_short_first
    )
    described_below = [f"{prefix}{path}" for prefix in tops for path in _DOCUMENTS]
    found = (*_listed("GET", gets, prefixes), *(Route("GET", path) for path in described_below[: 4 * len(_DOCUMENTS)]))
    return (*dict.fromkeys(found), *_listed("POST", posts, prefixes))


def _listed(method: str, names: Iterable[str], prefixes: Iterable[str]) -> Iterator[Route]:
    """The plain ones, then those below each prefix and below two of them."""
    plain = sorted(names, key=_short_first)[:LIMIT]
    short = sorted(prefixes, key=_short_first)[:_PREFIXES_LIMIT]
    stems = [*short, *(f"{a.rstrip('/')}{b}" for a in short for b in short if a != b)]
    below = (f"{stem.rstrip('/')}{name}" for stem in stems for name in plain if not name.startswith(stem))
    found = dict.fromkeys(chain(plain, list(dict.fromkeys(below))[:PREFIXED_LIMIT]))
    return (Route(method, name) for name in found)


def _short_first(name: str) -> tuple[int, int, str]:
    return name.count("/"), len(name), name


def _is_own_source(path: str, fact: FileFact) -> bool:
    is_source = path.rpartition(".")[2] in _PATTERNS or path.endswith(_DESCRIPTIONS)
    is_source = is_source and fact.kind in ("file", "hardlink") and not fact.owner
    return is_source and fact.size <= _SIZE_LIMIT and not _FOREIGN.search(path)


def _names(pattern: re.Pattern[str], text: str, *, root: bool = False) -> Iterator[str]:
    """The paths that a pattern finds. A GET of "/" is asked in any case; a POST of it only where ``root`` is given."""
    for match in pattern.finditer(text):
        path = _rooted(match)
        if (root or path != "/") and "//" not in path and ".." not in path and not _UNSAFE.search(path):
            yield path


def _rooted(match: re.Match[str]) -> str:
    name = next((group for group in match.groups() if group), "")
    return name if name.startswith("/") else f"/{name}"
