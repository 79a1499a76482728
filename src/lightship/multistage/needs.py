"""What the program was found to need from outside its own files, as the split asks for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lightship import distros
from lightship.closure import Closure, Memory, Reason, closure, elf_needs, roots
from lightship.closure.scripts import interpreter_of
from lightship.evidence import Effect, Evidence
from lightship.messages import said
from lightship.multistage.asked import executables_of, packages_of_programs, shipped_programs
from lightship.multistage.cover import cover
from lightship.multistage.model import Trims
from lightship.multistage.toolchains import Uses, brought_by_installers, configured_imports, toolchain_imports
from lightship.multistage.unknowable import builds_when_it_runs, why_only_the_same
from lightship.multistage.wanted import wanted_paths

_NOTHING = Closure()
_NO_USES = Uses()
_NO_TRIMS = Trims()
# Names of dynamic loaders: ld-linux-x86-64.so.2, ld-musl-x86_64.so.1, ld.so.1, ld64.so.2 ...
_LOADERS = ("ld-linux", "ld-musl", "ld.so", "ld64.so")
_MODULES = frozenset({"runtime", "python"})
# What is called calls others in turn; after so many rounds the rest is left to the comparison.
_ROUNDS = 4
# Links that update-alternatives and init's tools made to what packages brought.
_OF_PACKAGES = re.compile(r"^etc/(?:alternatives|rc[\dS]\.d|init\.d|systemd)/|^(?:usr/)?lib/systemd/")
_INIT = frozenset(
    {
        "init",
        "systemd",
        "service",
        "systemctl",
        "invoke-rc.d",
        "cron",
        "crond",
        "anacron",
        "startx",
        "xinit",
    }
)
# What such a reason names may never be asked for; a loader, an interpreter, a linked library always is.
_ONLY_NAMED = frozenset({"called", "dlopen", "mentioned", "symlink"})
_STARTED = frozenset({"root", "called", "shebang"})


@dataclass(frozen=True, slots=True)
class Need:
    """Why one file is needed, in words; "" when only because its package is.

    ``certain`` says that running needs it; otherwise it may.
    """

    reason: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """Files that an OS package owns and running needs, by real path without a leading slash.

    ``uses`` has the bare names of all programs that are started, whoever owns them; ``needs_libc`` says that a dynamic
    loader is among the files, so that what libc opens by itself belongs to them; ``trims`` is what the user asked to
    take away besides. ``only_same`` says why only the original's own base image will do, or is "", and ``builds`` that
    the program builds others when it runs, so that no package serves only the build.
    """

    files: Mapping[str, Need] = field(default_factory=dict)
    uses: Uses = _NO_USES
    needs_libc: bool = False
    closure: Closure = _NOTHING
    trims: Trims = _NO_TRIMS
    only_same: str = ""
    builds: bool = False

    @property
    def reached(self) -> frozenset[str]:
        """Paths that something asks for, other than the tree that they lie in."""
        return frozenset(path for path, reason in self.closure.reasons.items() if reason.kind != "tree")


def needs_of(evidence: Evidence, trims: Trims = _NO_TRIMS) -> Needs:
    """What the image's command needs, and everything that no OS package owns.

    A mere possibility counts only when something that the Dockerfile brought in names it: the installers and the
    standard library of a base image name many programs that no program of the user's ever calls.
    """
    # A toolchain stays behind when nobody calls or imports it; who does is only known once the callers are.
    uses = Uses(modules=configured_imports(evidence), prune=trims.prune)
    paths = _unowned(evidence, uses)
    searched: frozenset[str] = frozenset()
    # A called program of the base image comes with its package, whose other programs have needs of their own.
    programs: frozenset[str] = frozenset(shipped_programs(evidence))
    memory = Memory()
    for _ in range(_ROUNDS):
        uses = replace(uses, modules=uses.modules | toolchain_imports(evidence, paths - searched))
        searched = paths
        found = _needs(evidence, paths, programs, uses, memory)
        then = _unowned(evidence, found.uses)
        init = not found.uses.programs.isdisjoint(_INIT)
        more = programs.union(
            executables_of(evidence, packages_of_programs(evidence, found.files), init=init),
            shipped_programs(evidence, init=True) if init else (),
        )
        if (then, more) == (paths, programs):
            break
        paths, programs = then, more
    return replace(found, trims=trims)


def _unowned(evidence: Evidence, uses: Uses) -> frozenset[str]:
    nothing = evidence.image.rootfs(upto=0)
    wanted = wanted_paths(evidence, evidence.effects, uses=uses, from_base=nothing, bare=True)
    with_init = not uses.programs.isdisjoint(_INIT)

    def speaks_for_packages(path: str, effect: Effect | None) -> bool:
        """What installing packages made speaks for them, and they may be the ones that only the build needs."""
        if effect is not None and effect.packages_only:
            return True
        installing = effect is None or effect.runs_packages
        return installing and not with_init and _OF_PACKAGES.match(path) is not None

    return frozenset(path for path, effect in wanted.paths.items() if not speaks_for_packages(path, effect))


def _needs(evidence: Evidence, paths: Collection[str], programs: Collection[str], uses: Uses, memory: Memory) -> Needs:
    brought = brought_by_installers(evidence.files, evidence.installed)

    def made(path: str) -> bool:
        mine = not _from_base(evidence, path) and evidence.installed.owner(path) is None
        return mine and path not in brought.programs and not brought.trees.covers(path)

    trees = cover(evidence.files, paths, removing=False)
    found = closure(
        evidence.files,
        roots(
            evidence.config,
            evidence.files,
            trees=[*(tree.path for tree in trees), *sorted(programs), *_interpreters(evidence, paths)],
        ),
        evidence.config,
        searched=lambda path: not _from_base(evidence, path),
        made=made,
        memory=memory,
    )
    files: dict[str, Need] = {}
    # A root is named as it is written; the file may be a link's target of another name (npm, npm-cli.js).
    called = {root.path.rpartition("/")[2] for root in found.roots if root.kind != "tree"}
    needs_libc = False
    doubted = _doubted(evidence, found)
    with_modules = _with_modules(evidence, found, doubted)
    for path, reason in found.reasons.items():
        if path in doubted:
            continue
        needs_libc = needs_libc or path.rpartition("/")[2].startswith(_LOADERS)
        if reason.kind in _STARTED:
            called.add(path.rpartition("/")[2])
            called.add(reason.name.rpartition("/")[2])
        owner = evidence.installed.owner(path)
        if owner is not None and (reason.kind not in _MODULES or owner.name in with_modules):
            files[path] = Need(_in_words(reason), reason.certain)
    # A library keeps only the first reason that was found for it, and that one may be the doubted one.
    linked = elf_needs(evidence.files, [path for path in found.reasons if path not in doubted], evidence.config)
    for need in linked.values():
        for path in (*need.paths, *need.links):
            if path not in files and evidence.installed.owner(path) is not None:
                files[path] = Need(
                    said("{name} is linked{by}", name=need.soname, by=said(" by /{path}", path=need.needed_by[0])),
                    certain=False,
                )
    for gone in found.unresolved:
        if gone.kind == "program" and gone.certain:
            called.add(gone.name.rpartition("/")[2])
    return Needs(
        files,
        replace(uses, programs=frozenset(called)),
        needs_libc=needs_libc,
        closure=found,
        only_same=why_only_the_same(evidence, found, made),
        builds=bool(builds_when_it_runs(evidence, found, made)),
    )


def _with_modules(evidence: Evidence, found: Closure, doubted: Collection[str]) -> frozenset[str]:
    """The OS packages whose modules count in an interpreter's own directories.

    Those directories are everybody's: a module that lies there only because the base image has another program of that
    language (Mercurial) is that program's. The others are of the interpreter, of what else is needed, of what these
    depend on, and of what the instructions installed.
    """
    installed = evidence.installed
    base = {package.name for package in evidence.base_installed.packages}
    paths = (path for path, reason in found.reasons.items() if reason.kind not in _MODULES and path not in doubted)
    owners = {owner.name: owner for path in paths if (owner := installed.owner(path))}
    sources = {owner.source for owner in owners.values() if owner.source}
    names = {one.name for one in distros.dependencies(installed, owners)}
    return frozenset(
        one.name for one in installed.packages if one.name in names or one.name not in base or one.source in sources
    )


def _interpreters(evidence: Evidence, paths: Collection[str]) -> frozenset[str]:
    """The interpreters that the first lines of executable scripts among ``paths`` name, wherever the scripts lie.

    The closure passes over the scripts of a standard library; a copied script that cannot start would be a difference.
    """
    found = set()
    for path in paths:
        entry = evidence.files[path].entry
        if entry.kind != "file" or not entry.mode & 0o111 or ".so" in path:
            continue
        shebang = interpreter_of(evidence.files.read(path, 256))
        for program in shebang.programs if shebang else ():
            # As written: the links on the way (/bin, sh) are needed too.
            if program.startswith("/") and evidence.files.resolve(program):
                found.add(program.strip("/"))
    return frozenset(found)


def _doubted(evidence: Evidence, found: Closure) -> frozenset[str]:
    """Paths that are only possibly needed, and only by the base image's own files or by tools that serve the build."""
    doubted: dict[str, bool] = {}
    tools = distros.maintainer_tools(evidence.installed)

    def is_doubted(path: str) -> bool:
        reason = found.reasons.get(path)
        if reason is None or reason.certain:
            return False
        if path not in doubted:
            doubted[path] = True  # a cycle of mere possibilities
            target = evidence.files.resolve(path) if reason.kind == "symlink" else None
            if target is not None and target != path and target in found.reasons:
                # A link is in for the sake of what it leads to.
                doubted[path] = is_doubted(target)
                return doubted[path]
            # One that is good is enough: pydoc of the base image names a pager, and so may what was installed.
            doubted[path] = all(is_poor(path, one) for one in (reason, *found.others.get(path, ())))
        return doubted[path]

    def is_poor(path: str, reason: Reason) -> bool:
        return not reason.certain and (
            (reason.kind in _ONLY_NAMED and _from_base(evidence, reason.via))
            or _is_tool(evidence, path, tools, reason.via)
            or is_doubted(reason.via)
        )

    return frozenset(path for path in found.reasons if is_doubted(path))


def _from_base(evidence: Evidence, path: str) -> bool:
    located = evidence.files.get(path) if path else None
    return located is not None and located.layer < evidence.base_layers


def _is_tool(evidence: Evidence, path: str, tools: Collection[str], via: str) -> bool:
    """Whether a path is of a package that builds software, or that installs it.

    Among those that install are which, tempfile and perl: what was installed from elsewhere may well call them.
    """
    owner = evidence.installed.owner(path)
    if owner is None:
        return False
    if owner.name in tools:
        return _from_base(evidence, via) or evidence.installed.owner(via) is not None
    return distros.judge(evidence.installed, owner).need == "build-only"


@lru_cache(maxsize=1 << 16)
def _in_words(reason: Reason) -> str:
    name, path, by = reason.name, reason.via, said(" by /{path}", path=reason.via) if reason.via else ""
    words: dict[str, str] = {
        "needed": said("{name} is linked{by}", name=name, by=by),
        "variant": said("{name} is linked{by}, for another processor", name=name, by=by),
        "preload": said("{name} is loaded into every program", name=name),
        "dlopen": said("{name} is opened{by}", name=name, by=by),
        "called": said("{name} is called{by}", name=name, by=by),
        "shebang": said("{name} interprets /{path}", name=name, path=path),
        "interpreter": said("the dynamic loader"),
        "root": said("the image starts it"),
        "runtime": said("a library of /{path}", path=path),
        "python": said("a module that /{path} can import", path=path),
        "node": said("a module that /{path} can import", path=path),
        "symlink": said("the link {name} leads there", name=name),
        "mentioned": said("{name} is named{by}", name=name, by=by),
    }
    # A file of a shipped package is needed because the package is: the reason is the package's.
    return words.get(reason.kind, "")
