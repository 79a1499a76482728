"""How a Python project may be started: servers for application objects, console scripts, scripts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lightship.messages import said
from lightship.projects.files import Project
from lightship.projects.model import Entry, Fact, Wishes, chosen_entry, refusal
from lightship.projects.python_apps import App, Interface, MainBlock, Module, dotted, import_root, modules
from lightship.projects.python_manifests import Dependencies, is_installable, scripts
from lightship.projects.start import procfile, wished

_EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Server:
    """A program that serves application objects; ``port`` is the one it takes when it is told none.

    ``packages`` are distributions that bring it; in ``argv``, ``{port}`` and ``{app}`` are filled in. An empty
    ``factory`` means that it takes no factory.
    """

    name: str
    interface: Interface
    packages: tuple[str, ...]
    port: int
    argv: tuple[str, ...]
    factory: tuple[str, ...] = ()


SERVERS = (
    Server(
        "gunicorn",
        "wsgi",
        ("gunicorn",),
        8000,
        ("gunicorn", "--bind", "0.0.0.0:{port}", "{app}"),
        ("gunicorn", "--bind", "0.0.0.0:{port}", "{app}()"),
    ),
    Server(
        "waitress",
        "wsgi",
        ("waitress",),
        8080,
        ("waitress-serve", "--listen=0.0.0.0:{port}", "{app}"),
        ("waitress-serve", "--listen=0.0.0.0:{port}", "--call", "{app}"),
    ),
    Server(
        "uvicorn",
        "asgi",
        ("uvicorn", "uvicorn[standard]", "fastapi[standard]", "fastapi[all]"),
        8000,
        ("uvicorn", "{app}", "--host", "0.0.0.0", "--port", "{port}"),
        ("uvicorn", "--factory", "{app}", "--host", "0.0.0.0", "--port", "{port}"),
    ),
    Server(
        "hypercorn",
        "asgi",
        ("hypercorn",),
        8000,
        ("hypercorn", "--bind", "0.0.0.0:{port}", "{app}"),
        ("hypercorn", "--bind", "0.0.0.0:{port}", "{app}()"),
    ),
    Server("daphne", "asgi", ("daphne",), 8000, ("daphne", "--bind", "0.0.0.0", "--port", "{port}", "{app}")),
)
"""In the order in which they are taken when a project has several for one interface."""


def python_entry(project: Project, asked: Dependencies, wishes: Wishes) -> Entry:
    """The one way to start. Raises UnknownError when there is none, or more than one."""
    given = wished(wishes)
    if given is not None:
        return _with_project(project, given)
    stated = procfile(project, wishes)
    if stated and not wishes.entry:
        return _with_project(project, chosen_entry(stated, stated, wishes, project.where("Procfile")))
    found = modules(project)
    installed = scripts(project)
    packages = [_package(project, one) for one in found if one.path.endswith("/__main__.py")]
    served = tuple(_served(project, found, asked, wishes))
    first = (*served, *(installed or packages))
    mains = [_script(project, one) for one in found if one.main is not None and not one.path.endswith("__main__.py")]
    at_root = [one for one in mains if "/" not in one.path]
    alone = [one for one in found if "/" not in one.path]
    only = [_script(project, one) for one in alone] if len(alone) == 1 and not alone[0].apps else []
    likely = first or at_root or mains or only
    if wishes.entry and not served:
        first = (*first, *(_served(project, found, asked, wishes, every=True)))
    if wishes.entry or not likely:
        # Any file may be named; that is not looked into unless it must be.
        only = [*only, *(_script(project, one) for one in found if not one.apps and not one.path.endswith("__.py"))]
    everything = {one.name: one for one in (*stated, *first, *packages, *mains, *only)}
    if not likely:
        _refuse_unserved(project, found, asked)
    return chosen_entry(tuple(likely), tuple(everything.values()), wishes, str(project.folder))


def _with_project(project: Project, entry: Entry) -> Entry:
    """A stated command with what it needs of the project: its console scripts, its modules below ``src``."""
    words = " ".join(entry.argv).split()
    if is_installable(project) and {one.name for one in scripts(project)} & set(words):
        return replace(entry, installed=True)
    modules_named = [re.split(r"[:.(]", word)[0] for word in words]
    below = any(
        project.has(f"src/{name}") or project.has(f"src/{name}.py")
        for name in modules_named
        if re.fullmatch(r"\w+", name) and not project.has(name) and not project.has(f"{name}.py")
    )
    if not below:
        return entry
    return replace(entry, installed=True) if is_installable(project) else replace(entry, import_root="src", path="src")


def _apps(found: Sequence[Module], *, every: bool) -> list[tuple[Module, App]]:
    """Application objects that are meant to be served: those of wsgi.py and asgi.py, else objects, else factories."""
    apps = [(module, app) for module in found for app in module.apps]
    if every:
        return apps
    for kind in (_is_entry_file, lambda app: not app.is_factory):
        some = [one for one in apps if kind(one[1])]
        apps = some or apps
    return apps


def _is_entry_file(app: App) -> bool:
    return posixpath.basename(app.path) in ("wsgi.py", "asgi.py")


def _served(
    project: Project, found: Sequence[Module], asked: Dependencies, wishes: Wishes, *, every: bool = False
) -> Iterator[Entry]:
    """An entry for each application, with a server that the project depends on."""
    apps = _apps(found, every=every)
    entries = [one for module, app in apps if (one := _entry(project, module, app, asked, wishes))]
    if entries:
        yield from entries
    elif any(app.framework == "Django" for _, app in apps) and project.has("manage.py"):
        port = str(wishes.port or 8000)
        yield Entry(
            "manage.py",
            ("python", "manage.py", "runserver", f"0.0.0.0:{port}"),
            "Django's development server: no other server is among the dependencies",
            path="manage.py",
            port=Fact("8000", "Django's own port"),
            notes=("Django's development server is not meant for production: add gunicorn, then run this again",),
        )


def _entry(project: Project, module: Module, app: App, asked: Dependencies, wishes: Wishes) -> Entry | None:
    root = import_root(project, module)
    name = f"{dotted(app.path, root)}:{app.name}"
    what = f"{app.framework} application in {app.path}:{app.line}"
    main = module.main if module.main is not None else MainBlock(0)
    starts_itself = main.serves and main.host in _EVERYWHERE and not main.reloads
    server = next((one for one in SERVERS if _serves(one, app, asked)), None)
    by_itself = starts_itself and (server is None or app.interface == "asgi") and wishes.port in (None, main.port)
    if by_itself or main.blocks:
        return replace(_script(project, module), name=name, why=f"{what}, which it serves itself (line {main.line})")
    if server is None and app.framework != "Flask":
        return None
    notes: tuple[str, ...] = ()
    argv: tuple[str, ...]
    port, argv = 5000, ("flask", "--app", "{app}", "run", "--host", "0.0.0.0", "--port", "{port}")
    by = "Flask's development server: no other server is among the dependencies"
    if server is not None:
        port, argv = server.port, server.factory if app.is_factory else server.argv
        by = f"served by {server.name}, which is among the dependencies"
    else:
        notes = ("Flask's development server is not meant for production: add gunicorn, then run this again",)
    stated = Fact(str(main.port), f"the port in {app.path}:{main.line}") if main.port else None
    fact = stated or Fact(str(port), f"the port that {argv[0]} takes when it is told none")
    listens = str(wishes.port or fact.value)
    return Entry(
        name,
        tuple(word.replace("{port}", listens).replace("{app}", name) for word in argv),
        f"{what}, {by}",
        path=app.path,
        port=fact,
        installed=root == "src" and is_installable(project),
        import_root=root,
        notes=notes,
    )


def _serves(server: Server, app: App, asked: Dependencies) -> bool:
    fits = server.interface == app.interface and bool(server.factory or not app.is_factory)
    return fits and any(one in asked.names for one in server.packages)


def _script(project: Project, module: Module) -> Entry:
    root = import_root(project, module)
    folder = posixpath.dirname(module.path)
    as_module = module.is_relative or root != folder
    argv = ("python", "-m", dotted(module.path, root)) if as_module else ("python", module.path)
    main = module.main
    why = f"{main.text} in {module.path}:{main.line}" if main else f"the source file {module.path}"
    port = Fact(str(module.port[0]), f"the port in {module.path}:{module.port[1]}") if module.port else None
    installed = as_module and root == "src" and is_installable(project)
    return Entry(
        module.path,
        argv,
        why,
        module.path,
        port,
        installed=installed,
        import_root=root if as_module else "",
        reads_port=project.reads_port(module.path),
    )


def _package(project: Project, module: Module) -> Entry:
    package = posixpath.dirname(module.path)
    root = posixpath.dirname(package)
    name = dotted(package, root)
    installed = root == "src" and is_installable(project)
    argv = ("python", "-m", name)
    return Entry(name, argv, f"the package's {module.path}", module.path, installed=installed, import_root=root)


def _refuse_unserved(project: Project, found: Sequence[Module], asked: Dependencies) -> None:
    """Say it when there is an application, and only the server for it is missing."""
    app = next((app for module in found for app in module.apps), None)
    if app is None:
        return
    servers = [one.name for one in SERVERS if one.interface == app.interface]
    raise refusal(
        said("nothing among the dependencies serves the {framework} application", framework=app.framework),
        where=f"{project.where(app.path)}:{app.line}",
        why=said(
            "an {interface} application needs a server such as {servers}; none is named",
            interface=app.interface.upper(),
            servers=" or ".join(servers),
        )
        if asked.kind != "none"
        else "no dependencies are named at all",
        help=said("add {servers} to the dependencies, or say the command with --command", servers=servers[0]),
    )
