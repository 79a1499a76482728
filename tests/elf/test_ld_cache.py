"""The loader's cache and its configuration."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.elf import CacheEntry, read_ld_cache, read_ld_conf

MAGIC = b"glibc-ld.so.cache1.1"


def cache(entries: list[tuple[str, str]], order: str = "<", mark: int = 2) -> bytes:
    strings = b""
    at = 48 + 24 * len(entries)
    table = b""
    for soname, path in entries:
        key = at + len(strings)
        strings += soname.encode() + b"\0"
        value = at + len(strings)
        strings += path.encode() + b"\0"
        table += struct.pack(order + "iIIIQ", 0x0303, key, value, 0, 0)
    return MAGIC + struct.pack(order + "II", len(entries), len(strings)) + bytes([mark]) + b"\0" * 19 + table + strings


def test_entries_in_their_order() -> None:
    raw = cache([("libz.so.1", "/lib/libz.so.1"), ("liba.so", "/usr/lib/liba.so")])
    assert read_ld_cache(raw) == (
        CacheEntry("libz.so.1", "/lib/libz.so.1", 0x0303),
        CacheEntry("liba.so", "/usr/lib/liba.so", 0x0303),
    )


def test_big_endian_and_the_old_format_before_it() -> None:
    raw = cache([("libz.so.1", "/lib/libz.so.1")], ">", 3)
    assert read_ld_cache(raw)[0].path == "/lib/libz.so.1"
    assert read_ld_cache(b"ld.so-1.7.0\0" + b"\0" * 8 + cache([("a.so", "/a.so")]))[0].soname == "a.so"


@given(st.binary(max_size=200))
def test_hostile_caches_give_nothing(raw: bytes) -> None:
    read_ld_cache(MAGIC + raw)
    read_ld_cache(raw)


def test_this_machines_cache_as_ldconfig_prints_it() -> None:
    raw = Path("/etc/ld.so.cache")
    if not raw.exists() or not Path("/sbin/ldconfig").exists():
        pytest.skip("no cache of glibc's loader here")
    printed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    expected = [line.split(" => ")[1] for line in printed.split("\n") if " => " in line]
    assert sorted(entry.path for entry in read_ld_cache(raw.read_bytes())) == sorted(expected)


def test_configuration_with_includes() -> None:
    files = {
        "etc/ld.so.conf": "include /etc/ld.so.conf.d/*.conf\n/opt/lib # mine\n",
        "etc/ld.so.conf.d/b.conf": "/b/lib\n/opt/lib\n",
        "etc/ld.so.conf.d/a.conf": "# nothing\n/a/lib=libc6\ninclude more/*.conf\n",
        "etc/ld.so.conf.d/more/x.conf": "/x\ninclude /etc/ld.so.conf\n",
        "etc/ld.so.conf.d/README": "/not/this\n",
    }

    def names(directory: str) -> list[str]:
        return [path.rpartition("/")[2] for path in files if path.rpartition("/")[0] == directory]

    assert read_ld_conf(files.get, names) == ("a/lib", "x", "b/lib", "opt/lib")
