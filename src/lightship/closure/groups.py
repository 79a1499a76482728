"""Files that no name leads to and that running needs all the same, as groups that a runtime stage can ask
for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from lightship.elf.tree import FileTree, Paths

# glibc opens these by name: name services (nsswitch.conf(5)), pthread_cancel and backtrace (libgcc_s),
# iconv(3)'s modules, the resolver. https://sourceware.org/glibc/wiki/FAQ, "Even statically linked programs
# need some shared libraries"
_LIBC_LIBRARIES = ("libnss_*.so.*", "libgcc_s.so.*", "libresolv.so.*", "libnsl.so.*", "libthread_db.so.*")
_LIBC_FILES = (
    "etc/ld.so.cache",
    "etc/ld.so.conf",
    "etc/nsswitch.conf",
    "etc/passwd",
    "etc/group",
    "etc/shadow",
    "etc/gshadow",
    "etc/hosts",
    "etc/services",
    "etc/protocols",
    "etc/networks",
    "etc/rpc",
    "etc/host.conf",
    "etc/gai.conf",
    "etc/os-release",
    "usr/lib/os-release",
    "etc/ld.so.preload",
)
_LIBC_TREES = ("etc/ld.so.conf.d",)
_CERTIFICATES = (
    "etc/ssl",
    "etc/ca-certificates.conf",
    "etc/ca-certificates",
    "etc/pki/tls",
    "etc/pki/ca-trust",
    "usr/share/ca-certificates",
    "usr/local/share/ca-certificates",
    "usr/lib/ssl",
    "usr/share/pki",
    "var/lib/ca-certificates",
)
_TIME_ZONES = ("usr/share/zoneinfo", "etc/localtime", "etc/timezone", "usr/share/lib/zoneinfo")
_LOCALES = (
    "usr/lib/locale",
    "usr/share/i18n",
    "usr/share/locale/locale.alias",
    "etc/locale.alias",
    "etc/locale.conf",
    "etc/locale.gen",
    "etc/default/locale",
    "usr/share/X11/locale",
)
_LIBRARY_DIRECTORIES = ("lib", "usr/lib", "lib64", "usr/lib64")

_FONT_READERS = re.compile(
    r"(?:^|/)(?:libfontconfig\.so\.|libpangoft2[^/]*\.so\.|_imagingft\.[^/]*\bso$|libfontmanager\.so|libharfbuzz\.so\.)"
)
_OPENSSL_DIRECTORY = re.compile(rb'OPENSSLDIR: "(/[^"\0]{1,200})"')
_LIBRARY_LIMIT = 64 << 20


def libc_runtime(rootfs: FileTree) -> tuple[str, ...]:
    """What libc itself opens at run time: name services, libgcc_s, iconv modules, /etc files; real paths
    and links.
    """
    paths = Paths(rootfs)
    found: dict[str, None] = {}
    _add_all(paths, _LIBC_FILES, found)
    _add_all(paths, _LIBC_TREES, found)
    for place in _library_directories(paths):
        for name in paths.tree.names(place):
            if any(fnmatchcase(name, pattern) for pattern in _LIBC_LIBRARIES):
                _add(paths, f"{place}/{name}", found)
        _add(paths, f"{place}/gconv", found)
    for name in paths.tree.names("etc"):
        if name.startswith("ld-musl-"):
            _add(paths, f"etc/{name}", found)
    return tuple(found)


def certificates(rootfs: FileTree) -> tuple[str, ...]:
    """The certificate authorities and OpenSSL's configuration."""
    found: dict[str, None] = {}
    _add_all(Paths(rootfs), _CERTIFICATES, found)
    return tuple(found)


def timezones(rootfs: FileTree) -> tuple[str, ...]:
    """The time zone database and which zone is local."""
    found: dict[str, None] = {}
    _add_all(Paths(rootfs), _TIME_ZONES, found)
    return tuple(found)


def locales(rootfs: FileTree) -> tuple[str, ...]:
    """The compiled locales and their names."""
    found: dict[str, None] = {}
    _add_all(Paths(rootfs), _LOCALES, found)
    return tuple(found)


def _library_directories(paths: Paths) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for directory in _LIBRARY_DIRECTORIES:
        real = paths.real(directory)
        if not real:
            continue
        found.setdefault(real)
        for name in paths.tree.names(real):
            if "-linux-" in name and paths.kind(f"{real}/{name}") == "dir":
                found.setdefault(f"{real}/{name}")
    return tuple(found)


def _add_all(paths: Paths, wanted: Iterable[str], found: dict[str, None]) -> None:
    for path in wanted:
        _add(paths, path, found)


def _add(paths: Paths, path: str, found: dict[str, None]) -> None:
    """A path, the links on the way to it, and what is below it."""
    trail = paths.follow(path)
    if trail is None:
        return
    for link in trail.links:
        found.setdefault(link)
    if paths.kind(trail.path) != "dir":
        found.setdefault(trail.path)
        return
    for located in paths.tree.walk(trail.path):
        entry = located.entry
        if entry.kind == "dir" or entry.path in found:
            continue
        found.setdefault(entry.path)
        if entry.kind == "symlink":
            target = paths.follow(entry.path)
            for link in target.links if target else ():
                found.setdefault(link)
            if target is not None and paths.kind(target.path) != "dir":
                found.setdefault(target.path)


def looks_for_fonts(path: str) -> bool:
    """Whether a file is a library that looks for fonts by itself (fontconfig, FreeType's bindings, Java)."""
    return _FONT_READERS.search(path) is not None


def openssl_files(paths: Paths, library: str) -> tuple[str, ...]:
    """What the libcrypto at a real path opens by itself, under the names that it was built with, where they are there.

    Its settings, its bundle of certificates and their directory: without them no certificate of any server is trusted,
    and nothing but the library names them. Source: X509_get_default_cert_file(3), OPENSSL_config(5).
    """
    match = _OPENSSL_DIRECTORY.search(paths.tree.read(library, _LIBRARY_LIMIT))
    directory = match[1].decode("utf-8", "replace").strip("/") if match else ""
    names = (f"{directory}/{name}" for name in ("openssl.cnf", "cert.pem", "certs") if directory)
    return tuple(name for name in names if paths.real(name) is not None)


def openssl_paths(rootfs: FileTree, libraries: Iterable[str]) -> tuple[str, ...]:
    """What these libcrypto files open by themselves, with the links on the way and what is below directories."""
    paths = Paths(rootfs)
    found: dict[str, None] = {}
    for library in libraries:
        if real := paths.real(library):
            _add_all(paths, openssl_files(paths, real), found)
    return tuple(found)


def is_libcrypto(path: str) -> bool:
    """Whether a file is OpenSSL's library."""
    return path.rpartition("/")[2].startswith("libcrypto.so")
