"""Which paths of the original the runtime stage must take along, and for what reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lightship import distros, ecosystems
from lightship.distros import Installed
from lightship.evidence import Effect, Evidence
from lightship.messages import said
from lightship.multistage.cover import Tree
from lightship.multistage.model import Left
from lightship.multistage.system import idle_parts
from lightship.multistage.toolchains import Uses, home_directories, idle_toolchains
from lightship.oci import Entry, Rootfs

# Files that the engine puts into every container and that say nothing about the program.
ENGINE_FILES = frozenset(
    {
        ".dockerenv",
        "etc/hosts",
        "etc/hostname",
        "etc/resolv.conf",
        "etc/mtab",
        "dev",
        "proc",
        "sys",
        "run/secrets",
    }
)
# What a package manager writes for itself, beside its caches.
_PACKAGE_RECORDS = ("var/lib/dpkg", "var/lib/apt", "lib/apk", "var/lib/rpm", "usr/lib/sysimage/rpm")
# Made anew by ldconfig(8) and by shadow's tools; a copy of another stage's would be wrong or useless.
_REGENERATED = frozenset(
    {"etc/ld.so.cache", "etc/.pwd.lock"}
    | {f"etc/{name}-" for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")}
)
# What installing init's own packages makes (hwdb.bin).
_INITS_OWN = ("usr/lib/udev/", "lib/udev/", "usr/lib/systemd/", "lib/systemd/")
_HASH_LIMIT = 64 << 20
_SETTING_LIMIT = 4 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paths to take, each with the instruction that made it (None: the base image).

    ``optional`` paths may come along and need not: by-products that the program makes again by itself. ``left`` says
    what stays behind on purpose, with the reason. ``idle`` are the patterns of toolchains that stay behind, with the
    paths that each names: a tree may be taken with them when they are removed from it.
    """

    paths: Mapping[str, Effect | None]
    optional: frozenset[str]
    left: tuple[Left, ...]
    idle: Mapping[str, tuple[str, ...]]

    def may_come_along(self, path: str) -> bool:
        """Whether a tree that is taken whole may have this in it."""
        return path in self.optional or self._patterns.covers(path)

    @property
    def _patterns(self) -> ecosystems.PathPatterns:
        return _path_patterns(tuple(self.idle))

    def removals(self, trees: Iterable[Tree]) -> tuple[str, ...]:
        """What has to be removed from trees that are taken whole: paths, and patterns as the shell expands them."""
        trees = tuple(trees)
        tops = tuple(f"{tree.path}/" for tree in trees if tree.kind == "dir")
        patterns = (pattern for pattern, paths in self.idle.items() if any(path.startswith(tops) for path in paths))
        return tuple(sorted({*(extra for tree in trees for extra in tree.extras), *patterns}))


def wanted_paths(
    evidence: Evidence,
    head: Collection[Effect],
    *,
    uses: Uses,
    from_base: Rootfs | None = None,
    kept_packages: Collection[str] = (),
    reached: Collection[str] = (),
    bare: bool = False,
) -> Wanted:
    """What instructions made and no OS package owns, without the caches of package managers.

    ``uses`` is what the program was found to call and to import: it keeps toolchains and their caches alive. With
    ``from_base`` (the runtime stage's own base) the original base's files that it lacks are wanted too; an empty file
    system therefore asks for all of them; ``bare`` says that the runtime stage has neither package manager nor init,
    so that their settings in the base image stay behind, and what installing packages made is not made again.
    ``reached`` are the paths that the closure came to.
    """
    files, base_files = evidence.files, evidence.base_files
    by_layer = {effect.layer: effect for effect in head if effect.layer is not None}
    owners = evidence.installed
    leave = _Leaving(files, owners, uses)
    leftovers = _Leftovers(owners, kept_packages)
    idle = idle_parts(kept_packages, uses.programs)
    system = _path_patterns(tuple(path for part in idle for path in part.paths))
    modified = _modified(evidence, by_layer, kept_packages)
    paths: dict[str, Effect | None] = {}
    optional: set[str] = set()
    for path, located in files.items():
        if not path or path in ENGINE_FILES or path.split("/", 1)[0] in ("dev", "proc", "sys"):
            continue
        effect = by_layer.get(located.layer)
        is_of_base = located.layer < evidence.base_layers
        if effect is None and (
            not is_of_base
            or from_base is None
            or (path in from_base and not (bare and _is_another(files, from_base, path)))
        ):
            continue
        entry = located.entry
        if entry.kind == "dir" and effect is not None and _same_directory(entry, base_files, path):
            continue
        if owners.owner(path) is not None and path not in modified:
            continue
        if effect is not None and effect.packages_only and path not in modified and not bare:
            leave.installed(path)
            continue
        # Where packages are installed again, they compile their modules again.
        compiling = kept_packages if bare else ()
        if from_base is not None and kept_packages and _is_bytecode_of_others(path, owners, compiling):
            continue
        left_over = is_of_base or (
            bare and effect is not None and (effect.packages_only or path.startswith(_INITS_OWN))
        )
        if from_base is not None and left_over and leftovers.has(path) and path not in reached:
            leave.leftover(path)
            continue
        if leave.reason(path, entry.size if entry.kind == "file" else 0):
            continue
        # What the user's own instructions put there is the user's, whoever reads it; an instruction that installs
        # packages among other things is taken for theirs here, where nobody is there to read it.
        by_installer = is_of_base or (bare and effect is not None and effect.runs_packages)
        if from_base is not None and by_installer and system.covers(path):
            leave.setting(path)
            continue
        if effect is not None and _is_by_product(path, base_files):
            optional.add(path)
            continue
        paths[path] = effect
    return Wanted(paths, frozenset(optional), leave.left(), leave.idle())


def _is_another(files: Rootfs, other: Rootfs, path: str) -> bool:
    """Whether a setting (a file in /etc) is there in another base image and says something else."""
    mine, its = files[path].entry, other[path].entry
    if mine.kind != "file" or its.kind != "file" or not path.startswith("etc/"):
        return False
    return mine.size != its.size or files.read(path, _SETTING_LIMIT) != other.read(path, _SETTING_LIMIT)


def _same_directory(entry: Entry, base_files: Rootfs, path: str) -> bool:
    below = base_files.get(path)
    return below is not None and (below.entry.mode, below.entry.uid, below.entry.gid) == (
        entry.mode,
        entry.uid,
        entry.gid,
    )


def _is_by_product(path: str, base_files: Rootfs) -> bool:
    # Bytecode of modules of the base image, made because a build step happened to import them.
    directory, _, name = path.rpartition("/")
    if directory.endswith("__pycache__") and name.endswith(".pyc"):
        module = name.split(".", 1)[0] + ".py"
        return f"{directory.rpartition('/')[0]}/{module}" in base_files
    return path.endswith("__pycache__") and path.rpartition("/")[0] in base_files


def _is_bytecode_of_others(path: str, owners: Installed, kept_packages: Collection[str]) -> bool:
    """Whether a package's installation compiled this from a module of its own, and that package is not taken."""
    directory, _, name = path.rpartition("/")
    if name == "__pycache__":
        owner = owners.owner(directory)
    elif directory.endswith("/__pycache__"):
        owner = owners.owner(f"{directory.removesuffix('/__pycache__')}/{name.split('.', 1)[0]}.py")
    else:
        return False
    return owner is not None and owner.name not in kept_packages


class _Leftovers:
    """Files that installing a package made (caches, registers, bytecode) in a directory which only it has."""

    def __init__(self, owners: Installed, kept_packages: Collection[str]) -> None:
        self._owners = owners
        packages = (owners.package(name) for name in kept_packages)
        self._kept = frozenset(path for package in packages if package for path in package.files)
        self._known: dict[str, bool] = {}

    def has(self, path: str) -> bool:
        """Whether a path lies in a directory of packages that are not kept, and in no directory of one that is."""
        directory = path.rpartition("/")[0]
        if directory.count("/") < 1 or not self._kept:
            return False
        if directory not in self._known:
            owned = self._owners.owner(directory) is not None
            self._known[directory] = directory not in self._kept and (owned or self.has(directory))
        return self._known[directory]


class _Leaving:
    """Decides which unowned paths stay behind, and remembers why."""

    def __init__(self, files: Rootfs, owners: Installed, uses: Uses) -> None:
        homes = home_directories(files)
        alive = {
            ecosystem.name
            for ecosystem in ecosystems.ECOSYSTEMS
            for toolchain in ecosystem.toolchains
            if not uses.programs.isdisjoint(toolchain.programs)
        }
        idle = idle_toolchains(files, owners, uses)
        self._rules = [
            (ecosystems.caches(homes, without=alive), said("cache of a package manager, which can fill it again")),
            (distros.caches(owners.manager), said("cache or log of the package manager")),
            (_PACKAGE_RECORDS, said("record of the package manager")),
            *((toolchain.trees, _idle_reason(toolchain)) for toolchain in idle),
        ]
        # Beside the files of a rule, what a comparison finds missing because of them.
        self._more: list[tuple[str, ...] | None] = [
            None,
            None,
            None,
            *(tuple(f"imports/{module}" for module in one.modules) for one in idle),
        ]
        self._patterns = [_path_patterns(tuple(patterns)) for patterns, _ in self._rules]
        self._any = _path_patterns(tuple(pattern for patterns, _ in self._rules for pattern in patterns))
        self._sizes: dict[int, int] = {}
        self._idle: dict[str, list[str]] = {}
        self._installed: list[str] = []
        self._leftovers: list[str] = []
        self._settings: list[str] = []

    def reason(self, path: str, size: int) -> str:
        """Why the path, of ``size`` bytes, stays behind, or ""."""
        if path in _REGENERATED:
            return said("made anew")
        if not self._any.covers(path):
            return ""
        for index, patterns in enumerate(self._patterns):
            if patterns.covers(path):
                self._sizes[index] = self._sizes.get(index, 0) + size
                self._remember(index, path)
                return self._rules[index][1]
        return ""

    def _remember(self, index: int, path: str) -> None:
        """Which pattern of a toolchain names a path itself, not what is below it."""
        for pattern in self._rules[index][0] if self._more[index] is not None else ():
            if pattern.count("/") == path.count("/") and _path_patterns((pattern,)).covers(path):
                self._idle.setdefault(pattern, []).append(path)

    def idle(self) -> Mapping[str, tuple[str, ...]]:
        """The patterns of toolchains that something was left behind for, with the paths that they name."""
        return {pattern: tuple(paths) for pattern, paths in self._idle.items()}

    def installed(self, path: str) -> None:
        """Remember a path that installing packages made: installing those that stay makes theirs again."""
        self._installed.append(path)

    def setting(self, path: str) -> None:
        """Remember a setting of a part of the system that the runtime stage has not."""
        self._settings.append(path)

    def leftover(self, path: str) -> None:
        """Remember a path that installing a package made which the runtime stage has not."""
        self._leftovers.append(path)

    def left(self) -> tuple[Left, ...]:
        """What was left behind so far."""
        rules = tuple(
            Left(pattern, self._rules[index][1], size if number == 0 else 0)
            for index, size in sorted(self._sizes.items())
            for number, pattern in enumerate(
                (*(name for top in self._rules[index][0] for name in (top, f"{top}/**")), *(self._more[index] or ()))
            )
        )
        made = said("made by installing packages; those that stay are installed again")
        no_init = said("setting of the package manager, of init or of login, of which the runtime stage has none")
        of_gone = said("made by installing a package that the runtime stage has not")
        return (
            *rules,
            *(Left(path, no_init) for path in self._settings),
            *(Left(path, made) for path in self._installed),
            *(Left(path, of_gone) for path in self._leftovers),
        )


@lru_cache(maxsize=256)
def _path_patterns(patterns: tuple[str, ...]) -> ecosystems.PathPatterns:
    return ecosystems.PathPatterns(patterns)


def _idle_reason(toolchain: ecosystems.Toolchain) -> str:
    name = toolchain.name
    if toolchain.modules:
        return said("{name}: nothing that runs imports or calls it", name=name)
    return said("{name}: nothing that runs calls it", name=name)


def _modified(evidence: Evidence, by_layer: Mapping[int, Effect], kept_packages: Collection[str]) -> frozenset[str]:
    """Paths that a package owns and an instruction changed afterwards (``RUN sed -i``, a COPY over a conffile)."""
    owners = evidence.installed
    base_names = {package.name for package in evidence.base_installed.packages}
    touched = {}
    for path, located in evidence.files.items():
        if located.layer not in by_layer or located.entry.kind != "file" or located.entry.size > _HASH_LIMIT:
            continue
        owner = owners.owner(path)
        if owner is not None and (owner.name in kept_packages or owner.name in base_names):
            touched[path] = owner
    known = distros.checksums(evidence.files, touched.values())
    return frozenset(
        path
        for path in touched
        if path in known and hashlib.md5(evidence.files.read(path), usedforsecurity=False).hexdigest() != known[path]
    )
