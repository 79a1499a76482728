"""What a package's name and files tell of its use, whatever the package manager."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Compilers, linkers, assemblers and build systems under the names that distributions give them. Programs
# that a service may well call while it runs (git, curl, ffmpeg, gettext, protoc, debuggers) are not here
# and must not be.
_BUILD_TOOL = re.compile(
    r"""^(?:
        build-essential | build-base | base-devel | alpine-sdk | dpkg-dev | debhelper | devscripts | fakeroot
      | rpm-build | redhat-rpm-config | abuild
      | (?:gcc|g\+\+|gcc-c\+\+|cpp|gfortran|gcc-gfortran|gobjc|gdc|gnat)(?:-\d[\d.]*)?
        (?:-(?:multilib|[\w-]+-linux-\w+))?
      | (?:clang|lld|llvm)(?:-?\d[\d.]*)?(?:-(?:dev|tools|linker-tools))?
      | binutils(?:-[\w-]+)? | gold | mold | tcc | nasm | yasm
      | rustc | cargo | rust | rustup | golang(?:-go|-src|-doc|-\d[\d.]*(?:-\w+)?)? | go
      | make | gmake | bmake | cmake(?:-data)? | extra-cmake-modules | ninja(?:-build)? | samurai | meson
      | scons | bazel
      | automake(?:-?[\d.]+)? | autoconf(?:-?[\d.]+)? | autotools-dev | autoconf-archive | libtool(?:-bin)?
      | m4 | bison | flex
      | pkg-config | pkgconf(?:-bin|-pkg-config)? | swig(?:\d[\d.]*)? | ccache | quilt | dh-\w+
    )$""",
    re.VERBOSE,
)

_BUILD_FILE = re.compile(
    r"""(?:^|/)(?:
        include/.* | pkgconfig/.* | cmake/.* | aclocal(?:-[\d.]+)?/.* | gir-1\.0/.* | vala/.* | pkg-config/.*
      | [^/]+\.(?:a|la|o|pc|h|hpp|hh|hxx|m4|gir|vapi|cmake|prf)
      | lib[^/]+\.so
    )$""",
    re.VERBOSE,
)
_SAYS_NOTHING = re.compile(r"^usr/(?:share/(?:doc|man|info|lintian|locale|bug)(?:/|$)|lib/debug/|lib/\.build-id)")
_SHARED_LIBRARY = re.compile(r"(?:^|/)lib[^/]*\.so\.[^/]+$|/lib[^/]+-[\d.]+\.so$|^(?:usr/)?lib/(?:ld-)?musl[^/]*$")


def is_build_tool(name: str) -> bool:
    """Whether a package of this name is a compiler, a linker or a build system."""
    return _BUILD_TOOL.match(name) is not None


def telling(files: Iterable[str]) -> list[str]:
    """The files that tell what a package is for: no documentation, no translations, no directories above
    others.
    """
    listed = [file for file in files if not _SAYS_NOTHING.match(file)]
    above: set[str] = set()
    for file in listed:
        at = file.rpartition("/")[0]
        while at and at not in above:
            above.add(at)
            at = at.rpartition("/")[0]
    return [file for file in listed if file not in above]


def are_build_files(files: Iterable[str]) -> bool:
    """Whether there are such files, and all serve compiling and linking: headers, archives, pkg-config,
    linker links.
    """
    listed = telling(files)
    return bool(listed) and all(_BUILD_FILE.search(file) for file in listed)


def has_headers(files: Iterable[str]) -> bool:
    """Whether a package brings headers of its own."""
    return any("/include/" in file and file.endswith((".h", ".hpp", ".hh", ".hxx", ".H")) for file in files)


def has_shared_library(files: Iterable[str]) -> bool:
    """Whether a package brings a library that the loader would open (``libx.so.1``), more than a linker's
    link.
    """
    return any(_SHARED_LIBRARY.search(file) for file in files)
