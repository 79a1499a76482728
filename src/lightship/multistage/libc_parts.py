"""Parts of glibc's package that only some programs ask for, and whether one of them is there.

libc6 is taken whole where it is taken: what libc opens by itself is not linked by anybody. Two parts of it are large
and have an unmistakable mark in whatever uses them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.model import Left

_BINARY_LIMIT = 256 << 20
_ICONV = b"\0iconv_open\0"
_VECTOR = b"libmvec.so"
# These convert only where the locale's character set is not UTF-8 (gnulib's unicodeio, bash's u32cconv), or in an
# extension of the C++ library that has to be named in the program (__gnu_cxx::encoding_state).
_SELDOM = ("bash", "printf", "factor", "ptx", "libstdc++.so")
_LOCALES = "usr/lib/locale"


def unused_libc_parts(evidence: Evidence, kept: Collection[str]) -> tuple[Left, ...]:
    """What of glibc may stay behind when ``kept`` are the files of the runtime stage; each pattern has its bytes."""
    found: list[Left] = []
    iconv = [path for path in evidence.files if "/gconv/" in path]
    vector = [path for path in evidence.files if path.rpartition("/")[2].startswith("libmvec")]
    if not iconv and not vector:
        return ()
    binaries = {path: evidence.files.read(path, _BINARY_LIMIT) for path in _binaries(evidence, kept)}
    if (
        iconv
        and not _has_other_locales(evidence)
        and not any(
            _ICONV in content for path, content in binaries.items() if not path.rpartition("/")[2].startswith(_SELDOM)
        )
    ):
        why = said("conversions of iconv(3) between character sets: no program that is there asks for one")
        found += _left(evidence, iconv, "gconv/**", why)
    if not any(_VECTOR in content for content in binaries.values()):
        found += _left(
            evidence, vector, "libmvec*", said("the vector mathematics library: nothing that is there links it")
        )
    return tuple(found)


def _left(evidence: Evidence, paths: Collection[str], name: str, why: str) -> Iterator[Left]:
    """One pattern for each directory, also as the comparisons of libraries name it."""
    size = sum(evidence.files[path].entry.size for path in paths if evidence.files[path].entry.kind == "file")
    for place in sorted(
        {path[: path.index("/gconv/")] if "/gconv/" in path else path.rpartition("/")[0] for path in paths}
    ):
        yield Left(f"{place}/{name}", why, size)
        yield Left(f"libraries/{place}/{name}", why)
        size = 0


def _binaries(evidence: Evidence, kept: Collection[str]) -> Iterator[str]:
    for path in kept:
        entry = evidence.files[path].entry
        name = path.rpartition("/")[2]
        if entry.kind not in ("file", "hardlink") or "/gconv/" in path or name.startswith(("libc.so", "libmvec")):
            continue
        if entry.mode & 0o111 or ".so" in name:
            yield path


def _has_other_locales(evidence: Evidence) -> bool:
    """Whether a locale is there whose character set is none that libc knows by itself."""
    names = evidence.files.children(_LOCALES)
    return any(not path.rpartition("/")[2].lower().endswith((".utf8", ".utf-8")) for path in names)
