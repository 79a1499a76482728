"""Locales, time zones, certificates, the loader's cache, fonts: what programs take for granted."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator, Mapping

from lightship.closure import is_libcrypto, looks_for_fonts, openssl_files
from lightship.closure.surroundings import Surroundings as Around
from lightship.elf import read_ld_cache
from lightship.evidence.observation import FileFact, Surroundings

CA_BUNDLES = (
    "etc/ssl/certs/ca-certificates.crt",
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/ca-bundle.pem",
    "etc/ssl/cert.pem",
)
"""Where crypto/x509 of Go, OpenSSL's packagers and Python's ssl look on Linux."""

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_FONT = re.compile(r"\.(?:ttf|otf|ttc|pfb|pcf|pcf\.gz|woff2?)$")
_LOADER = re.compile(r"^(?:usr/)?lib\d*/(?:[^/]+/)?(?:ld-linux[^/]*|ld-musl[^/]*|ld64)\.so\.\d+$")
_LIBRARY = re.compile(r"^lib[^/]*\.so(?:\.\d+)+$")
_ARCHIVE_MAGIC = 0xDE020109
_ARCHIVE_LIMIT = 64 << 20


def taken_for_granted(around: Around, files: Mapping[str, FileFact]) -> Surroundings:
    """What of these is in the image."""
    cache = _loader_cache(around)
    return Surroundings(
        locales=tuple(sorted(_locales(around, files))),
        zones=tuple(sorted(_zones(files))),
        local_zone=_local_zone(around, files),
        authorities=_authorities(around),
        openssl=_openssl(around, files),
        loader=any(_LOADER.match(path) for path in files),
        loader_cache=cache,
        uncached=_uncached(files, set(cache or ())),
        fonts=tuple(
            sorted({path.rpartition("/")[2] for path in files if _FONT.search(path) and "/fonts/" in f"/{path}"})
        ),
        font_readers=tuple(path for path in files if looks_for_fonts(path)),
    )


def _openssl(around: Around, files: Mapping[str, FileFact]) -> tuple[str, ...] | None:
    libraries = [path for path, fact in files.items() if fact.kind == "file" and is_libcrypto(path)]
    if not libraries:
        return None
    return tuple(sorted({path for library in libraries for path in openssl_files(around.paths, library)}))


def _locales(around: Around, files: Mapping[str, FileFact]) -> Iterator[str]:
    for path in files:
        if path.startswith("usr/lib/locale/") and path.endswith("/LC_CTYPE"):
            yield path.split("/")[3]
    archive = around.paths.real("usr/lib/locale/locale-archive")
    if archive:
        yield from _archived(around.tree.read(archive, _ARCHIVE_LIMIT))


def _archived(raw: bytes) -> Iterator[str]:
    """Names in a locale-archive. Format: glibc, locale/locarchive.h."""
    if len(raw) < 56:
        return
    magic, _, at, _, size, strings, _, used = struct.unpack_from("<8I", raw)
    if magic != _ARCHIVE_MAGIC or at + size * 12 > len(raw) or strings + used > len(raw):
        return
    for index in range(size):
        _, name, record = struct.unpack_from("<3I", raw, at + index * 12)
        if record and name < len(raw):
            yield raw[name : raw.find(b"\0", name)].decode("ascii", "replace")


def _zones(files: Mapping[str, FileFact]) -> Iterator[str]:
    for path, fact in files.items():
        if path.startswith("usr/share/zoneinfo/") and fact.kind != "dir":
            name = path.removeprefix("usr/share/zoneinfo/")
            if not name.startswith(("posix/", "right/")) and name[:1].isupper():
                yield name


def _local_zone(around: Around, files: Mapping[str, FileFact]) -> str:
    fact = files.get("etc/localtime")
    if fact is None:
        return ""
    real = around.paths.real("etc/localtime")
    if real is None:
        return ""
    if fact.kind == "symlink":
        return fact.link.partition("zoneinfo/")[2] or real
    return f"sha256:{fact.digest[:16]}"


def _authorities(around: Around) -> tuple[str, ...]:
    for path in CA_BUNDLES:
        raw = around.text(path).encode("utf-8", "surrogateescape")
        found = {hashlib.sha256(b"".join(one.split())).hexdigest() for one in _CERTIFICATE.findall(raw)}
        if found:
            return tuple(sorted(found))
    return ()


def _loader_cache(around: Around) -> tuple[str, ...] | None:
    real = around.paths.real("etc/ld.so.cache")
    if real is None:
        return None
    return tuple(sorted({entry.soname for entry in read_ld_cache(around.tree.read(real, 16 << 20))}))


def _uncached(files: Mapping[str, FileFact], cached: set[str]) -> tuple[str, ...]:
    """Names of libraries outside packages' private directories that the cache does not have."""
    names = set()
    for path in files:
        directory, _, name = path.rpartition("/")
        if _LIBRARY.match(name) and name not in cached and "site-packages" not in path and "/" in directory:
            names.add(name)
    return tuple(sorted(names))
