"""dpkg and apt: made-up databases, and this machine's own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from elf.trees import MemoryTree, Node, link
from lightship import distros
from lightship.elf import DirectoryTree

STATUS = """Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 12000
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9
Depends: libgcc-s1
Description: C library
 with a second line: and a colon

Package: libgcc-s1
Status: install ok installed
Section: libs
Architecture: amd64
Version: 12
Source: gcc-12 (12.2)

Package: libpq5
Status: install ok installed
Section: libs
Architecture: amd64
Version: 15
Source: postgresql-15
Depends: libc6 (>= 2.34), debconf | debconf-2.0

Package: libpq-dev
Status: install ok installed
Section: libdevel
Architecture: amd64
Version: 15
Source: postgresql-15
Depends: libpq5 (= 15), libssl-dev, libjs-x

Package: libssl-dev
Status: install ok installed
Section: libdevel
Architecture: amd64
Version: 3
Depends: libssl3

Package: libssl3
Status: install ok installed
Section: libs
Architecture: amd64
Version: 3

Package: libjs-x
Status: install ok installed
Section: javascript
Architecture: all
Version: 3

Package: default-libx-dev
Status: install ok installed
Section: libdevel
Architecture: amd64
Version: 1
Source: defaults
Depends: libpq-dev

Package: debconf
Status: install ok installed
Priority: required
Section: admin
Architecture: all
Version: 1.5
Provides: debconf-2.0 (= 1)
Pre-Depends: perl-base

Package: perl-base
Essential: yes
Source: perl
Status: install ok installed
Section: perl
Architecture: amd64
Version: 5

Package: perl
Status: install ok installed
Section: perl
Architecture: amd64
Version: 5
Depends: perl-base (= 5)

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: git
Status: install ok triggers-pending
Section: vcs
Architecture: amd64
Version: 2
Conffiles:
 /etc/gitconfig 0123456789abcdef0123456789abcdef
"""


def made_up(**more: str | bytes | Node) -> MemoryTree:
    info = "var/lib/dpkg/info"
    files: dict[str, str | bytes | Node] = {
        "etc/os-release": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
        "lib": link("usr/lib"),
        "bin": link("usr/bin"),
        "usr/bin/git": b"",
        "var/lib/dpkg/status": STATUS,
        "var/lib/apt/extended_states": "Package: libpq5\nArchitecture: amd64\nAuto-Installed: 1\n\n"
        "Package: libjs-x\nArchitecture: amd64\nAuto-Installed: 1\n",
        f"{info}/libc6:amd64.list": "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n",
        f"{info}/libpq5:amd64.list": "/.\n/usr/lib/libpq.so.5\n/usr/lib/libpq.so.5.15\n",
        f"{info}/libssl3:amd64.list": "/.\n/usr/lib/libssl.so.3\n",
        f"{info}/libpq-dev.list": "/.\n/usr/include/pg.h\n/usr/lib/libpq.so\n",
        f"{info}/libjs-x.list": "/.\n/usr/share/javascript/x.js\n",
        f"{info}/git.list": "/.\n/bin/git\n/bin/sh\n",
        "usr/lib/x86_64-linux-gnu/libc.so.6": b"",
    }
    return MemoryTree(files | {path.replace("__", "/"): what for path, what in more.items()})


def test_packages() -> None:
    known = distros.installed(made_up())
    assert known.manager == "dpkg"
    assert known.problem == ""
    assert known.release == distros.Release("debian", (), "12", "bookworm")
    assert "gone" not in {one.name for one in known.packages}
    libc = known.package("libc6:amd64")
    assert libc is not None
    assert (libc.version, libc.source, libc.section) == ("2.36-9", "glibc", "libs")
    assert libc.installed_size == 12000 * 1024
    assert libc.files[-1] == "usr/lib/x86_64-linux-gnu/libc.so.6"
    assert known.package("libc6:i386") is None
    assert (pq := known.package("libpq5")) and pq.depends == (("libc6",), ("debconf", "debconf-2.0"))
    assert (perl := known.package("perl-base")) and perl.essential
    assert (git := known.package("git")) and git.configuration == ("etc/gitconfig",)
    assert (gcc := known.package("libgcc-s1")) and gcc.source == "gcc-12"


def test_who_was_asked_for() -> None:
    known = distros.installed(made_up())
    assert {one.name for one in known.packages if one.automatic} == {"libpq5", "libjs-x"}
    assert (git := known.package("git")) and git in distros.asked_for(known)
    tree = made_up()
    del tree.nodes["var/lib/apt/extended_states"]
    unmarked = distros.installed(tree)
    assert {one.automatic for one in unmarked.packages} == {None}
    assert len(distros.asked_for(unmarked)) == len(unmarked.packages)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/lib/x86_64-linux-gnu/libc.so.6", "libc6"),
        ("usr/lib/x86_64-linux-gnu/libc.so.6", "libc6"),
        ("usr/bin/git", "git"),
        ("var/lib/dpkg/info/libpq5:amd64.list", "libpq5"),
        ("usr/bin/nothing", ""),
    ],
)
def test_owner_knows_that_lib_is_usr_lib(path: str, owner: str) -> None:
    found = distros.installed(made_up()).owner(path)
    assert (found.name if found else "") == owner


def test_diverted_files_belong_to_whose_they_were() -> None:
    known = distros.installed(
        made_up(var__lib__dpkg__diversions="/bin/sh\n/bin/sh.distrib\ndash\n/bin/git\n/bin/git.old\ngit\n")
    )
    assert (moved := known.owner("bin/sh.distrib")) and moved.name == "git"
    assert known.owner("bin/sh") is None
    assert (own := known.owner("bin/git")) and own.name == "git"


def test_alternatives_belong_to_what_they_lead_to() -> None:
    known = distros.installed(
        made_up(
            var__lib__dpkg__alternatives__vcs="auto\n/usr/bin/vcs\nvcs.1\n/usr/share/man/vcs.1\n\n/usr/bin/git\n50\n\n",
            etc__alternatives__vcs=link("/usr/bin/git"),
            usr__bin__vcs=link("/etc/alternatives/vcs"),
        )
    )
    for path in ("usr/bin/vcs", "bin/vcs", "etc/alternatives/vcs"):
        assert (owner := known.owner(path)) and owner.name == "git"


def test_dependencies_are_resolved_to_what_is_installed() -> None:
    known = distros.installed(made_up())
    needed = {one.name for one in distros.dependencies(known, ["libpq5"])}
    assert needed == {"libpq5", "libc6", "libgcc-s1", "debconf", "perl-base"}
    tools = distros.maintainer_tools(known)
    assert tools == {"debconf", "perl-base"}
    lean = {one.name for one in distros.dependencies(known, ["libpq5"], without=tools)}
    assert lean == {"libpq5", "libc6", "libgcc-s1"}
    assert [one.name for one in distros.dependencies(known, ["debconf-2.0"], without=tools)] == ["debconf"]
    assert distros.dependencies(known, ["nothing"]) == ()
    # A part of the same thing is no mere tool.
    assert [one.name for one in distros.dependencies(known, ["perl"], without=tools)] == ["perl-base", "perl"]


def test_judgements() -> None:
    known = distros.installed(made_up())
    needs = {one.name: distros.judge(known, one).need for one in known.packages}
    assert needs["libpq-dev"] == needs["default-libx-dev"] == "build-only"
    assert needs["git"] == needs["libjs-x"] == "unknown"
    assert needs["libpq5"] == needs["perl-base"] == needs["debconf"] == "needed"
    for name in ("gcc", "g++-12", "make", "cmake", "pkg-config", "build-essential", "python3-dev", "cargo"):
        assert distros.judge(known, distros.Package(name, "1")).need == "build-only", name
    for name in ("git", "curl", "ffmpeg", "gettext", "gdb", "cppcheck-gui", "makedepend", "gccgo-runtime", "nodejs"):
        assert distros.judge(known, distros.Package(name, "1", files=("usr/bin/x",))).need == "unknown", name


def test_files_tell_a_development_package_of_any_name() -> None:
    known = distros.Installed("dpkg")
    headers = ("usr/include", "usr/include/a.h", "usr/lib/liba.so", "usr/share/doc/a/copyright")
    assert distros.judge(known, distros.Package("odd", "1", files=headers)).need == "build-only"
    library = distros.Package("odd", "1", files=(*headers, "usr/lib/liba.so.1"))
    assert distros.judge(known, library).need == "unknown"


def test_runtime_twins() -> None:
    known = distros.installed(made_up())
    assert [one.name for one in distros.runtime_twins(known, "libpq-dev")] == ["libpq5"]
    assert [one.name for one in distros.runtime_twins(known, "default-libx-dev")] == ["libpq5"]
    assert distros.runtime_twins(known, "nothing") == ()


def test_distroless() -> None:
    tree = MemoryTree(
        {
            "var/lib/dpkg/status.d/libc6": "Package: libc6\nVersion: 2.36\nArchitecture: amd64\nSection: libs\n",
            "var/lib/dpkg/status.d/libc6.md5sums": "00000000000000000000000000000000  lib/libc.so.6\n",
        }
    )
    known = distros.installed(tree)
    assert [(one.name, one.automatic) for one in known.packages] == [("libc6", None)]
    assert (owner := known.owner("/lib/libc.so.6")) and owner.name == "libc6"


def test_an_empty_database_is_a_problem() -> None:
    assert distros.installed(MemoryTree({"var/lib/dpkg/status": ""})).problem
    assert distros.installed(MemoryTree({"bin/x": ""})).manager == ""


def test_this_machine_as_dpkg_sees_it() -> None:
    if not Path("/usr/bin/dpkg-query").exists():
        pytest.skip("not a Debian system")
    known = distros.installed(DirectoryTree(Path("/")))
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version} ${Architecture}\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    expected = {line.split(" ", 1)[1] for line in shown.split("\n") if line.startswith(("installed", "triggers"))}
    assert {f"{one.name} {one.version} {one.architecture}" for one in known.packages} == expected
    for path in ("/bin/ls", "/usr/bin/dpkg", "/lib/x86_64-linux-gnu/libc.so.6"):
        owners = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True, check=False)
        if owners.returncode == 0:
            assert (owner := known.owner(path)) and owners.stdout.startswith(owner.name)
