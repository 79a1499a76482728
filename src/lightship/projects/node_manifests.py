"""What a Node.js project is installed and built with: package manager, lock file, lifecycle scripts, native modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from lightship.messages import said
from lightship.projects.files import Project, string, table
from lightship.projects.model import Fact, refusal

Manager = Literal["npm", "yarn", "yarn berry", "pnpm"]
LOCKS = (
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
    ("yarn.lock", "yarn"),
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lockb", "bun"),
    ("bun.lock", "bun"),
)
_PREBUILT = frozenset(["node-gyp-build", "prebuild-install", "@mapbox/node-pre-gyp", "node-pre-gyp"])
_HEADERS = frozenset(["nan", "node-addon-api", "bindings", "node-gyp"])


@dataclass(frozen=True, slots=True)
class Installation:
    """How dependencies are installed. ``version`` of the manager is None where the base image brings it along.

    ``everything`` also installs development dependencies, ``production`` does not, ``prune`` takes them away again.
    """

    manager: Manager
    lock: str
    files: tuple[str, ...]
    version: Fact | None
    everything: str
    production: str
    prune: str

    @property
    def run(self) -> str:
        """How a script is run with this manager."""
        return self.manager.partition(" ")[0] + " run"


def installation(project: Project, package: dict[str, object]) -> Installation | None:
    """How the dependencies are installed; None when there are none. Raises UnknownError when it is not clear."""
    name, _, version = string(package.get("packageManager")).partition("@")
    version = version.partition("+")[0]
    locks = [(file, manager) for file, manager in LOCKS if project.has(file)]
    if name and any(manager == name for _, manager in locks):
        locks = [one for one in locks if one[1] == name]
    if len({manager for _, manager in locks}) > 1:
        raise refusal(
            "lock files of several package managers",
            where=str(project.folder),
            why="found " + ", ".join(file for file, _ in locks),
            help='delete those that are not kept up to date, or write "packageManager" into package.json',
        )
    lock, manager = locks[0] if locks else ("", name or "npm")
    if not lock and not _asked(package):
        return None
    if not lock and manager != "npm":
        raise refusal(
            said('"packageManager" is {manager}, and there is no lock file of it', manager=manager),
            where=project.where("package.json"),
            help=said("run `{manager} install` and commit the lock file", manager=manager),
        )
    if manager == "bun":
        raise refusal(
            "the project is installed with Bun",
            where=project.where(lock),
            why="Bun's image is another one than Node.js's, and is not known here yet",
            help="write the Dockerfile by hand, or keep a package-lock.json as well",
        )
    configured = (".npmrc",) if project.has(".npmrc") else ()
    files = ("package.json", *((lock,) if lock else ()), *configured)
    if manager == "pnpm":
        return _pnpm(project, lock, files, version)
    if manager == "yarn":
        return _yarn(project, lock, files, version)
    everything = "npm ci" if lock else "npm install"
    return Installation("npm", lock, files, None, everything, f"{everything} --omit=dev", "npm prune --omit=dev")


def _pnpm(project: Project, lock: str, files: tuple[str, ...], version: str) -> Installation:
    stated = Fact(version, "packageManager in package.json") if version else None
    if stated is None:
        match = re.search(r"^lockfileVersion:\s*'?(\d+)", project.text(lock) or "", re.MULTILINE)
        major = {"9": "9", "6": "8", "5": "7"}.get(match[1] if match else "")
        stated = Fact(major, lock, f"whose format {match[1]} is that of pnpm {major}") if major and match else None
    if stated is None:
        raise refusal(
            "no version of pnpm is stated",
            where=project.where(lock),
            help='write "packageManager": "pnpm@VERSION" into package.json',
        )
    if project.has("pnpm-workspace.yaml"):
        if re.search(r"^packages:", project.text("pnpm-workspace.yaml") or "", re.MULTILINE):
            refuse_workspaces(project, "pnpm-workspace.yaml")
        files = (*files, "pnpm-workspace.yaml")
    install = "pnpm install --frozen-lockfile"
    return Installation("pnpm", lock, files, stated, install, f"{install} --prod", "CI=true pnpm prune --prod")


def _yarn(project: Project, lock: str, files: tuple[str, ...], version: str) -> Installation:
    if "__metadata:" not in (project.text(lock) or "")[:2000] and not version.startswith(("2", "3", "4")):
        # The official image brings Yarn 1 along: https://github.com/nodejs/docker-node#yarn
        install = "yarn install --frozen-lockfile"
        prune = f"{install} --production --ignore-scripts --prefer-offline"
        return Installation("yarn", lock, files, None, install, f"{install} --production", prune)
    if not version:
        raise refusal(
            "no version of Yarn is stated",
            where=project.where(lock),
            why="the lock file is of Yarn 2 or later, which the image does not bring along",
            help='write "packageManager": "yarn@VERSION" into package.json',
        )
    if re.search(r"^nodeLinker:\s*['\"]?node-modules", project.text(".yarnrc.yml") or "", re.MULTILINE) is None:
        raise refusal(
            "Yarn's Plug'n'Play mode is not known here yet",
            where=project.where(".yarnrc.yml"),
            why="packages are then loaded from Yarn's cache by a loader that the start command must name",
            help="set `nodeLinker: node-modules`, or write the Dockerfile by hand",
        )
    stated = Fact(version, "packageManager in package.json")
    install = "yarn install --immutable"
    focus = "yarn workspaces focus --all --production"
    return Installation("yarn berry", lock, (*files, ".yarnrc.yml"), stated, install, focus, focus)


def refuse_workspaces(project: Project, file: str) -> None:
    """Say that a monorepo is not one program."""
    raise refusal(
        "workspaces hold several packages",
        where=project.where(file),
        why="which one is the program, and which of the others it needs, no manifest says",
        help="name the folder of one package that stands alone, or write the Dockerfile by hand",
    )


def lifecycle(package: dict[str, object]) -> str:
    """The script that installing runs, which may read any of the source; empty when there is none."""
    names = ("preinstall", "install", "postinstall", "prepare")
    return next((name for name in names if name in table(package, "scripts")), "")


def local_dependency(package: dict[str, object]) -> str:
    """A dependency that is a folder of the project; empty when there is none."""
    for kind in ("dependencies", "devDependencies", "optionalDependencies"):
        for name, version in table(package, kind).items():
            if string(version).startswith(("file:", "link:", "portal:", "./", "../")):
                return name
    return ""


def compiled_module(project: Project, package: dict[str, object]) -> str:
    """Why a compiler is needed while installing; empty when nothing shows that one is.

    Packages that fetch a prebuilt binary compile only where there is none, which the lock file cannot tell.
    """
    if project.has("binding.gyp"):
        return "binding.gyp builds a native module"
    packages = table(project.json("package-lock.json"), "packages") if project.has("package-lock.json") else {}
    for path, one in sorted(packages.items()):
        needs = set(table(one, "dependencies"))
        runs = isinstance(one, dict) and one.get("hasInstallScript") is True and not one.get("dev")
        if runs and needs & _HEADERS and not needs & _PREBUILT:
            return f"{path.removeprefix('node_modules/')} is compiled when it is installed (package-lock.json)"
    return ""


def _asked(package: dict[str, object]) -> bool:
    kinds = ("dependencies", "devDependencies", "optionalDependencies")
    return any(table(package, kind) for kind in kinds)
