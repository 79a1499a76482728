"""What is in the original and in the result: by directory, by instruction, by package, and by what an attacker finds.

Counted from the files of both images, for reports; nothing here decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lightship.dockerfile import parse
from lightship.errors import UnknownError
from lightship.evidence.history import layers_of
from lightship.evidence.observation import ImageFacts
from lightship.oci import Image, ImageConfig, Located
from lightship.optimize.tree import Tree, merged_tree
from lightship.semantic import stages

# By the names that they go by on a PATH, in any distribution.
_SHELLS = frozenset({"ash", "bash", "busybox", "dash", "fish", "ksh", "sh", "zsh"})
_INSTALLERS = frozenset(
    {"apk", "apt", "apt-get", "corepack", "dnf", "dpkg", "gem", "microdnf", "npm", "pip", "pip3", "rpm", "uv", "yarn",
     "yum"}
)  # fmt: skip
_COMPILERS = frozenset({"as", "cargo", "cc", "clang", "cmake", "g++", "gcc", "go", "javac", "ld", "make", "rustc"})
_FETCHERS = frozenset({"curl", "ftp", "git", "nc", "ncat", "netcat", "scp", "socat", "ssh", "telnet", "wget"})
_SET_ID = 0o6000


@dataclass(frozen=True, slots=True)
class Part:
    """What one instruction put into an image.

    ``line`` is the instruction's in the Dockerfile; a FROM stands for all layers of its base image. Sizes are bytes:
    ``size`` of the layer, ``alive`` of those of its files that no later layer removes or replaces, ``shipped`` of
    those whose path is in the result too.
    """

    line: int
    text: str
    size: int
    alive: int
    shipped: int


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package of either image. A version is "" where it is not there; ``size``: bytes of its files, 0 if unknown."""

    kind: str
    name: str
    before: str
    after: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Surface:
    """What somebody who got in would find, as far as an image's files and configuration tell."""

    user: str
    ports: tuple[str, ...]
    os_packages: int
    language_packages: int
    programs: int
    set_id: tuple[str, ...]
    shells: tuple[str, ...]
    installers: tuple[str, ...]
    compilers: tuple[str, ...]
    fetchers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Both images from the inside. Without a result its side is empty, and ``after`` is None."""

    tree: Tree
    parts: tuple[Part, ...]
    parts_after: tuple[Part, ...]
    packages: tuple[PackageRow, ...]
    before: Surface
    after: Surface | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An image with what is needed to tell its parts: the text it was built from, and its base's configuration."""

    image: Image
    facts: ImageFacts
    text: str
    base: ImageConfig
    build_args: tuple[tuple[str, str], ...] = ()
    target: str = ""


def contents(original: Opened, result: Opened | None) -> Contents:
    """The contents of the original, and of what takes its place (None when nothing does)."""
    before = _files(original.image)
    after = _files(result.image) if result else {}
    kept = frozenset(after)
    sizes = {path: one.entry.stored for path, one in before.items()}
    return Contents(
        tree=merged_tree(sizes, {path: one.entry.stored for path, one in after.items()}),
        parts=_parts(original, before, kept),
        parts_after=_parts(result, after, kept) if result else (),
        packages=_packages(original.facts, result.facts if result else None, sizes),
        before=_surface(original.facts),
        after=_surface(result.facts) if result else None,
    )


def _files(image: Image) -> dict[str, Located]:
    """The files that take room: regular ones, each hard-linked one once."""
    return {path: one for path, one in image.rootfs().items() if one.entry.kind == "file" and not one.twin}


def _parts(opened: Opened, files: Mapping[str, Located], kept: frozenset[str]) -> tuple[Part, ...]:
    layers = opened.image.layers
    alive: Counter[int] = Counter()
    shipped: Counter[int] = Counter()
    for path, one in files.items():
        alive[one.layer] += one.entry.stored
        if path in kept:
            shipped[one.layer] += one.entry.stored

    def part(line: int, text: str, indices: range) -> Part:
        return Part(
            line,
            " ".join(text.split()),
            sum(layers[index].size for index in indices),
            sum(alive[index] for index in indices),
            sum(shipped[index] for index in indices),
        )

    return tuple(part(line, text, indices) for line, text, indices in _instructions(opened))


def _instructions(opened: Opened) -> Iterator[tuple[int, str, range]]:
    """Line, text and layers of everything that made a layer; one entry for all when the history does not tell."""
    graph = stages(parse(opened.text), build_args=opened.build_args, target=opened.target)
    stage = graph.target
    if stage is None:
        return
    origin = stage.from_instruction
    own = [item for item in stage.instructions if item.keyword != "from"]
    try:
        found = layers_of(own, opened.image.config, opened.base)
    except UnknownError:
        yield origin.line, "all layers", range(len(opened.image.layers))
        return
    if opened.base.diff_ids:
        yield origin.line, origin.text, range(len(opened.base.diff_ids))
    for instruction, layer in found:
        if layer is not None:
            yield instruction.line, instruction.text, range(layer, layer + 1)


def _packages(before: ImageFacts, after: ImageFacts | None, sizes: Mapping[str, int]) -> tuple[PackageRow, ...]:
    owned: Counter[str] = Counter()
    for path, fact in before.files.items():
        if fact.owner:
            owned[fact.owner] += sizes.get(path, 0)
    old, new = _named(before), _named(after) if after else {}
    rows = [
        PackageRow(kind, name, old.get((kind, name), ""), new.get((kind, name), ""), owned[name] if kind == "OS" else 0)
        for kind, name in {**old, **new}
    ]
    return tuple(sorted(rows, key=lambda row: (-row.size, row.kind, row.name)))


def _named(facts: ImageFacts) -> dict[tuple[str, str], str]:
    """Versions by kind and name; several of one name are joined."""
    found: dict[tuple[str, str], list[str]] = {}
    for package in facts.os_packages or ():
        found.setdefault(("OS", package.name), []).append(package.version)
    for one in facts.packages:
        found.setdefault((one.ecosystem, one.name), []).append(one.version)
    return {key: ", ".join(dict.fromkeys(versions)) for key, versions in found.items()}


def _surface(facts: ImageFacts) -> Surface:
    def present(names: frozenset[str]) -> tuple[str, ...]:
        return tuple(name for name in facts.programs if name in names)

    set_id = (path for path, one in facts.files.items() if one.kind == "file" and one.mode & _SET_ID)
    return Surface(
        user=facts.config.user or "root",
        ports=facts.config.exposed_ports,
        os_packages=len(facts.os_packages or ()),
        language_packages=len({(one.ecosystem, one.name) for one in facts.packages}),
        programs=len(facts.programs),
        set_id=tuple(sorted(set_id)),
        shells=present(_SHELLS),
        installers=present(_INSTALLERS),
        compilers=present(_COMPILERS),
        fetchers=present(_FETCHERS),
    )
