"""The split whose final stage starts from nothing and gets only what running needs."""

from __future__ import annotations

import re
from collections.abc import Collection

from lightship import distros
from lightship.closure import elf_needs, is_libcrypto, libc_runtime, openssl_paths
from lightship.distros import Package
from lightship.ecosystems import PathPatterns
from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.asked import asked_packages, is_program, packages_of_programs
from lightship.multistage.cover import cover
from lightship.multistage.emission import Block, emit, megabytes
from lightship.multistage.gather_stage import TARGET, Gathering
from lightship.multistage.libc_parts import unused_libc_parts
from lightship.multistage.metadata import from_config, last_lines, restated_lines, starting_directory
from lightship.multistage.model import Candidate, DroppedPackage, Hunk, Left
from lightship.multistage.needs import Needs
from lightship.multistage.packages import font_packages, needed_packages, twins_of
from lightship.multistage.reasons import left_behind
from lightship.multistage.recommended import not_for_running, recommended
from lightship.multistage.rootfs_stage import rootfs_stage
from lightship.multistage.split import divide, names_for
from lightship.multistage.system import idle_parts
from lightship.multistage.trims import preparation, trim_hunks, trims_of
from lightship.multistage.wanted import wanted_paths
from lightship.oci import ImageConfig

TITLE = said("scratch (only what running needs)")
# What a Debian system is made of that no program names: the hierarchy, the accounts, the names of networks.
_FRAME_PACKAGES = ("base-files", "netbase", "media-types", "tzdata", "ca-certificates")
_LDCONFIG = ("sbin/ldconfig", "usr/sbin/ldconfig")
# libgcc_s is opened by pthread_cancel(3), so nothing links it.
_LIBC_PACKAGES = ("libc6", "libgcc-s1")

_BYTECODE = re.compile(r"^(usr/lib/(?:python3[^/]*|[\w-]+)|usr/share/[^/]+)/(?:.*/)?__pycache__(?:/[^/]+)?$")
_MANUAL = re.compile(r"^usr/share/man/|^etc/alternatives/.*\.\d\w*\.gz$")

_DATA = re.compile(
    r"^etc/(?!skel/|init\.d/|cron|pam\.d/|apt/|dpkg/|logrotate\.d/|alternatives/|update-motd\.d/|systemd/|profile\.d/)"
    r"|^usr/libexec/"
    r"|^(?:usr/)?lib/(?!systemd/|mime/|tmpfiles\.d/|sysusers\.d/|udev/|[^/]+\.so|[\w-]+-linux-\w+/[^/]+\.so)"
)

# Directories of the hierarchy itself are never taken whole.
_DIVIDED = frozenset(
    {"", "bin", "boot", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "run", "sbin", "srv", "tmp", "usr", "var",
     "usr/bin", "usr/lib", "usr/sbin", "usr/share", "var/cache", "var/lib", "var/log"}
)  # fmt: skip


def on_scratch(evidence: Evidence, needs: Needs) -> Candidate:
    """The candidate with an empty base."""
    if evidence.installed.manager != "dpkg":
        return Candidate("scratch", TITLE, refused="gathering a root file system is only known for dpkg systems")
    if needs.only_same:
        return Candidate("scratch", TITLE, refused=needs.only_same)
    division = divide(evidence)
    packages, dropped = _packages(evidence, needs)
    names = {package.name for package in packages}
    wanted = wanted_paths(
        evidence,
        division.head,
        uses=needs.uses,
        reached=needs.reached,
        from_base=evidence.image.rootfs(upto=0),
        kept_packages=names,
        bare=True,
    )
    files = _single_files(evidence, needs, names)
    compiled = {path for path in wanted.paths if _is_bytecode_of(evidence, path, names)}
    kept = {path for path in wanted.paths if path not in compiled and not _dangles(evidence, path, names, files)}
    trees = cover(
        evidence.files,
        kept | set(wanted.optional),
        # What a package brings anyway may come twice: one directory reads better than the bytecode in each below it.
        optional=lambda path: _owner_name(evidence, path) in names or path in compiled or wanted.may_come_along(path),
        divided=lambda path: path in _DIVIDED,
    )
    trims = trims_of(evidence, kept | wanted.optional, needs.trims, root=TARGET.strip("/"))
    unused = unused_libc_parts(evidence, _files_of(evidence, names) | needs.files.keys() | kept)
    system = _idle_paths(evidence, names, needs)
    gathering = Gathering(
        frame=_frame(evidence),
        packages=tuple(sorted(names)),
        trees=tuple(tree.path for tree in trees),
        files=files,
        removals=wanted.removals(trees),
        bytecode=tuple(sorted({found.group(1) for path in compiled if (found := _BYTECODE.match(path))})),
        ldconfig=needs.needs_libc and any(path in evidence.files for path in _LDCONFIG),
        finish=tuple((f"    # {one.reason}", *(f"    {line}" for line in one.lines)) for one in trims),
        without=(
            *(path if path.endswith("*") else f"{path}/" for path in system),
            *(part.pattern.rstrip("*") for part in unused if not part.pattern.startswith("libraries/")),
        ),
    )
    stages = names_for(evidence)
    own = {item.keyword for item in (*division.head_instructions, *division.tail_instructions)}
    why = "The root file system of the final image: only what running needs."
    gather = rootfs_stage(evidence, division, stages, gathering, why, before=preparation(evidence, trims))
    size = sum(tree.size for tree in trees) + sum(evidence.files[path].entry.size for path in compiled)
    final = [
        Block((f"FROM scratch AS {stages.runtime}",)),
        Block((f"COPY --from={stages.rootfs} {TARGET}/ /",), "", size),
    ]
    inherited = from_config(evidence.base_config, own)
    if inherited:
        final.append(Block(inherited, f"As {evidence.stage.base.written or 'the base image'} has it."))
    lines = (
        *last_lines(evidence.base_config, own),
        *starting_directory(
            evidence.base_config,
            ImageConfig(),
            division.head_instructions,
            division.tail_instructions,
            evidence.config.env,
        ),
        *restated_lines(division.head_instructions, division.tail_instructions),
    )
    if lines:
        final.append(Block(lines, "As the builder stage has it."))
    text = emit(
        evidence.dockerfile,
        from_instruction=evidence.stage.from_instruction,
        last_head=division.last,
        builder=stages.builder,
        builder_blocks=[],
        stage_blocks=[gather, final],
    )
    line = evidence.stage.from_instruction.line
    contents = said(
        "{packages} packages, {files} single files, and {size} that no package owns",
        packages=len(names),
        files=len(files),
        size=megabytes(size),
    )
    hunks = [
        Hunk(line, "what builds becomes a stage of its own, which is not shipped"),
        Hunk(division.last.line, said("the final image starts from nothing and gets {contents}", contents=contents)),
        *left_behind(evidence, dropped, names, (*wanted.left, *unused)),
        *trim_hunks(line, trims),
    ]
    no_init = said("read only by init, cron or the package manager, of which the runtime stage has none")
    idle = tuple(Left(f"{prefix}{path}/**", no_init) for path in system for prefix in ("", "libraries/"))
    left = (*wanted.left, *unused, *idle, *_uncalled(evidence, needs))
    return Candidate("scratch", TITLE, text, tuple(hunks), left)


def _is_bytecode_of(evidence: Evidence, path: str, packages: Collection[str]) -> bool:
    """Whether installing one of the packages compiled this (or made the directory for it) from a module of its own."""
    found = _BYTECODE.match(path)
    if found is None or evidence.installed.owner(path) is not None:
        return False
    directory, _, name = path.partition("/__pycache__")
    module = f"{directory}{name.partition('.')[0]}.py" if name else directory
    return _owner_name(evidence, module) in packages


def _uncalled(evidence: Evidence, needs: Needs) -> list[Left]:
    """Programs of frame packages (update-ca-certificates): whole packages are taken for their data, not to be run."""
    uncalled = said("a program of a package that is taken for its data; nothing calls it")
    found = []
    for name in _FRAME_PACKAGES:
        package = evidence.installed.package(name)
        for path in package.files if package else ():
            if path not in needs.files and path.rpartition("/")[0].endswith("bin"):
                found.append(Left(f"libraries/{path}", uncalled))
    return found


def _packages(evidence: Evidence, needs: Needs) -> tuple[tuple[Package, ...], tuple[DroppedPackage, ...]]:
    """Whole packages: those that were asked for and what they depend on; of the base's, the shared libraries."""
    installed = evidence.installed
    base = {package.name for package in evidence.base_installed.packages}
    needed = needed_packages(installed, needs)
    names: set[str] = set()
    dropped = []
    for package in asked_packages(evidence, base):
        judgement = distros.judge(installed, package)
        need = needed.get(package.name)
        if judgement.need == "build-only" and not (need and need.certain):
            dropped.append(DroppedPackage(package.name, judgement.reason, package.installed_size))
            names.update(twin.name for twin in twins_of(installed, package))
        else:
            names.add(package.name)
    left = {package.name for package in dropped}
    names |= recommended(evidence, names, base, left)
    names |= {name for name in needed if name not in base and name not in left}
    tools = not_for_running(evidence, names)
    names |= {name for name in packages_of_programs(evidence, needs.files) if name not in left and name not in tools}
    found = {package.name: package for package in distros.dependencies(installed, names, without=tools)}
    libraries = {owner for path in needs.files if ".so" in path and (owner := _owner_name(evidence, path))}
    fonts = font_packages(evidence, needs)
    for name in (*libraries, *fonts, *_FRAME_PACKAGES, *(_LIBC_PACKAGES if needs.needs_libc else ())):
        wanted = installed.package(name)
        if wanted is not None and name not in left:
            found.setdefault(wanted.name, wanted)
    return tuple(_with_plugins(evidence, found, left).values()), tuple(dropped)


def _is_data(evidence: Evidence, path: str) -> bool:
    """Whether a file of a package may be what its programs read: settings, and what lies in a place of its own."""
    located = evidence.files.get(path)
    return located is not None and located.entry.kind != "dir" and _DATA.search(path) is not None


def _idle_paths(evidence: Evidence, names: Collection[str], needs: Needs) -> tuple[str, ...]:
    """The tops of what packages have for init, cron and the package manager, where none of these is there."""
    idle = [path for part in idle_parts(names, needs.uses.programs) if part.in_packages for path in part.paths]
    files = _files_of(evidence, names)
    return tuple(top for top in idle if any(PathPatterns((top,)).covers(path) for path in files if path[:4] == top[:4]))


def _with_plugins(evidence: Evidence, packages: dict[str, Package], left: Collection[str]) -> dict[str, Package]:
    """The packages, and those that own what their plugins link: a library that is taken whole opens them by itself."""
    found = dict(packages)
    new = list(packages.values())
    while new:
        plugins = [path for package in new for path in package.files if ".so" in path and path in evidence.files]
        links = (path for need in elf_needs(evidence.files, plugins, evidence.config).values() for path in need.paths)
        owners = {owner.name: owner for path in links if (owner := evidence.installed.owner(path))}
        new = [owner for name, owner in owners.items() if name not in found and name not in left]
        found.update((owner.name, owner) for owner in new)
    return found


def _files_of(evidence: Evidence, names: Collection[str]) -> set[str]:
    packages = (evidence.installed.package(name) for name in names)
    return {path for package in packages if package for path in package.files if path in evidence.files}


def _owner_name(evidence: Evidence, path: str) -> str:
    owner = evidence.installed.owner(path)
    return owner.name if owner else ""


def _single_files(evidence: Evidence, needs: Needs, packages: Collection[str]) -> tuple[str, ...]:
    """Programs of the base's packages, and what libc opens by itself, without the rest of their packages."""
    installed = evidence.installed
    found = set(needs.files)
    for name in {_owner_name(evidence, path) for path in needs.files if is_program(path)} - {"", *packages}:
        package = installed.package(name)
        found |= {path for path in (package.files if package else ()) if _is_data(evidence, path)}
    # A package may bring OpenSSL although nothing is seen to link it: it opens these files all the same.
    shipped = {path for path in _files_of(evidence, packages) if is_libcrypto(path)}
    found |= set(openssl_paths(evidence.files, sorted(shipped)))
    if needs.needs_libc:
        # libc's own libraries come with its package as a whole.
        opened = (path for path in libc_runtime(evidence.files) if path.startswith("etc/") or ".so" not in path)
        found |= {path for path in opened if evidence.files[path].entry.kind != "dir"}
        found |= {located.entry.path for located in evidence.files.walk("usr/lib/locale")}
        # ctypes.util.find_library, and programs like it, ask ldconfig for the loader's cache.
        found |= {path for path in _LDCONFIG if path in evidence.files}
    # Links of update-alternatives, which belong to a package and are not in its list.
    listed = {path for name in packages if (package := installed.package(name)) for path in package.files}
    links = {
        path
        for path, located in evidence.files.items()
        if located.entry.kind == "symlink" and path not in listed and not _MANUAL.search(path)
    }
    frame = set(_frame(evidence))
    single = {
        path
        for path in found | links
        if path not in frame
        and (owner := _owner_name(evidence, path))
        and (path in links if owner in packages else path in found)
        and not path.startswith("var/lib/dpkg/")
    }
    return tuple(tree.path for tree in cover(evidence.files, single, divided=lambda path: path in _DIVIDED))


def _frame(evidence: Evidence) -> tuple[str, ...]:
    """Directories before the links into them: tar makes them in this order."""
    top = [(path, entry) for path in evidence.files.children("") if (entry := evidence.files[path].entry)]
    directories = [path for path, entry in top if entry.kind == "dir" and path in ("usr", "etc", "var")]
    below = [
        path
        for path in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/libx32", "usr/lib32")
        if path in evidence.files
    ]
    links = [path for path, entry in top if entry.kind == "symlink"]
    return (*directories, *below, *links)


def _dangles(evidence: Evidence, path: str, packages: Collection[str], files: Collection[str]) -> bool:
    """Whether a link leads to a file of a package that is not taken (what update-alternatives leaves)."""
    if evidence.files[path].entry.kind != "symlink":
        return False
    target = evidence.files.resolve(path)
    if target is None:
        return False
    owner = evidence.installed.owner(target)
    return owner is not None and owner.name not in packages and target not in files
