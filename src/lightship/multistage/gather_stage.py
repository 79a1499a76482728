"""The stage that gathers a root file system for ``FROM scratch``, as shell that a person can read.

It copies with tar and cp -a, so that owners, modes, links and times stay, whatever the engine's COPY does with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

TARGET = "/rootfs"
# Documentation of packages; the licence texts (copyright) stay, as Debian's own minimal images keep them.
_DOCUMENTATION = "'^/usr/share/(doc/[^/]+/([^c]|c[^o])|man/|info/|lintian/|bug/)'"
# File capabilities are extended attributes (capabilities(7)).
_XATTRS = "--xattrs --xattrs-include='*'"


@dataclass(frozen=True, slots=True)
class Gathering:
    """What the final image consists of. Paths have no leading slash.

    ``frame`` are the top-level directories and links that everything else lies in; ``packages`` are taken whole;
    ``trees`` with what is below them; ``files`` one by one; ``removals`` are taken away again at the end. ``without``
    are beginnings of paths (``*`` within a name) that are left out of the packages; ``bytecode`` are directories below
    which installing packages compiled modules; ``finish`` are further statements, as lines.
    """

    trees: tuple[str, ...]
    removals: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    ldconfig: bool = False
    without: tuple[str, ...] = ()
    bytecode: tuple[str, ...] = ()
    finish: tuple[tuple[str, ...], ...] = ()


def gather_lines(gathering: Gathering) -> tuple[str, ...]:
    """The RUN instruction, as lines."""
    records = "/var/lib/dpkg/status.d" if gathering.packages else ""
    # cp --parents of coreutils 9.1 fails on absolute paths unless it runs in the root.
    statements = [[f"    mkdir -p {TARGET}{records}"]]
    if gathering.frame:
        statements.append(
            [
                "    # The links and directories that everything else lies in.",
                f"    tar --no-recursion -cf - {' '.join(gathering.frame)} | tar -C {TARGET} -xf -",
            ]
        )
    if gathering.packages:
        statements.append(_package_lines(gathering.packages, gathering.without))
    if gathering.bytecode:
        statements.append(_bytecode_lines(gathering.bytecode))
    if gathering.files:
        why = "    # Single files of packages that are not needed as a whole."
        statements.append([why, *_copied(gathering.files)])
    if gathering.trees:
        why = "    # What the instructions above made, and what the base image has outside of packages."
        statements.append([why, *_copied(gathering.trees)])
    if gathering.removals:
        inside = tuple(f"{TARGET[1:]}/{path}" for path in gathering.removals)
        words = _filled([removal_word(path) for path in inside])
        lines = ["    rm -rf \\", *(f"        {line} \\" for line in words[:-1]), f"        {words[-1]}"]
        statements.append(["    # Only building needs these.", *lines])
    statements += [list(lines) for lines in gathering.finish]
    if gathering.ldconfig:
        why = "    # The loader's cache, for the libraries that are really there."
        statements.append([why, f"    ldconfig -r {TARGET}"])
    for statement in statements[:-1]:
        statement[-1] += "; \\"
    return ("RUN set -eu; cd /; \\", *(line for statement in statements for line in statement))


def _package_lines(packages: Sequence[str], without: Sequence[str]) -> list[str]:
    # dpkg knows files of merged directories under the names from before the merge.
    starts = "|".join(_as_regex(path) for path in without)
    return [
        "    # Whole Debian packages without their documentation, recorded the way distroless images do it.",
        "    for package in \\",
        *(f"        {line} \\" for line in _filled(packages)),
        "    ; do \\",
        f'        dpkg-query -s "$package" > "{TARGET}/var/lib/dpkg/status.d/$package"; \\',
        '        cat var/lib/dpkg/info/"$package"[.:]*md5sums \\',
        f'            > "{TARGET}/var/lib/dpkg/status.d/$package.md5sums" || true; \\',
        '        dpkg-query -L "$package"; \\',
        f"    done | grep '^/[^.]' | grep -vE {_DOCUMENTATION} \\",
        *([f"         | grep -vE '^/(usr/)?({starts})' \\"] if starts else []),
        '         | while read -r path; do if [ -e "$path" ] || [ -L "$path" ]; then echo "${path#/}"; fi; done \\',
        f"         | tar {_XATTRS} --no-recursion -cf - -T - | tar -C {TARGET} {_XATTRS} -xf -",
    ]


def _bytecode_lines(tops: Sequence[str]) -> list[str]:
    return [
        "    # The bytecode that installing them made of their modules.",
        f"    find {' '.join(tops)} -type d -name __pycache__ \\",
        f'        | while read -r path; do if [ -d "{TARGET}/${{path%/*}}" ]; then echo "$path"; fi; done \\',
        f"        | tar -cf - -T - | tar -C {TARGET} -xf -",
    ]


def _copied(paths: Sequence[str]) -> list[str]:
    # One at a time: of several sources, cp --parents of coreutils 9.1 refuses a directory that is there already when it
    # has just made the parents of another.
    words = _filled([shell_word(path) for path in paths])
    loop = f'    ; do cp -a --parents "$path" {TARGET}/; done'
    return ["    for path in \\", *(f"        {line} \\" for line in words), loop]


def _filled(words: Sequence[str], width: int = 100) -> list[str]:
    """Words in lines of some width, in order."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def shell_word(text: str) -> str:
    """A path as one shell word, quoted only where it must be."""
    if text and all(c.isalnum() or c in "/._-+@:,=%" for c in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def removal_word(path: str) -> str:
    """A path to remove, as one shell word: a pattern of ours (``pip-*.dist-info``) stays one for the shell."""
    literal = path.replace("[0-9]*", "").replace("*", "")
    return path if literal and shell_word(literal) == literal else shell_word(path)


def _as_regex(path: str) -> str:
    """The beginning of a path as grep -E reads it; ``*`` stays within a name."""
    return re.sub(r"([.+])", r"\\\1", path.removeprefix("usr/")).replace("*", "[^/]*")
