"""Programs that run a project's own programs: npm and its kin with package.json, uv and its kin with a venv."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lightship.closure.patterns import matching_directories
from lightship.closure.surroundings import Surroundings

# Where the environments of uv, poetry, pipenv, pdm and hatch are when nothing says otherwise.
_PROJECT_ENVIRONMENTS = (
    ".venv/bin",
    "venv/bin",
    "/root/.cache/pypoetry/virtualenvs/*/bin",
    "/root/.local/share/virtualenvs/*/bin",
    "/root/.local/share/hatch/env/virtual/*/*/bin",
)
# https://docs.npmjs.com/cli/using-npm/scripts, and what everybody calls the rest.
_OF_DEVELOPMENT = re.compile(
    r"(?:pre|post)?(?:install|uninstall|prepare|publish|publishOnly|pack|version|test|lint|format|release|build|dev|watch"
    r"|commit|coverage|cover|typecheck|type-check|docs?|clean|bump|changelog|e2e|prettier|eslint|husky)(?![a-z])"
)
_RUN_VERBS = frozenset({"run", "run-script", "exec", "dlx"})
_DIRECTORY_OPTIONS = frozenset({"--prefix", "--cwd", "--dir", "-C"})


@dataclass(frozen=True, slots=True)
class PackageScript:
    """What ``npm start``, ``npm run x``, ``yarn x`` run: the scripts of a name in a package.json, as shell texts.

    ``directory`` is where the package is, ``manifest`` its package.json, ``verb`` the name of the script. ``others``
    are the package's further scripts that may be run in the same way, without those that only serve its development.
    """

    directory: str
    manifest: str
    verb: str
    texts: tuple[str, ...]
    others: tuple[str, ...] = ()


def package_script(around: Surroundings, arguments: Sequence[str | None]) -> PackageScript | None:
    """The script that these arguments of npm, yarn or pnpm run, or None when there is no package.json."""
    given = next((value for option, value in pairwise(arguments) if option in _DIRECTORY_OPTIONS and value), "")
    words = [word for word in arguments if word and not word.startswith("-") and word != given]
    directory = around.at(given or ".")
    manifest = f"{directory}/package.json".lstrip("/")
    if not words or not around.paths.is_file(manifest):
        return None
    verb = words[1] if words[0] in _RUN_VERBS and len(words) > 1 else words[0]
    try:
        scripts = json.loads(around.text(manifest))["scripts"]
        texts = {name: text for name, text in scripts.items() if isinstance(text, str)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        texts = {}
    own = (f"pre{verb}", verb, f"post{verb}")
    others = tuple(text for name, text in texts.items() if name not in own and not _OF_DEVELOPMENT.match(name))
    return PackageScript(directory, manifest, verb, tuple(texts[name] for name in own if name in texts), others)


def with_programs(around: Surroundings, directories: Iterable[str]) -> Surroundings:
    """The same surroundings with directories (no leading slash) before those of PATH."""
    path = ":".join(f"/{part}" for part in dict.fromkeys((*directories, *around.search_path())))
    return replace(around, variables={**around.variables, "PATH": path})


def with_node_programs(around: Surroundings, directory: str) -> Surroundings:
    """In a package's directory, with node_modules/.bin before PATH, as npm runs scripts."""
    moved = replace(around, working_dir=directory)
    return with_programs(moved, [f"{directory}/node_modules/.bin".lstrip("/")])


def with_project_programs(around: Surroundings) -> Surroundings:
    """With the virtual environments of the project in the working directory before PATH."""
    variables = around.variables
    named = [f"{value}/bin" for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT") if (value := variables.get(name))]
    if variables.get("POETRY_VIRTUALENVS_PATH"):
        named.append(f"{variables['POETRY_VIRTUALENVS_PATH']}/*/bin")
    patterns = (*named, *_PROJECT_ENVIRONMENTS)
    return with_programs(
        around, [place for pattern in patterns for place in matching_directories(around, around.at(pattern))]
    )
