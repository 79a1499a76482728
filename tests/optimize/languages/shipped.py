"""What the final image of a split has in it, read from the emitted Dockerfile as a person reads it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from lightship.evidence import Evidence

_GATHERED = re.compile(r"for path in \\\n(.*?); do cp -a", re.DOTALL)
_PACKAGES = re.compile(r"for package in \\\n(.*?); do", re.DOTALL)
_INSTALLED = re.compile(r"apt-get install -y (?:--no-install-recommends )?\\\n(.*?)\n +&&", re.DOTALL)
_REMOVED = re.compile(r"rm -rf((?:[^\n\\;&]|\\\n)+)")
_COPIED = re.compile(r"^COPY --from=builder (?:--\S+ )?((?:[^\n\\]|\\\n)+)", re.MULTILINE)


def shipped(evidence: Evidence, text: str) -> frozenset[str]:
    """The paths (no leading slash) of the final image, of those that the original has."""
    final = text.rpartition("\nFROM ")[2]
    words = [word for found in _GATHERED.findall(text) for word in _words(found)]
    for copied in _COPIED.findall(final):
        words += _words(copied)[:-1]
    packages = {word for found in (*_PACKAGES.findall(text), *_INSTALLED.findall(final)) for word in _words(found)}
    removed = [word.removeprefix("rootfs/") for found in _REMOVED.findall(text) for word in _words(found)]
    owned = {path for name in packages if (one := evidence.installed.package(name)) for path in one.files}
    trees = tuple(f"{word}/" for word in words)
    base = () if final.startswith("scratch") else evidence.base_files
    taken = {path for path in evidence.files if path in owned or f"{path}/".startswith(trees)}
    # The tail of the Dockerfile, after its last RUN, is repeated as it is.
    last = max(effect.layer or 0 for effect in evidence.effects if effect.instruction.keyword == "run")
    tail = {path for path, located in evidence.files.items() if located.layer > last}
    return frozenset(base) | tail | {path for path in taken if not any(_is_below(path, one) for one in removed)}


def _words(text: str) -> list[str]:
    return [word.strip("/").strip("'") for word in text.replace("\\\n", " ").split()]


def _is_below(path: str, pattern: str) -> bool:
    parts = path.split("/")
    return fnmatchcase("/".join(parts[: pattern.count("/") + 1]), pattern)
