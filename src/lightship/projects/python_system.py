"""Python distributions that need Debian packages, as their own documentation says."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.projects.python_manifests import Dependencies


@dataclass(frozen=True, slots=True)
class SystemNeed:
    """What a distribution that has no wheel for Linux needs for being built, and for running afterwards.

    ``unless`` names an extra or distribution that brings the library along.
    """

    name: str
    build: tuple[str, ...]
    run: tuple[str, ...]
    source: str
    unless: str = ""


_COMPILER = ("gcc", "libc6-dev")
NEEDS = (
    SystemNeed(
        "psycopg2",
        (*_COMPILER, "libpq-dev"),
        ("libpq5",),
        "https://www.psycopg.org/docs/install.html#build-prerequisites",
    ),
    SystemNeed(
        "psycopg",
        (),
        ("libpq5",),
        "https://www.psycopg.org/psycopg3/docs/basic/install.html#pure-python-installation",
        unless="psycopg[binary] psycopg-binary",
    ),
    SystemNeed(
        "psycopg-c",
        (*_COMPILER, "libpq-dev"),
        ("libpq5",),
        "https://www.psycopg.org/psycopg3/docs/basic/install.html#local-installation",
    ),
    SystemNeed(
        "mysqlclient",
        (*_COMPILER, "default-libmysqlclient-dev", "pkg-config"),
        ("libmariadb3",),
        "https://github.com/PyMySQL/mysqlclient#linux",
    ),
    SystemNeed("uwsgi", _COMPILER, (), "https://uwsgi-docs.readthedocs.io/en/latest/Install.html"),
)
"""Runtime twins are those of Debian's own packages: libpq-dev -> libpq5, default-libmysqlclient-dev -> libmariadb3."""


def system_needs(asked: Dependencies) -> tuple[SystemNeed, ...]:
    """The needs of what is installed."""
    found = []
    for need in NEEDS:
        extra = need.name.replace("psycopg-c", "psycopg[c]")
        without = any(one in asked.names for one in need.unless.split())
        if (need.name in asked.names or extra in asked.names) and not without:
            found.append(need)
    if asked.uses_git:
        found.append(
            SystemNeed("a dependency from a Git repository", ("git", "ca-certificates"), (), "pip's VCS support")
        )
    return tuple(found)
