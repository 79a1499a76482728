"""Which of some Python modules are asked for by the sources of others.

Texts are searched, not parsed, for every way in which a module's name is written where one is imported: a statement, an
option (``-m pip``), a string that is exactly the name (``import_module("pip")``, ``[sys.executable, "-m", "pip"]``).
What is found in a library is then looked for in its parsed source (``library_imports``). What installs a project
(setup.py) is not a part of what runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from lightship.closure.library_imports import asked_for
from lightship.elf.tree import FileTree

SOURCE_LIMIT = 4 << 20
_BINARY_LIMIT = 64 << 20
_METADATA = ("/METADATA", "/PKG-INFO")
_NO_COMMANDS = (
    ".pyc", ".pyi", ".js", ".mjs", ".cjs", ".map", ".css", ".html", ".svg", ".png", ".jpg", ".gif", ".ico", ".woff",
    ".woff2", ".ttf", ".mo", ".po", ".gz", ".zip", ".whl", ".a", ".h", ".hpp", ".c", ".cpp", ".pxd", ".md", ".rst",
    "/RECORD", "LICENSE",
)  # fmt: skip
# Of others' packages only their modules are searched; commands are in what the project itself has.
_FOREIGN = ("/node_modules/", "/site-packages/", "/dist-packages/")
_SOURCES = (".py", ".pyx", ".pyw", ".pth")
# Only an installer runs these, and every project that was ever packaged has one; pyvenv.cfg tells what made it.
_INSTALLED_FROM = ("setup.py", "conftest.py", "pyvenv.cfg")
# What an image is built from and what starts images, copied along by `COPY . .`: nothing inside of one reads it.
_BUILT_FROM = re.compile(
    r"^(?:[\w.-]+\.)?(?:dockerfile|containerfile)(?:\.[\w.-]+)?$|^(?:docker-)?compose[\w.-]*\.ya?ml$|^\.gitlab-ci\.yml$",
    re.IGNORECASE,
)
# What a compiled module calls to import another: https://docs.python.org/3/c-api/import.html
_IMPORTS = b"PyImport_Import"
# What a library has for those who build with it or on it: cffi's hook into setuptools, numpy's own distutils, tests,
# hidden folders, out of which no module is imported.
_FOR_BUILDS = re.compile(
    r"/(?:distutils|tests?|_pyinstaller|__pyinstaller|\.[^/]+)/"
    r"|(?:^|/)(?:\w*setuptools\w*|\w*dist_?utils\w*|build_ext|build_py|build_clib|bdist_\w+|sdist)\.py$"
)


def imported_modules(
    rootfs: FileTree,
    paths: Collection[str],
    modules: Collection[str],
    *,
    part: Callable[[str], bool],
    commands: Iterable[str] = (),
) -> Mapping[str, str]:
    """Those of ``modules`` that some file of ``paths`` asks for, each with the first that does.

    ``part`` says whether a path is of the modules themselves; such a file asks for nothing. A distribution that
    requires one of them counts as asking, and so does a compiled module that has its name as a string.
    """
    found: dict[str, str] = {}
    if not modules:
        return found
    words = "|".join(re.escape(name) for name in sorted(modules)).encode()
    statement = re.compile(
        rb"(?:^|[:;\"'])[ \t]*(?:>>> )?(?:import|from)[ \t]+(?:[\w., \t\\\r\n]+,[ \t\\\r\n]*)?(" + words + rb")\b"
        rb"|[\"'](" + words + rb")(?:\.[\w.]+)?[\"']"
        rb"|(?<![\w-])-m[ \t]*(" + words + rb")\b",
        re.MULTILINE,
    )
    required = re.compile(rb"^Requires-Dist:[ \t]*(" + words + rb")\b(?![^\n]*\bextra\b)", re.MULTILINE)
    # Two letters (uv) are any variable's name in a compiled module.
    long_words = "|".join(re.escape(name) for name in sorted(modules) if len(name) > 2).encode() or rb"(?!)"
    compiled = re.compile(rb"\0(" + long_words + rb")\0")
    # Most files hold none of the names at all, which is quickly seen.
    bare = tuple(name.encode() for name in modules)
    for text in commands:
        for match in statement.finditer(text.encode()):
            found.setdefault(next(group for group in match.groups() if group).decode(), "")
    for path in sorted(paths):
        pattern, limit = _how(path, statement=statement, required=required, compiled=compiled)
        if pattern is None or part(path):
            continue
        content = rootfs.read(path, limit)
        if pattern is compiled and _IMPORTS not in content:
            continue
        if not any(name in content for name in bare):
            continue
        names = {next(group for group in match.groups() if group).decode() for match in pattern.finditer(content)}
        if names - found.keys() and path.endswith(".py") and _is_foreign(path):
            parsed = asked_for(content, names)
            names = names if parsed is None else names & parsed
        for name in names:
            found.setdefault(name, path)
    return found


def _is_foreign(path: str) -> bool:
    return any(part in path for part in _FOREIGN)


def _how(
    path: str, *, statement: re.Pattern[bytes], required: re.Pattern[bytes], compiled: re.Pattern[bytes]
) -> tuple[re.Pattern[bytes] | None, int]:
    name = path.rpartition("/")[2]
    if name in _INSTALLED_FROM or _BUILT_FROM.match(name):
        return None, 0
    if _is_foreign(path) and _FOR_BUILDS.search(re.split("-packages/|node_modules/", path)[-1]):
        return None, 0
    if path.endswith(_METADATA):
        return required, SOURCE_LIMIT
    if name.endswith(".so"):
        return compiled, _BINARY_LIMIT
    # Any text may hold a command: start scripts without a suffix, settings of supervisors, task runners' files.
    foreign_text = _is_foreign(path) and not name.endswith(_SOURCES)
    return (None, 0) if foreign_text or name.endswith(_NO_COMMANDS) else (statement, SOURCE_LIMIT)
