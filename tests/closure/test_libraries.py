"""Libraries that files need, and what is missing."""

from __future__ import annotations

from pathlib import Path

from elf.trees import MemoryTree, Node, elf, link, program
from lightship.closure import Root, closure, elf_needs, libc_runtime, library_problems, openssl_files, timezones
from lightship.closure.groups import certificates, locales
from lightship.elf import DirectoryTree, Paths
from lightship.oci.model import ImageConfig

LIB = "usr/lib/x86_64-linux-gnu"
LOADER = "/lib64/ld-linux-x86-64.so.2"
FILES: dict[str, str | bytes | Node] = {
    "lib64/ld-linux-x86-64.so.2": program(elf()),
    f"{LIB}/libc.so.6": elf(soname="libc.so.6"),
    f"{LIB}/libpq.so.5": link("libpq.so.5.15"),
    f"{LIB}/libpq.so.5.15": elf(soname="libpq.so.5", needed=("libssl.so.3",)),
    f"{LIB}/libssl.so.3": elf(),
    "app/_pq.so": elf(needed=("libpq.so.5", "libwheel-1f.so", "libgone.so.1")),
    "app/libs/libwheel-1f.so": elf(soname="libwheel-1f.so"),
    "app/run": program(elf(kind=2, interpreter=LOADER, needed=("libc.so.6",))),
    "app/alien": program(elf(kind=2, interpreter="/lib/ld-musl-x86_64.so.1")),
    "app/script": program("#!/usr/bin/absent\n"),
    "app/data.bin": elf(needed=("libnever.so",)),
}


def test_needs_by_soname() -> None:
    found = elf_needs(MemoryTree(FILES), [path for path in FILES if path.startswith("app/")])
    assert found["libpq.so.5"].paths == (f"{LIB}/libpq.so.5.15",)
    assert found["libpq.so.5"].links == (f"{LIB}/libpq.so.5",)
    assert found["libpq.so.5"].needed_by == ("app/_pq.so",)
    assert found["libssl.so.3"].needed_by == (f"{LIB}/libpq.so.5.15",)
    assert found["libwheel-1f.so"].paths == ("app/libs/libwheel-1f.so",)
    assert not found["libgone.so.1"].is_resolved
    assert found[LOADER].is_resolved
    assert not found["/lib/ld-musl-x86_64.so.1"].is_resolved
    assert "libnever.so" not in found


def test_problems() -> None:
    found = library_problems(MemoryTree(FILES), FILES)
    assert found == (
        ("app/_pq.so", "libgone.so.1"),
        ("app/_pq.so", "libwheel-1f.so"),
        ("app/alien", "/lib/ld-musl-x86_64.so.1"),
        ("app/script", "/usr/bin/absent"),
    )


def test_a_module_of_pythons_own_library_is_imported_and_needs_no_interpreter_of_its_first_line() -> None:
    gone = program("#! /usr/bin/python3.11\n")
    own = {"usr/lib/python3.11/base64.py": gone, "usr/lib/python3.11/pdb": gone}
    others = {"usr/lib/python3/dist-packages/tool.py": gone, "usr/share/tool/base64.py": gone}
    tree = MemoryTree(own | others)
    broken = [path for path, _ in library_problems(tree, [*own, *others])]
    assert broken == ["usr/lib/python3.11/pdb", *sorted(others)]


def test_a_library_that_ldconfig_has_not_seen_is_a_problem() -> None:
    files: dict[str, str | bytes | Node] = {"app/x.so": elf(needed=("liba.so",)), "opt/liba.so": elf()}
    files["etc/ld.so.conf"] = "/opt\n"
    assert library_problems(MemoryTree(files), files) == (("app/x.so", "liba.so"),)
    config = ImageConfig(env=(("LD_LIBRARY_PATH", "/opt"),))
    assert library_problems(MemoryTree(files), files, config) == ()


def test_groups() -> None:
    tree = MemoryTree(
        {
            "lib": link("usr/lib"),
            f"{LIB}/libnss_dns.so.2": elf(),
            f"{LIB}/libgcc_s.so.1": elf(),
            f"{LIB}/gconv/UTF-16.so": elf(),
            f"{LIB}/libother.so.1": elf(),
            "etc/passwd": "",
            "etc/nsswitch.conf": "",
            "etc/localtime": link("/usr/share/zoneinfo/Etc/UTC"),
            "usr/share/zoneinfo/Etc/UTC": b"",
            "etc/ssl/certs/a.pem": link("/usr/share/ca-certificates/a.crt"),
            "usr/share/ca-certificates/a.crt": "",
            "usr/lib/locale/C.utf8/LC_CTYPE": b"",
        }
    )
    assert set(libc_runtime(tree)) == {
        f"{LIB}/libnss_dns.so.2",
        f"{LIB}/libgcc_s.so.1",
        f"{LIB}/gconv/UTF-16.so",
        "etc/passwd",
        "etc/nsswitch.conf",
    }
    assert set(timezones(tree)) == {"etc/localtime", "usr/share/zoneinfo/Etc/UTC"}
    assert set(certificates(tree)) == {"etc/ssl/certs/a.pem", "usr/share/ca-certificates/a.crt"}
    assert set(locales(tree)) == {"usr/lib/locale/C.utf8/LC_CTYPE"}


def test_this_machine_has_no_broken_core_programs() -> None:
    tree = DirectoryTree(Path("/"))
    paths = [f"usr/bin/{name}" for name in tree.names("usr/bin")[::30]]
    problems = library_problems(tree, paths)
    assert [path for path, missing in problems if ".so" in missing] == []


def test_openssl_brings_its_settings_and_certificates_by_the_names_it_was_built_with() -> None:
    library = "usr/lib/libcrypto.so.3"
    tree = MemoryTree(
        {
            library: elf() + b'\0OPENSSLDIR: "/usr/lib/ssl"\0',
            "usr/lib/ssl/openssl.cnf": link("/etc/ssl/openssl.cnf"),
            "usr/lib/ssl/certs": link("/etc/ssl/certs"),
            "etc/ssl/openssl.cnf": "[default]\n",
            "etc/ssl/certs/ca-certificates.crt": "-----BEGIN CERTIFICATE-----\n",
            "app/run": program(elf(kind=2, interpreter=LOADER, needed=("libcrypto.so.3",))),
            "lib64/ld-linux-x86-64.so.2": program(elf()),
        }
    )
    found = closure(tree, [Root("app/run", "tree")])
    assert {"usr/lib/ssl/openssl.cnf", "usr/lib/ssl/certs", "etc/ssl/openssl.cnf"} <= found.reasons.keys()
    assert openssl_files(Paths(tree), library) == ("usr/lib/ssl/openssl.cnf", "usr/lib/ssl/certs")
