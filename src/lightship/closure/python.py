"""A Python interpreter's environment: where its standard library and its packages are.

Sources: PEP 405 (pyvenv.cfg), https://docs.python.org/3/library/site.html, CPython's Modules/getpath.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlparse

from lightship.closure.surroundings import Surroundings

_NAME = re.compile(r"^(?:python|pypy)(?:\d+(?:\.\d+)?)?t?$")
_NUMBERED = re.compile(r"^(?:python|pypy)(\d+\.\d+)t?$")
_LIBRARY = re.compile(r"^(?:python|pypy)(\d+(?:\.\d+)?)t?$")
_EMBEDDED = re.compile(r"^libpython(\d+\.\d+)\S*\.so(?:\.|$)")
# Numpy's own distutils build what is built on numpy; PyInstaller's hooks say what belongs to a frozen program.
# Setuptools and its kin start version control systems and compilers only where a project is built.
_BESIDE = re.compile(
    r"/(?:site|dist)-packages/(?:(?:setuptools|pkg_resources|wheel|_distutils_hack|Cython)/"
    r"|[^/]+/(?:.*/)?(?:tests?|distutils|__?pyinstaller)/)"
)
_ABSOLUTE = re.compile(r"""["'](/[^"'\n]{1,400})["']""")


@dataclass(frozen=True, slots=True)
class PythonEnvironment:
    """What one interpreter imports from.

    ``trees`` are its directories (standard library, site-packages, what path files and editable installs
    add); ``files`` single files it reads when it starts (pyvenv.cfg); ``programs`` interpreters that it
    stands for (of a venv).
    """

    trees: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


def is_python(path: str) -> bool:
    """Whether a program's name is that of a Python interpreter."""
    return _NAME.match(path.rpartition("/")[2]) is not None


def is_beside_distribution(path: str) -> bool:
    """Whether a source file of an installed distribution is a test of it, or builds what is built on it."""
    return _BESIDE.search(path) is not None


def python_environment(around: Surroundings, program: str) -> PythonEnvironment:
    """What the interpreter at ``program`` (its symlinks not followed: a venv is known by where it lies)
    imports from.
    """
    trees: dict[str, None] = {}
    files: dict[str, None] = {}
    programs: dict[str, None] = {}
    real = around.paths.real(program) or program
    prefixes = [_up(program)]
    configuration = next((path for path in _pyvenv(program) if around.paths.is_file(path)), "")
    if configuration:
        files.setdefault(configuration)
        settings = _settings(around.text(configuration))
        prefixes.insert(0, configuration.rpartition("/")[0])
        home = settings.get("home", "").strip("/")
        if home:
            prefixes.append(_up(f"{home}/python"))
            base = f"{home}/{real.rpartition('/')[2]}"
            if around.paths.is_file(base) and base != program:
                programs.setdefault(base)
    prefixes.append(_up(real))
    if around.variables.get("PYTHONHOME"):
        prefixes.append(around.at(around.variables["PYTHONHOME"]))
    version = _version(real)
    for prefix in dict.fromkeys(prefixes):
        for tree in _libraries(around, prefix, version):
            trees.setdefault(tree)
    for tree in _other_places(around, version):
        trees.setdefault(tree)
    for tree in list(trees):
        for added in _added(around, tree):
            trees.setdefault(added)
    return PythonEnvironment(_outermost(trees), tuple(files), tuple(programs))


def embedding_program(library: str) -> str:
    """The interpreter that a libpython (a real path) belongs to, there or not; "" for another library.

    A program that embeds Python (uwsgi, mod_wsgi, gdb) finds the same modules as that interpreter.
    """
    directory, _, name = library.rpartition("/")
    found = _EMBEDDED.match(name)
    prefix = directory
    while found and prefix.rpartition("/")[2] not in ("lib", "lib64", ""):
        prefix = prefix.rpartition("/")[0]
    return f"{prefix.rpartition('/')[0]}/bin/python{found.group(1)}".lstrip("/") if found else ""


def _up(program: str) -> str:
    return program.rpartition("/")[0].rpartition("/")[0]


def _pyvenv(program: str) -> tuple[str, str]:
    directory = program.rpartition("/")[0]
    return f"{_up(program)}/pyvenv.cfg".lstrip("/"), f"{directory}/pyvenv.cfg"


def _settings(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.split("\n"))
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _version(program: str) -> str:
    """The X.Y of an interpreter by its name, or "" for a name that does not say."""
    found = _NUMBERED.match(program.rpartition("/")[2])
    return found.group(1) if found else ""


def _is_library(name: str, version: str) -> bool:
    """Whether a directory holds modules for a version: lib/python3.11, and Debian's lib/python3 for all of a major."""
    found = _LIBRARY.match(name)
    if found is None or not version:
        return found is not None
    return found.group(1) in (version, version.partition(".")[0])


def _libraries(around: Surroundings, prefix: str, version: str) -> Iterator[str]:
    """lib/pythonX.Y below a prefix, and Debian's lib/python3 beside it."""
    for library in ("lib", "lib64", "local/lib"):
        directory = f"{prefix}/{library}".lstrip("/")
        real = around.paths.real(directory)
        for name in around.tree.names(real) if real else ():
            if _is_library(name, version) and around.paths.kind(f"{real}/{name}") == "dir":
                yield f"{real}/{name}"


def _other_places(around: Surroundings, version: str) -> Iterator[str]:
    """PYTHONPATH, and the packages of ``pip install --user``."""
    for part in around.variables.get("PYTHONPATH", "").split(":"):
        if part and around.paths.kind(around.at(part)) == "dir":
            yield around.paths.real(around.at(part)) or around.at(part)
    homes = [around.variables.get("HOME", "").strip("/"), "root"]
    homes += [f"home/{name}" for name in around.tree.names("home")]
    base = around.variables.get("PYTHONUSERBASE", "").strip("/")
    for user in dict.fromkeys([base, *(f"{home}/.local" for home in homes if home)]):
        directory = f"{user}/lib"
        for name in around.tree.names(directory) if user else ():
            if _is_library(name, version):
                yield f"{directory}/{name}"


def _added(around: Surroundings, tree: str) -> Iterator[str]:
    """Directories that .pth files, egg-links, editable installs' finders and direct_url.json add to the
    path.
    """
    for directory in (tree, f"{tree}/site-packages", f"{tree}/dist-packages"):
        for name in around.tree.names(directory):
            path = f"{directory}/{name}"
            if name.endswith((".pth", ".egg-link")):
                lines = around.text(path).split("\n")
                found = [line.strip() for line in lines if not line.startswith(("#", "import ", "import\t"))]
            elif name.startswith("__editable__") and name.endswith(".py"):
                found = _ABSOLUTE.findall(around.text(path))
            elif name.endswith(".dist-info"):
                found = _editable(around.text(f"{path}/direct_url.json"))
            else:
                continue
            for place in found:
                full = place.strip("/") if place.startswith("/") else f"{directory}/{place}"
                real = around.paths.real(full) if place else None
                if real and around.paths.kind(real) == "dir":
                    yield real


def _editable(text: str) -> list[str]:
    folder, editable = _folder(text)
    return [folder] if editable else []


def _folder(text: str) -> tuple[str, bool]:
    """The folder that a direct_url.json (PEP 610) says a package is from, or "", and whether it is editable."""
    try:
        value = json.loads(text or "{}")
        editable = bool(value.get("dir_info", {}).get("editable", False))
        url = urlparse(value.get("url", ""))
    except (ValueError, AttributeError, TypeError, RecursionError):
        return "", False
    return (unquote(url.path), editable) if url.scheme == "file" and "dir_info" in value else ("", False)


def installed_from_folders(around: Surroundings, paths: Iterable[str]) -> Iterator[str]:
    """The files of packages that were installed from a folder (``pip install .``), by their direct_url.json among
    ``paths``: that is the project's own code, wherever it lies.
    """
    for path in paths:
        if path.endswith(".dist-info/direct_url.json") and _folder(around.text(path))[0]:
            info = path.rpartition("/")[0]
            site = info.rpartition("/")[0]
            for line in around.text(f"{info}/RECORD").split("\n"):
                name = line.rpartition(",")[0].rpartition(",")[0].strip('"')
                if name and not name.startswith(("/", "../")):
                    yield f"{site}/{name}"


def _outermost(trees: dict[str, None]) -> tuple[str, ...]:
    return tuple(tree for tree in trees if not any(tree.startswith(f"{other}/") for other in trees if other != tree))
