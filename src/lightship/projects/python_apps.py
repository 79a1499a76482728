"""Python source that can be started: application objects, Django projects, scripts. Read with ast, never imported."""

from __future__ import annotations

import ast
import posixpath
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lightship.projects.files import Project

Interface = Literal["wsgi", "asgi"]
FRAMEWORKS: dict[str, tuple[str, Interface]] = {
    "flask.Flask": ("Flask", "wsgi"),
    "bottle.Bottle": ("Bottle", "wsgi"),
    "falcon.App": ("Falcon", "wsgi"),
    "fastapi.FastAPI": ("FastAPI", "asgi"),
    "fastapi.applications.FastAPI": ("FastAPI", "asgi"),
    "starlette.applications.Starlette": ("Starlette", "asgi"),
    "litestar.Litestar": ("Litestar", "asgi"),
    "quart.Quart": ("Quart", "asgi"),
    "django.core.wsgi.get_wsgi_application": ("Django", "wsgi"),
    "django.core.asgi.get_asgi_application": ("Django", "asgi"),
}
"""What makes an application object, by its full name."""
_ENTRY_FILES = ("wsgi.py", "asgi.py")
_STARTS = re.compile(
    r"__main__|\b(?:Flask|Bottle|FastAPI|Starlette|Litestar|Quart|falcon|get_[aw]sgi_application)\b"
    r"|\.(?:run|serve|serve_forever|run_forever|run_app|run_polling)\("
)
_FACTORIES = ("create_app", "make_app", "get_app", "create_application")


@dataclass(frozen=True, slots=True)
class MainBlock:
    """``if __name__ == "__main__"``, or a call at the top level that does not return, such as ``serve_forever()``.

    ``serves`` is true when it starts a server by a call with ``host=`` or ``port=``, both of which may be there.
    """

    line: int
    host: str = ""
    port: int | None = None
    reloads: bool = False
    serves: bool = False
    text: str = '`if __name__ == "__main__"`'

    @property
    def blocks(self) -> bool:
        """Whether already importing the file starts it, so that no server can serve what is in it."""
        return not self.text.startswith("`if ") and self.line > 0


@dataclass(frozen=True, slots=True)
class App:
    """One application object or factory in a file."""

    path: str
    name: str
    framework: str
    interface: Interface
    line: int
    is_factory: bool = False


@dataclass(slots=True)
class Module:
    """What one file shows; ``port`` is the one that it listens on by itself, and the line that says so."""

    path: str
    apps: list[App] = field(default_factory=list)
    main: MainBlock | None = None
    imports: set[str] = field(default_factory=set)
    is_relative: bool = False
    port: tuple[int, int] | None = None


def modules(project: Project) -> tuple[Module, ...]:
    """Every source file that can be parsed."""
    read = (read_module(path, project.text(path) or "") for path in project.sources(".py"))
    return tuple(one for one in read if one is not None)


def read_module(path: str, text: str) -> Module | None:
    """One file; None when it is no Python that this Python can parse.

    A file without a word that starts something is not parsed: most are of that kind.
    """
    if not _STARTS.search(text) and posixpath.basename(path) not in _ENTRY_FILES:
        return Module(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.encode("utf-8", "replace"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    module = Module(path)
    nodes = tuple(ast.walk(tree))
    calls = tuple(one for one in nodes if isinstance(one, ast.Call))
    names = dict(_imported(nodes, module))
    mounted = set(_mounted(calls))
    for node in tree.body:
        target, value = _assigned(node)
        made = FRAMEWORKS.get(_full_name(value.func, names)) if isinstance(value, ast.Call) else None
        if target and made and target not in mounted:
            module.apps.append(App(path, target, *made, node.lineno))
        elif isinstance(node, ast.If) and _is_main(node.test):
            module.main = _main_block(node)
        elif isinstance(node, ast.Expr) and module.main is None and (stays := _stays(node.value)):
            module.main = replace(_main_block(node), text=f"`{stays}()`")
        elif isinstance(node, ast.FunctionDef) and node.name in _FACTORIES and _needs_nothing(node.args):
            made = next(
                (found for call in _calls(node) if (found := FRAMEWORKS.get(_full_name(call.func, names)))), None
            )
            if made:
                module.apps.append(App(path, node.name, *made, node.lineno, is_factory=True))
    listened = dict(_listened(calls))
    module.port = next(iter(listened.items())) if len(listened) == 1 else None
    return _with_entry_file(tree, module)


def import_root(project: Project, module: Module) -> str:
    """The folder that a file's imports start from: the outermost from which all of its local imports are found."""
    folder = posixpath.dirname(module.path)
    parents = [""]
    for part in folder.split("/") if folder else ():
        parents.append(posixpath.join(parents[-1], part))

    def found(root: str) -> int:
        return sum(_is_local(project, posixpath.join(root, name)) for name in module.imports)

    roots = [root for root in parents if not _is_local_package(project, root)] or [""]
    return max(roots, key=lambda root: (found(root), root == "src", -len(root)))


def dotted(path: str, root: str) -> str:
    """The module's name as seen from a folder."""
    relative = path.removeprefix(f"{root}/") if root else path
    return relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_local(project: Project, name: str) -> bool:
    return project.has(f"{name}.py") or project.has(name)


def _is_local_package(project: Project, folder: str) -> bool:
    return bool(folder) and project.has(f"{folder}/__init__.py")


def _imported(nodes: Sequence[ast.AST], module: Module) -> Iterator[tuple[str, str]]:
    """Local names and what they stand for."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                module.imports.add(alias.name.partition(".")[0])
                yield (
                    alias.asname or alias.name.partition(".")[0],
                    alias.name if alias.asname else alias.name.partition(".")[0],
                )
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                module.is_relative = True
            elif node.module:
                module.imports.add(node.module.partition(".")[0])
                for alias in node.names:
                    yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(parts)])


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return "", None


def _mounted(calls: Sequence[ast.Call]) -> Iterator[str]:
    """Applications that are parts of another one: ``app.mount("/api", api)``."""
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "mount":
            values = [*call.args, *(one.value for one in call.keywords)]
            yield from (one.id for one in values if isinstance(one, ast.Name))


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _is_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.comparators) != 1:
        return False
    sides = (test.left, test.comparators[0])
    names = [one.id for one in sides if isinstance(one, ast.Name)]
    values = [one.value for one in sides if isinstance(one, ast.Constant)]
    return names == ["__name__"] and values == ["__main__"]


def _main_block(node: ast.stmt) -> MainBlock:
    for call in _calls(node):
        given = {one.arg: one.value.value for one in call.keywords if one.arg and isinstance(one.value, ast.Constant)}
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("run", "serve", "run_app"):
            continue
        host, port = given.get("host"), given.get("port")
        return MainBlock(
            node.lineno,
            host if isinstance(host, str) else "",
            port if isinstance(port, int) and 0 < port < 65536 else None,
            bool(given.get("reload")) or bool(given.get("debug")),
            serves=True,
        )
    return MainBlock(node.lineno)


def _stays(value: ast.expr) -> str:
    """The name of a call that does not return while the program runs; empty when it is none."""
    called = value.func if isinstance(value, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else ""
    return name if name in ("run", "serve_forever", "run_forever", "run_app", "run_polling", "serve") else ""


def _listened(calls: Sequence[ast.Call]) -> Iterator[tuple[int, int]]:
    """Ports that stand as numbers in calls that listen on them, and their lines."""
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given: list[ast.expr] = [one.value for one in call.keywords if one.arg == "port"]
        if name == "make_server" or name.endswith("HTTPServer"):
            first = call.args[0] if call.args else None
            given += first.elts[1:2] if isinstance(first, ast.Tuple) else call.args[1:2]
        elif name not in ("run", "serve", "run_app", "start_server", "create_server"):
            continue
        for one in given:
            if isinstance(one, ast.Constant) and type(one.value) is int and 0 < one.value < 65536:
                yield one.value, call.lineno


def _needs_nothing(arguments: ast.arguments) -> bool:
    positional = len(arguments.posonlyargs) + len(arguments.args)
    return positional <= len(arguments.defaults) and all(one is not None for one in arguments.kw_defaults)


def _with_entry_file(tree: ast.Module, module: Module) -> Module:
    """``wsgi.py`` and ``asgi.py`` are there to be served: what they call ``app`` or ``application`` is one."""
    name = posixpath.basename(module.path)
    if name not in _ENTRY_FILES or module.apps:
        return module
    interface: Interface = "wsgi" if name == "wsgi.py" else "asgi"
    for node in tree.body:
        bound = [_assigned(node)[0]]
        if isinstance(node, ast.ImportFrom):
            bound = [alias.asname or alias.name for alias in node.names]
        for one in bound:
            if one in ("app", "application") and not module.apps:
                module.apps.append(App(module.path, one, name, interface, node.lineno))
    return module
