"""How a Node.js project is started: ``scripts.start``, ``main``, ``bin``, ``server.js``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from lightship.messages import said
from lightship.projects.files import Project, string, table
from lightship.projects.model import Entry, Fact, Wishes, chosen_entry, refusal
from lightship.projects.start import procfile, start_of, wished

_SOURCES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_DEVELOPMENT = {
    "nodemon": said("restarts on changes"),
    "ts-node-dev": said("restarts on changes"),
    "vite": said("serves for development"),
    "react-scripts": said("serves for development"),
    "webpack-dev-server": said("serves for development"),
    "parcel": said("serves for development"),
}
_FALLBACK_PORT = re.compile(r"\bPORT\b['\"\])]*\s*(?:\|\||\?\?)\s*['\"]?(\d{2,5})\b|\.listen\(\s*(\d{2,5})\b")


def node_entry(project: Project, package: dict[str, object], wishes: Wishes, *, builds: bool) -> Entry:
    """The one way to start. Raises UnknownError when there is none, or more than one."""
    port = stated_port(project)
    given = wished(wishes)
    if given is not None:
        return _with_port(project, given, port)
    stated = procfile(project, wishes)
    started = tuple(_start_script(project, package))
    files = tuple(_files(project, package, builds=builds)) or tuple(_only_file(project))
    first = stated or started or files
    everything = {one.name: one for one in (*stated, *started, *files, *_other_files(project))}
    if not first:
        _refuse_static(project, package)
    entry = chosen_entry(first, tuple(everything.values()), wishes, project.where("package.json"))
    if entry in stated and entry.argv[:1] != ("/bin/sh",):
        _refuse_development(project, package, entry.argv[0])
    return _with_port(project, entry, port)


def stated_port(project: Project) -> Fact | None:
    """The one port in the source: a literal that is listened on, or what stands in for PORT; None when they differ."""
    found: dict[str, str] = {}
    for path in project.sources(*_SOURCES):
        text = project.text(path) or ""
        for match in _FALLBACK_PORT.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.setdefault(match[1] or match[2], f"the port in {path}:{line}")
    if len(found) != 1:
        return None
    ((port, where),) = found.items()
    return Fact(port, where) if 0 < int(port) < 65536 else None


def _with_port(project: Project, entry: Entry, port: Fact | None) -> Entry:
    reads = entry.reads_port or project.reads_port(*_SOURCES)
    return replace(entry, port=entry.port or port, reads_port=reads)


def _start_script(project: Project, package: dict[str, object]) -> Iterator[Entry]:
    scripts = table(package, "scripts")
    text = string(scripts.get("start"))
    if not text:
        return
    why = "scripts.start in package.json"
    start = start_of(text)
    name = posixpath.basename(start.argv[0])
    if not start.plain or "prestart" in scripts or "poststart" in scripts or name in ("npm", "npx"):
        # npm is part of the image, and runs what it finds in node_modules/.bin.
        yield Entry("start", ("npm", "start"), f"{why}, which needs a shell or other scripts")
        return
    if name in ("yarn", "pnpm", "bun"):
        raise refusal(
            said("scripts.start calls {name}, which the final image would not have", name=name),
            where=project.where("package.json"),
            why=said("start is `{text}`", text=text),
            help="say what it runs in the end with --command",
        )
    _refuse_development(project, package, name)
    if name == "node":
        yield Entry("start", start.argv, why, environment=start.environment)
    elif name in _commands(package):
        port = Fact("3000", "the port that next takes when it is told none") if _is_next(start.argv) else None
        program = f"node_modules/.bin/{name}"
        yield Entry("start", (program, *start.argv[1:]), why, port=port, environment=start.environment)
    else:
        yield Entry("start", ("npm", "start"), why)


def _commands(package: dict[str, object]) -> frozenset[str]:
    """Programs of the dependencies, as far as they have the package's own name."""
    return frozenset(name.rpartition("/")[2] for name in table(package, "dependencies"))


def _is_next(argv: tuple[str, ...]) -> bool:
    return argv[:2] == ("next", "start") and not any(word in ("-p", "--port") for word in argv)


def _refuse_development(project: Project, package: dict[str, object], name: str) -> None:
    development = table(package, "devDependencies")
    aliases = {"ts-node": "ts-node", "tsx": "tsx", "nest": "@nestjs/cli", "ng": "@angular/cli"}
    is_development = name in development or aliases.get(name, "") in development
    if name not in _DEVELOPMENT and not is_development:
        return
    what = said("is a development dependency") if is_development else _DEVELOPMENT[name]
    raise refusal(
        said("the start command calls {name}, which {what}", name=name, what=what),
        where=project.where("package.json"),
        why="the final image has production dependencies only",
        help='say how the built program is started: --command "node FILE", or in scripts.start',
    )


def _files(project: Project, package: dict[str, object], *, builds: bool) -> Iterator[Entry]:
    """Files that are stated, or that npm itself starts, each once."""
    seen: set[str] = set()
    given: list[tuple[str, str]] = []
    if project.has("server.js"):
        given.append(("server.js", "server.js, which `npm start` runs when there is no scripts.start"))
    main = string(package.get("main"))
    given += [(main, "main in package.json")] if main else [("index.js", "index.js, the main file when none is stated")]
    binaries = package.get("bin")
    values = list(binaries.values()) if isinstance(binaries, dict) else [binaries]
    given += [(one, "bin in package.json") for one in values if isinstance(one, str)]
    for name, why in given:
        path = _resolved(project, name, builds=builds)
        if path and path not in seen:
            seen.add(path)
            yield Entry(path, ("node", path), why, path)


def _resolved(project: Project, name: str, *, builds: bool) -> str:
    """The file that a path names, as Node.js finds it; a file that is not there yet counts when a build may make it."""
    path = posixpath.normpath(name).lstrip("/")
    for one in (path, f"{path}.js", f"{path}/index.js"):
        if one in project.files:
            return one
    made = builds and "/" in path and not path.startswith("../") and not project.has(path.partition("/")[0])
    return path if made else ""


def _only_file(project: Project) -> Iterator[Entry]:
    """The one script at the root, when no manifest names any."""
    found = [path for path in project.sources(".js", ".mjs", ".cjs") if "/" not in path]
    if len(found) == 1:
        yield Entry(found[0], ("node", found[0]), f"{found[0]}, the only script at the root", found[0])


def _other_files(project: Project) -> Iterator[Entry]:
    """Every script of the project's own: what ``--entry`` may name."""
    for path in project.sources(".js", ".mjs", ".cjs"):
        yield Entry(path, ("node", path), "a file of the project", path)


def _refuse_static(project: Project, package: dict[str, object]) -> None:
    if not table(package, "scripts").get("build") or project.has("server.js"):
        return
    raise refusal(
        "scripts.build is there, but nothing says what is started",
        where=project.where("package.json"),
        why="when the build makes static files only, which web server they get is nobody's guess",
        help='add scripts.start or a Procfile, or say it: --command "node FILE"',
    )
