"""apk's database."""

from __future__ import annotations

from elf.trees import MemoryTree, Node, link, program
from lightship import distros

INSTALLED = """C:Q1
P:musl
V:1.2.5-r0
A:x86_64
S:1
I:638976
o:musl
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
R:libc.musl-x86_64.so.1

P:busybox
V:1.36.1-r29
A:x86_64
o:busybox
D:so:libc.musl-x86_64.so.1
p:cmd:busybox=1.36.1-r29
F:bin
M:0:0:755
R:busybox

P:libpq
V:16.1-r0
A:x86_64
o:postgresql16
D:so:libc.musl-x86_64.so.1
p:so:libpq.so.5=5.16
F:usr/lib
R:libpq.so.5
R:libpq.so.5.16

P:libpq-dev
V:16.1-r0
o:postgresql16
D:libpq=16.1-r0 pc:openssl !conflict
F:usr/include
R:libpq-fe.h

P:gcc
V:13
o:gcc
F:usr/bin
R:gcc

P:.build-deps
V:20240101.000000
A:noarch
D:gcc libpq-dev>16

P:curl
V:8
F:usr/bin
R:curl
"""


def made_up() -> MemoryTree:
    files: dict[str, str | bytes | Node] = {
        "etc/os-release": "ID=alpine\nVERSION_ID=3.19.1\n",
        "lib/apk/db/installed": INSTALLED,
        "etc/apk/world": "curl\n.build-deps=20240101.000000\n",
        "bin/busybox": program(b""),
        "bin/sh": link("/bin/busybox"),
        "lib/ld-musl-x86_64.so.1": program(b""),
    }
    return MemoryTree(files)


def test_packages_and_owners() -> None:
    known = distros.installed(made_up())
    assert (known.manager, known.release.id, known.release.codename) == ("apk", "alpine", "")
    assert (musl := known.package("musl")) and musl.installed_size == 638976
    assert (owner := known.owner("/lib/ld-musl-x86_64.so.1")) and owner.name == "musl"
    assert (shell := known.owner("bin/sh")) and shell.name == "busybox"
    assert (libpq := known.package("libpq")) and libpq.source == "postgresql16"


def test_who_was_asked_for() -> None:
    known = distros.installed(made_up())
    assert {one.name for one in distros.asked_for(known)} == {"curl", ".build-deps", "gcc", "libpq-dev"}


def test_judgements_and_twins() -> None:
    known = distros.installed(made_up())
    needs = {one.name: distros.judge(known, one).need for one in known.packages}
    assert needs == {
        "musl": "needed",
        "busybox": "needed",
        "libpq": "unknown",
        "libpq-dev": "build-only",
        "gcc": "build-only",
        ".build-deps": "build-only",
        "curl": "unknown",
    }
    assert [one.name for one in distros.runtime_twins(known, "libpq-dev")] == ["libpq"]


def test_dependencies_through_what_is_provided() -> None:
    known = distros.installed(made_up())
    assert {one.name for one in distros.dependencies(known, ["libpq"])} == {"musl", "libpq"}
    assert [one.name for one in known.providers("so:libpq.so.5")] == ["libpq"]
