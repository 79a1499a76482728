"""The split whose runtime stage stands on a base image: the original's own, or a smaller one of the same release."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass

from lightship import distros
from lightship.distros import Installed
from lightship.evidence import Effect, Evidence
from lightship.messages import joined, said
from lightship.multistage.cover import Tree, cover
from lightship.multistage.emission import Block, emit, megabytes, spread
from lightship.multistage.gather_stage import TARGET, Gathering, removal_word, shell_word
from lightship.multistage.metadata import from_config, last_lines, quote, restated_lines, starting_directory
from lightship.multistage.model import Candidate, Hunk, RuntimeKind
from lightship.multistage.needs import Needs
from lightship.multistage.on_distroless import allowed_on_distroless, lacks, missing_in_words
from lightship.multistage.packages import RuntimePackages, runtime_packages
from lightship.multistage.reasons import left_behind, made_by
from lightship.multistage.rootfs_stage import rootfs_stage
from lightship.multistage.split import Division, divide, names_for
from lightship.multistage.trims import preparation, trim_hunks, trims_of
from lightship.multistage.wanted import Wanted, wanted_paths
from lightship.oci import ImageConfig, Rootfs
from lightship.text import Edit, apply

# Directories of the file system hierarchy itself: a copy of a whole one says nothing to a reader.
_HIERARCHY = frozenset(
    {"", "bin", "boot", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "run", "sbin", "srv", "tmp", "usr", "var",
     "usr/bin", "usr/lib", "usr/local", "usr/local/bin", "usr/local/lib", "usr/local/share", "usr/sbin", "usr/share",
     "var/cache", "var/lib", "var/log", "var/www"}
)  # fmt: skip
_TITLES = {
    "same": said("the same base"),
    "slim": said("a smaller base"),
    "distroless": said("no shell, no package manager"),
}
# More COPY lines than this are gathered in one place instead.
MOST_COPIES = 14


_ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow")
# What adduser(8) and systemd-sysusers(8) give to system accounts.
_SYSTEM = range(100, 1000)


@dataclass(frozen=True, slots=True)
class RuntimeBase:
    """The base image of a runtime stage, opened. ``written`` is how the FROM line names it."""

    written: str
    config: ImageConfig
    files: Rootfs
    installed: Installed


def on_base(evidence: Evidence, needs: Needs, base: RuntimeBase, kind: RuntimeKind) -> Candidate:
    """The candidate with a runtime stage on ``base``."""
    division = divide(evidence)
    title = said("{base} ({kind})", base=base.written, kind=_TITLES[kind])
    packages = runtime_packages(evidence, needs, base.installed)
    if kind != "same" and needs.only_same:
        return Candidate(kind, title, refused=needs.only_same)
    if kind == "distroless" and (missing := lacks(evidence, needs, base.files, packages.present)):
        return Candidate(kind, title, refused=missing_in_words(missing))
    wanted = wanted_paths(
        evidence,
        division.head,
        uses=needs.uses,
        reached=needs.reached,
        from_base=base.files if kind != "same" else None,
        kept_packages=packages.present,
        bare=kind == "distroless",
    )
    trees = cover(
        evidence.files,
        wanted.paths.keys(),
        optional=wanted.may_come_along,
        divided=lambda path: path in _HIERARCHY,
    )
    if kind == "distroless" and _needs_ldconfig(evidence, trees):
        return Candidate(kind, title, refused="libraries are copied into the loader's places, and it has no ldconfig")
    if not trees and not packages.dropped and kind == "same":
        return Candidate(kind, title, refused="the instructions leave nothing behind that a second stage could drop")
    text, hunks = _write(evidence, needs, base, division, kind=kind, packages=packages, wanted=wanted, trees=trees)
    more = allowed_on_distroless(evidence) if kind == "distroless" else ()
    return Candidate(kind, title, text, hunks, (*wanted.left, *more))


def _write(
    evidence: Evidence,
    needs: Needs,
    base: RuntimeBase,
    division: Division,
    *,
    kind: RuntimeKind,
    packages: RuntimePackages,
    wanted: Wanted,
    trees: Sequence[Tree],
) -> tuple[str, tuple[Hunk, ...]]:
    line = evidence.stage.from_instruction.line
    is_asked_for = bool(packages.install) or not needs.reached.isdisjoint(wanted.paths)
    if not division.head and kind != "distroless" and not (kind == "slim" and is_asked_for):
        # Nothing is built: the file needs no second stage, only another base.
        word = evidence.stage.from_instruction.words[0]
        text = apply(evidence.dockerfile.text, [Edit(word.span, base.written)])
        return text, (Hunk(line, said("{base} is the same release with less in it", base=base.written)),)
    names = names_for(evidence)
    platform = "".join(f"{flag.text} " for flag in evidence.stage.from_instruction.flags)
    stage = [Block((f"FROM {platform}{base.written} AS {names.runtime}",))]
    hunks = [Hunk(line, "what builds becomes a stage of its own, which is not shipped")]
    install = _install(evidence, packages)
    if install and kind != "distroless":
        stage += [*_accounts_first(evidence, packages, wanted.paths, names.builder), install]
    removals = [] if kind == "distroless" else _removals(evidence, base)
    if removals:
        stage.append(Block(spread("RUN rm -rf", removals), "The original takes these away from the base image."))
    stages = [stage]
    groups = _grouped(trees)
    kept = {path for tree in trees for path in _below(wanted.paths, tree.path)}
    trims = trims_of(evidence, kept, needs.trims)
    builder_blocks = [
        *_leave_out(wanted.removals(trees)),
        *preparation(evidence, trims),
        *(Block(_in_root(one.lines), one.reason) for one in trims),
    ]
    if len(groups) > MOST_COPIES or any(not _copies_exactly(evidence, tree, wanted.paths) for tree in trees):
        # COPY follows links, does not make empty directories alike everywhere, and resets owners on some engines.
        gathered = trims_of(evidence, kept, needs.trims, root=TARGET.strip("/"))
        gathering = Gathering(
            trees=tuple(tree.path for tree in trees),
            removals=wanted.removals(trees),
            finish=tuple((f"    # {one.reason}", *(f"    {line}" for line in one.lines)) for one in gathered),
        )
        why = "What the program needs of the above, with owners, modes and links."
        before = preparation(evidence, gathered)
        stages.insert(0, rootfs_stage(evidence, division, names, gathering, why, before=before))
        size = sum(tree.size for tree in trees)
        reason = made_by(set(wanted.paths.values())) + f" ({megabytes(size)})."
        stage.append(Block((f"COPY --from={names.rootfs} {TARGET}/ /",), reason, size))
        builder_blocks = []
    else:
        stage += [_copy(evidence, group, wanted.paths, names.builder) for group in groups]
    if _needs_ldconfig(evidence, trees):
        stage.append(Block(("RUN ldconfig",), "Libraries were copied into the loader's directories."))
    own = {item.keyword for item in (*division.head_instructions, *division.tail_instructions)}
    if kind == "distroless":
        if inherited := (*_reset(evidence, base, own), *from_config(evidence.base_config, own)):
            stage.append(Block(inherited, f"As {evidence.stage.base.written or 'the base image'} has it."))
        if last := last_lines(evidence.base_config, own):
            stage.append(Block(last))
    if kind == "slim" and (path := _search_path(evidence, base, wanted.paths)):
        stage.append(Block((f"ENV PATH={quote(path)}",), f"As {evidence.stage.base.written} has it."))
    lines = (
        *starting_directory(
            evidence.base_config,
            base.config,
            division.head_instructions,
            division.tail_instructions,
            evidence.config.env,
        ),
        *restated_lines(division.head_instructions, division.tail_instructions),
    )
    if lines:
        stage.append(Block(lines, "As the builder stage has it."))
    hunks += [Hunk(division.last.line, block.reason, block.bytes_) for block in stage[1:] if block.reason]
    hunks += trim_hunks(line, trims)
    hunks += left_behind(evidence, packages.dropped, packages.present, wanted.left)
    text = emit(
        evidence.dockerfile,
        from_instruction=evidence.stage.from_instruction,
        last_head=division.last,
        builder=names.builder,
        builder_blocks=builder_blocks,
        stage_blocks=stages,
    )
    return text, tuple(hunks)


def _reset(evidence: Evidence, base: RuntimeBase, own: Collection[str]) -> tuple[str, ...]:
    """Lines that take back what the runtime stage's base says and the original does not."""
    has_entrypoint = bool(evidence.base_config.entrypoint) or "entrypoint" in own
    return ("ENTRYPOINT []",) if base.config.entrypoint and not has_entrypoint else ()


def _search_path(evidence: Evidence, base: RuntimeBase, paths: Collection[str]) -> str:
    """The PATH of the original's base image, where a copied program lies in a part of it that this base's has not."""
    before = dict(evidence.base_config.env).get("PATH", "")
    there = dict(base.config.env).get("PATH", "").split(":")
    folders = {path.rpartition("/")[0] for path in paths}
    return before if any(part not in there and part.strip("/") in folders for part in before.split(":")) else ""


def _accounts_first(
    evidence: Evidence, packages: RuntimePackages, paths: Container[str], builder: str
) -> tuple[Block, ...]:
    """The copied accounts, once more before packages are installed whose files belong to one of them.

    What installs a package takes the next free number for its account, unless the account is there.
    """
    copied = [f"/{path}" for path in _ACCOUNTS if path in paths]
    base = evidence.base_installed
    belongs = any(
        (located.entry.uid in _SYSTEM or located.entry.gid in _SYSTEM)
        and (owner := evidence.installed.owner(path)) is not None
        and owner.name in packages.present
        and base.package(owner.name) is None
        for path, located in evidence.files.items()
    )
    if not copied or not belongs:
        return ()
    why = "The accounts come first: installing packages would number them anew."
    return (Block((f"COPY --from={builder} {' '.join(copied)} /etc/",), why),)


def _install(evidence: Evidence, packages: RuntimePackages) -> Block | None:
    if not packages.install:
        return None
    names = [package.name for package in packages.install]
    # A name with a minus behind it is one that apt-get leaves out: apt-get(8).
    command = distros.install_command(evidence.installed.manager, [*names, *(f"{name}-" for name in packages.without)])
    if packages.recommends:
        command = command.replace(" --no-install-recommends", "")
    by_reason: dict[str, list[str]] = {}
    for package in packages.install:
        by_reason.setdefault(package.reason, []).append(package.name)
    if packages.without:
        by_reason[said("left out of what is recommended")] = list(packages.without)
    why = joined("; ", (f"{', '.join(found)}: " + reason for reason, found in by_reason.items()))
    return Block(tuple(f"RUN {command}".split("\n")), why)


def _copies_exactly(evidence: Evidence, tree: Tree, paths: Mapping[str, Effect | None]) -> bool:
    """Whether every engine's COPY makes the same of a tree: no link and no empty directory at its top, one owner."""
    entry = evidence.files[tree.path].entry
    if entry.kind not in ("file", "dir") or any(c.isspace() or c in "*?[]\\\"$'" for c in tree.path):
        return False
    below = _below(paths, tree.path)
    if entry.kind == "file":
        return True
    owners = {(item.uid, item.gid) for path in below if (item := evidence.files[path].entry)}
    return len(below) > 1 and entry.mode & 0o7777 == 0o755 and len(owners) == 1 and (entry.uid, entry.gid) in owners


def _copy(evidence: Evidence, group: Sequence[Tree], paths: Mapping[str, Effect | None], builder: str) -> Block:
    first = group[0]
    size = sum(tree.size for tree in group)
    makers = {paths[path] for tree in group for path in _below(paths, tree.path)}
    owner = _owner(evidence, group, paths)
    flag = f" --chown={owner[0]}:{owner[1]}" if owner else ""
    reason = made_by(makers) + f" ({megabytes(size)})."
    if len(group) == 1:
        path = "/" + first.path
        return Block((f"COPY --from={builder}{flag} {path} {path}",), reason, size)
    directory = "/" + first.path.rpartition("/")[0] + "/"
    words = [*("/" + tree.path for tree in group), directory]
    return Block(spread(f"COPY --from={builder}{flag}", words), reason, size)


def _grouped(trees: Sequence[Tree]) -> list[list[Tree]]:
    """Files of one directory go into one COPY; every directory has one of its own."""
    groups: dict[str, list[Tree]] = {}
    for tree in trees:
        key = tree.path if tree.kind == "dir" else tree.path.rpartition("/")[0] + "/"
        groups.setdefault(key, []).append(tree)
    return list(groups.values())


def _below(paths: Mapping[str, Effect | None], top: str) -> list[str]:
    return [path for path in paths if path == top or path.startswith(top + "/")]


def _owner(evidence: Evidence, group: Sequence[Tree], paths: Mapping[str, Effect | None]) -> tuple[int, int] | None:
    owners = set()
    for tree in group:
        for path in _below(paths, tree.path):
            entry = evidence.files[path].entry
            owners.add((entry.uid, entry.gid))
    if len(owners) == 1:
        (owner,) = owners
        return None if owner == (0, 0) else owner
    return None


def _leave_out(removals: Sequence[str]) -> list[Block]:
    if not removals:
        return []
    words = [removal_word("/" + path) for path in removals]
    return [Block(spread("RUN rm -rf", words), "The runtime stage has these already, or does not need them.")]


def _in_root(lines: Sequence[str]) -> tuple[str, ...]:
    """A shell command that names its files from the root, as an instruction."""
    return (f"RUN cd / && {lines[0]}", *lines[1:])


def _removals(evidence: Evidence, base: RuntimeBase) -> list[str]:
    gone = {
        path
        for effect in evidence.effects
        for path in effect.removed
        if path not in evidence.files and path in base.files and base.installed.owner(path) is None
    }
    return [shell_word("/" + path) for path in sorted(gone) if path.rpartition("/")[0] not in gone]


def _needs_ldconfig(evidence: Evidence, trees: Sequence[Tree]) -> bool:
    if "sbin/ldconfig" not in evidence.files and "usr/sbin/ldconfig" not in evidence.files:
        return False
    places = ("usr/local/lib", "usr/lib", "lib", "etc/ld.so.conf.d", "etc/ld.so.conf")
    return any(
        tree.path.startswith(places) and ".so" in name
        for tree in trees
        for name in [tree.path.rpartition("/")[2]]
        if tree.kind != "dir"
    ) or any(tree.path.startswith("etc/ld.so.conf") for tree in trees)
