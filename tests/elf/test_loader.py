"""The loader's search: made-up trees for each rule of ld.so(8), and this machine's own loader as the oracle."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from elf.test_ld_cache import cache
from elf.trees import MemoryTree, Node, elf, link
from lightship.elf import DirectoryTree, Loader

GLIBC = "lib64/ld-linux-x86-64.so.2"


def tree(files: dict[str, str | bytes | Node]) -> MemoryTree:
    libc = elf(soname="libc.so.6")
    return MemoryTree({"usr/lib/x86_64-linux-gnu/libc.so.6": libc, GLIBC: elf(), **files})


def loaded(files: dict[str, str | bytes | Node], path: str = "app/x", **environment: str) -> dict[str, str]:
    loading = Loader(tree(files), environment).load(path)
    found = {one.name: f"{one.path} ({one.via})" for one in loading.objects[1:]}
    return found | {gone.name: f"missing for {gone.by}" for gone in loading.missing}


def test_default_directories_and_links() -> None:
    loader = Loader(
        tree(
            {
                "app/x": elf(needed=("libz.so.1", "libc.so.6")),
                "usr/lib/x86_64-linux-gnu/libz.so.1": link("libz.so.1.2"),
                "usr/lib/x86_64-linux-gnu/libz.so.1.2": elf(soname="libz.so.1", needed=("libc.so.6",)),
            }
        )
    )
    objects = loader.load("app/x").objects
    assert [one.path.rpartition("/")[2] for one in objects] == ["x", "libz.so.1.2", "libc.so.6"]
    assert objects[1].links == ("usr/lib/x86_64-linux-gnu/libz.so.1",)
    assert objects[1].by == "app/x"


def test_rpath_counts_for_libraries_further_down_and_runpath_does_not() -> None:
    libraries = {"app/lib/liba.so": elf(needed=("libb.so",)), "app/lib/libb.so": elf()}
    assert loaded({"app/x": elf(needed=("liba.so",), rpath="$ORIGIN/lib"), **libraries}) == {
        "liba.so": "app/lib/liba.so (rpath)",
        "libb.so": "app/lib/libb.so (rpath)",
    }
    assert loaded({"app/x": elf(needed=("liba.so",), runpath="${ORIGIN}/lib"), **libraries}) == {
        "liba.so": "app/lib/liba.so (runpath)",
        "libb.so": "missing for app/lib/liba.so",
    }


def test_the_order_of_the_places() -> None:
    files: dict[str, str | bytes | Node] = {
        f"{place}/liba.so": elf() for place in ("rpath", "env", "runpath", "cached", "usr/lib")
    }
    files["etc/ld.so.cache"] = cache([("liba.so", "/cached/liba.so")])
    files["app/x"] = elf(needed=("liba.so",), rpath="/rpath")
    assert loaded(files, LD_LIBRARY_PATH="/env") == {"liba.so": "rpath/liba.so (rpath)"}
    files["app/x"] = elf(needed=("liba.so",), rpath="/rpath", runpath="/runpath")
    assert loaded(files, LD_LIBRARY_PATH="/env") == {"liba.so": "env/liba.so (library path)"}
    assert loaded(files) == {"liba.so": "runpath/liba.so (runpath)"}
    files["app/x"] = elf(needed=("liba.so",))
    assert loaded(files) == {"liba.so": "cached/liba.so (cache)"}
    del files["etc/ld.so.cache"]
    assert loaded(files) == {"liba.so": "usr/lib/liba.so (default)"}
    files["app/x"] = elf(needed=("liba.so",), flags_1=0x800)
    assert loaded(files) == {"liba.so": "missing for app/x"}


def test_what_only_ldconfig_would_find_is_said() -> None:
    files: dict[str, str | bytes | Node] = {
        "app/x": elf(needed=("liba.so",)),
        "opt/lib/liba.so": elf(),
        "etc/ld.so.conf": "/opt/lib\n",
    }
    assert loaded(files) == {"liba.so": "opt/lib/liba.so (conf)"}


def test_files_of_another_machine_are_passed_over() -> None:
    assert loaded(
        {"app/x": elf(needed=("liba.so",)), "lib/liba.so": elf(bits=32, machine=3), "usr/lib/liba.so": elf()}
    ) == {"liba.so": "usr/lib/liba.so (default)"}


def test_tokens() -> None:
    assert loaded(
        {
            "app/x": elf(needed=("liba.so", "libb.so"), runpath="/opt/$LIB:/opt/${PLATFORM}"),
            "opt/lib/x86_64-linux-gnu/liba.so": elf(),
            "opt/x86_64/libb.so": elf(),
        }
    ) == {
        "liba.so": "opt/lib/x86_64-linux-gnu/liba.so (runpath)",
        "libb.so": "opt/x86_64/libb.so (runpath)",
    }


def test_builds_for_other_cpus() -> None:
    directory = "usr/lib/x86_64-linux-gnu"
    loading = Loader(
        tree(
            {
                "app/x": elf(needed=("liba.so",)),
                f"{directory}/liba.so": elf(),
                f"{directory}/glibc-hwcaps/x86-64-v3/liba.so": elf(),
            }
        )
    ).load("app/x")
    assert loading.objects[1].path == f"{directory}/liba.so"
    assert loading.objects[1].variants == (f"{directory}/glibc-hwcaps/x86-64-v3/liba.so",)


def test_a_loaded_soname_is_not_searched_again() -> None:
    # auditwheel's libraries have names that only their neighbours, loaded before, make known.
    assert loaded(
        {
            "app/x": elf(needed=("/app/one/liba-1f.so", "libb.so")),
            "app/one/liba-1f.so": elf(soname="liba.so.1"),
            "usr/lib/libb.so": elf(needed=("liba.so.1",)),
        }
    ) == {
        "/app/one/liba-1f.so": "app/one/liba-1f.so (path)",
        "libb.so": "usr/lib/libb.so (default)",
    }


def test_what_a_program_has_loaded_serves_what_it_opens() -> None:
    loader = Loader(
        tree(
            {
                "opt/python/bin/python3": elf(kind=2, needed=("libpython3.so",), rpath="$ORIGIN/../lib"),
                "opt/python/lib/libpython3.so": elf(),
                "opt/python/lib/libextra.so": elf(),
                "site/mod.so": elf(needed=("libpython3.so", "libextra.so")),
            }
        )
    )
    assert [gone.name for gone in loader.load("site/mod.so").missing] == ["libpython3.so", "libextra.so"]
    within = loader.load("site/mod.so", program="opt/python/bin/python3")
    assert within.missing == ()
    assert [one.path for one in within.objects] == ["site/mod.so", "opt/python/lib/libextra.so"]


def test_musl() -> None:
    files = {
        "lib/ld-musl-x86_64.so.1": elf(soname="libc.musl-x86_64.so.1"),
        "usr/local/lib/liba.so": elf(needed=("libb.so", "libc.musl-x86_64.so.1")),
        "opt/libb.so": elf(),
        "etc/ld-musl-x86_64.path": "/usr/local/lib\n/opt\n",
        "app/x": elf(interpreter="/lib/ld-musl-x86_64.so.1", needed=("liba.so", "libc.musl-x86_64.so.1")),
    }
    loading = Loader(MemoryTree(files)).load("app/x")
    # Whatever begins with "libc." is musl itself, which is the interpreter.
    assert [one.path for one in loading.objects[1:]] == ["usr/local/lib/liba.so", "opt/libb.so"]
    assert loading.missing == ()


def test_not_an_elf_file() -> None:
    assert Loader(tree({"app/x": "#!/bin/sh"})).load("app/x").objects == ()


def test_this_machines_programs_as_its_own_loader_lists_them() -> None:
    linker = Path(f"/{GLIBC}")
    if not linker.exists():
        pytest.skip("no glibc loader for this machine")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    loader = Loader(DirectoryTree(Path("/")))
    candidates = [*sorted(Path("/usr/bin").iterdir())[::25], *sorted(Path("/usr/lib").glob("*-linux-*/*.so.*"))[::60]]
    checked = 0
    for path in candidates:
        real = loader.paths.real(str(path))
        objects = loader.load(real).objects if real else ()
        if not objects or not objects[0].elf.dynamic:
            continue
        listing = [linker, "--list", f"/{real}"]
        shown = subprocess.run(listing, capture_output=True, text=True, env=environment, check=False).stdout
        expected = {
            loader.paths.real(match[1]) if match[1].startswith("/") else f"missing {match[0]}"
            for match in re.findall(r"^\t(\S+) => (/\S+|not found)", shown, re.MULTILINE)
        }
        found = {one.path for one in objects[1:]} | {f"missing {one.name}" for one in loader.load(real).missing}
        own = loader.paths.real(GLIBC)
        assert found - {own} == expected - {own}, path
        checked += 1
    assert checked
