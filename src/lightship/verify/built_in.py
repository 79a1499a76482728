"""The differences between two images' files that never count, each with the reason.

This table is the whole list; `docs/` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Change = Literal["missing", "content", "mode", "owner"]
ANY: tuple[Change, ...] = ("missing", "content", "mode", "owner")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Paths that may differ in these ways. ``pattern``: ``*`` within a name, ``**`` across names, no leading slash."""

    pattern: str
    changes: tuple[Change, ...]
    why: str


_MANAGER_CACHE = "cache of a package manager: read when installing, not when running"
_RUNTIME_STATE = "made anew by the engine or the system at every start"
_REWRITTEN = "written anew by every package installation; what it says is compared as packages"
_DOCUMENTATION = "documentation of an OS package: no program's behaviour depends on it"
_TOOLCHAIN = "compiler and its source trees: used to build, not to run"
_MANIFEST = "read by the installer or by people, not by the program"

BUILT_IN: tuple[Allowance, ...] = (
    *(Allowance(f"{top}/**", ANY, _RUNTIME_STATE) for top in ("proc", "sys", "dev", "run", "var/run", "var/lock")),
    *(
        Allowance(name, ANY, _RUNTIME_STATE)
        for name in (
            "etc/hostname",
            "etc/hosts",
            "etc/resolv.conf",
            "etc/mtab",
            "etc/machine-id",
            ".dockerenv",
            "run/.containerenv",
            "var/lib/dbus/machine-id",
        )
    ),
    *(
        Allowance(
            f"{top}/**",
            ("missing", "content"),
            "left over from the build: temporary by definition (FHS 3.18, 5.15)",
        )
        for top in ("tmp", "var/tmp")
    ),
    Allowance("var/log/**", ("missing", "content"), "log of what ran during the build"),
    *(
        Allowance(f"{top}/**", ANY, _MANAGER_CACHE)
        for top in (
            "var/cache/apt",
            "var/cache/debconf",
            "var/cache/ldconfig",
            "var/cache/apk",
            "var/cache/dnf",
            "var/cache/yum",
            "var/cache/man",
            "var/cache/fontconfig",
            "var/lib/apt",
            "etc/apk/cache",
            "lib/apk/db",
        )
    ),
    *(
        Allowance(f"**/{name}/**", ANY, _MANAGER_CACHE)
        for name in (
            ".cache/pip",
            ".cache/uv",
            ".cache/pypoetry",
            ".cache/yarn",
            ".cache/go-build",
            ".cache/node-gyp",
            ".cache/composer",
            ".cache/pnpm",
            ".cache/bazel",
            ".cache/node/corepack",
            ".npm/_cacache",
            ".npm/_logs",
            ".npm/_update-notifier-last-checked",
            ".yarn/cache",
            ".cargo/registry",
            ".cargo/git",
            ".gradle/caches",
            ".m2/repository",
            ".bundle/cache",
            ".ccache",
        )
    ),
    Allowance("**/.config/go/telemetry/**", ANY, "what the Go toolchain counts of its own work"),
    *(
        Allowance(f"{tree}/**", ("missing",), _TOOLCHAIN)
        for tree in (
            "usr/local/go",
            "go/pkg",
            "go/src",
            "root/go/pkg",
            "usr/local/cargo",
            "usr/local/rustup",
            "root/.cargo",
            "root/.rustup",
            "usr/local/include",
            "usr/local/src",
            "usr/src",
            "usr/include",
        )
    ),
    *(
        Allowance(pattern, ANY, _REWRITTEN)
        for pattern in (
            "var/lib/dpkg/**",
            "var/lib/rpm/**",
            "usr/lib/sysimage/**",
            "etc/passwd",
            "etc/passwd-",
            "etc/group",
            "etc/group-",
            "etc/shadow",
            "etc/shadow-",
            "etc/gshadow",
            "etc/gshadow-",
            "etc/subuid*",
            "etc/subgid*",
            "etc/.pwd.lock",
            "etc/alternatives/**",
            "var/lib/pam/**",
            "var/lib/systemd/**",
            "var/lib/ucf/**",
            "var/lib/shells.state",
            "etc/shells",
        )
    ),
    *(
        Allowance(pattern, ANY, "compared as what it says: library names, certificates, zones, locales, fonts")
        for pattern in (
            "etc/ld.so.cache",
            "etc/ssl/certs/**",
            "etc/ca-certificates.conf*",
            "etc/localtime",
            "etc/timezone",
            "usr/share/zoneinfo/**",
            "usr/lib/locale/**",
            "usr/share/fonts/**",
            "usr/local/share/fonts/**",
            "usr/share/ca-certificates/**",
            "usr/local/share/ca-certificates/**",
        )
    ),
    *(
        Allowance(f"{tree}/**", ANY, _DOCUMENTATION)
        for tree in (
            "usr/share/doc",
            "usr/share/man",
            "usr/share/info",
            "usr/share/lintian",
            "usr/share/bug",
            "usr/share/locale",
            "usr/share/doc-base",
            "usr/share/bash-completion",
            "usr/share/zsh",
            "usr/share/fish",
            "usr/local/share/man",
            "usr/share/menu",
            "usr/share/pixmaps",
            "usr/local/share/doc",
        )
    ),
    *(
        Allowance(pattern, ANY, "settings of the package manager")
        for pattern in (
            "etc/apt/**",
            "etc/dpkg/**",
            "usr/share/keyrings/**",
            "etc/apk/**",
            "etc/yum*/**",
            "etc/dnf/**",
            "etc/pip.conf",
            "etc/cron.daily/apt-compat",
            "etc/cron.daily/dpkg",
            "usr/share/debconf/**",
            "etc/debconf.conf",
        )
    ),
    Allowance(
        "**/__pycache__/**",
        ANY,
        "bytecode: made again from the .py beside it when missing or stale (PEP 3147)",
    ),
    *(
        Allowance(
            f"**/*.dist-info/{name}",
            ANY,
            "the installer's own notes; the packages they describe are compared",
        )
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
    ),
    *(
        Allowance(pattern, ("missing",), "build output or headers that only compilers read")
        for pattern in (
            "**/*.a",
            "**/*.la",
            "**/*.o",
            "**/*.pc",
            "usr/local/lib/pkgconfig/**",
            "**/*.h",
            "**/*.hpp",
            "**/*.pxd",
        )
    ),
    *(
        Allowance(f"**/{name}", ("missing",), _MANIFEST)
        for name in (
            "requirements*.txt",
            "constraints*.txt",
            "Pipfile",
            "Pipfile.lock",
            "poetry.lock",
            "pdm.lock",
            "uv.lock",
            "setup.py",
            "setup.cfg",
            "MANIFEST.in",
            "tox.ini",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            ".package-lock.json",
            "go.mod",
            "go.sum",
            "Cargo.toml",
            "Cargo.lock",
            "Makefile",
            "CMakeLists.txt",
            "Dockerfile*",
            "*.Dockerfile",
            "Containerfile*",
            ".dockerignore",
            ".gitignore",
            ".gitattributes",
            ".editorconfig",
            ".pre-commit-config.yaml",
            "docker-compose*.y*ml",
            "compose*.y*ml",
            "README*",
            "CHANGELOG*",
            "CONTRIBUTING*",
            "LICENSE*",
            ".npmrc",
            "lightship.toml",
        )
    ),
    *(
        Allowance(f"**/{tree}/**", ("missing",), "history and settings of a development tool")
        for tree in (
            ".git",
            ".github",
            ".gitlab",
            ".vscode",
            ".idea",
            ".pytest_cache",
            ".mypy_cache",
            ".ruff_cache",
        )
    ),
    *(
        Allowance(
            f"**/*.{suffix}",
            ("missing",),
            "source of a compiled language: compiled in, not read when running",
        )
        for suffix in (
            "go",
            "rs",
            "c",
            "cc",
            "cpp",
            "cxx",
            "java",
            "kt",
            "cs",
            "pyx",
            "f90",
            "s",
            "S",
            "asm",
            "zig",
        )
    ),
    *(
        Allowance(
            f"usr/local/lib/python*/{tree}/**",
            ("missing",),
            "part of the standard library that servers never import",
        )
        for tree in ("ensurepip", "idlelib", "turtledemo", "test", "lib2to3/tests", "config-*")
    ),
    *(
        Allowance(pattern, ("missing",), "an installer: used to build the image, not by the program")
        for pattern in (
            "usr/local/bin/pip*",
            "usr/local/bin/wheel",
            "usr/local/bin/idle*",
            "usr/local/bin/2to3*",
            "usr/local/bin/pydoc*",
            "usr/local/bin/python*-config",
            "usr/local/bin/docker-*entrypoint.sh.orig",
            "usr/local/lib/node_modules/npm/**",
            "usr/local/lib/node_modules/corepack/**",
            "usr/local/bin/npm",
            "usr/local/bin/npx",
            "usr/local/bin/corepack",
            "usr/local/bin/yarn*",
            "opt/yarn-*/**",
            "<site-packages>/pip/**",
            "<site-packages>/pip-*/**",
            "<site-packages>/wheel/**",
            "<site-packages>/wheel-*/**",
        )
    ),
    *(
        Allowance(
            f"**/node_modules/**/build/{name}", ("missing", "content"), "notes of node-gyp, which name its folders"
        )
        for name in ("Makefile", "config.gypi", "*.mk", "Release/.deps/**")
    ),
    *(
        Allowance(f"root/{name}", ("missing", "content"), "notes that a shell or a tool left in root's home")
        for name in (
            ".wget-hsts",
            ".bash_history",
            ".python_history",
            ".node_repl_history",
            ".lesshst",
            ".viminfo",
        )
    ),
)
"""Files that may differ. Packages, configuration and surroundings have their lists beside their comparators."""
