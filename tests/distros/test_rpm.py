"""rpm's database: headers, a made-up sqlite database, and the formats that are not read."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from elf.trees import MemoryTree, Node, link
from lightship import distros
from lightship.distros.rpm_header import numbers, read_header, strings

Tags = dict[int, str | list[str] | list[int]]


def header(tags: Tags) -> bytes:
    index, data = b"", b""
    for tag, value in sorted(tags.items()):
        if isinstance(value, str):
            kind, count, raw = 6, 1, value.encode() + b"\0"
        elif all(isinstance(one, str) for one in value):
            kind, count, raw = 8, len(value), b"".join(str(one).encode() + b"\0" for one in value)
        else:
            data += b"\0" * (-len(data) % 4)
            kind, count, raw = 4, len(value), b"".join(struct.pack(">I", one) for one in value)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += raw
    return struct.pack(">II", len(tags), len(data)) + index + data


LIBPQ: Tags = {
    1000: "libpq", 1001: "15.3", 1002: "1.fc38", 1009: [70000], 1022: "x86_64", 1044: "libpq-15.3-1.fc38.src.rpm",
    1047: ["libpq", "libpq(x86-64)", "libpq.so.5()(64bit)"],
    1048: [0, 1 << 24, 0x400, 0],
    1049: ["libc.so.6()(64bit)", "rpmlib(CompressedFileNames)", "/sbin/ldconfig", "(glibc >= 2 or musl if x)"],
    1116: [0, 0, 1], 1117: ["libpq.so.5", "libpq.so.5.15", "pg.conf"], 1118: ["/lib64/", "/etc/"],
    1037: [0, 0, 1],
}  # fmt: skip
DEVEL: Tags = {
    1000: "libpq-devel", 1001: "15.3", 1002: "1", 1022: "x86_64", 1044: "libpq-15.3-1.fc38.src.rpm",
    1048: [0], 1049: ["libpq(x86-64)"], 1116: [0], 1117: ["libpq-fe.h"], 1118: ["/usr/include/"],
}  # fmt: skip
GLIBC: Tags = {
    1000: "glibc", 1001: "2.37", 1002: "4", 1022: "x86_64", 1044: "glibc-2.37-4.src.rpm",
    1047: ["glibc", "libc.so.6()(64bit)"], 1116: [0], 1117: ["libc.so.6"], 1118: ["/lib64/"],
}  # fmt: skip
KEY: Tags = {1000: "gpg-pubkey", 1001: "a", 1002: "b"}


def database(directory: Path, statements: list[tuple[str, list[tuple[object, ...]]]]) -> bytes:
    path = directory / "x.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for statement, rows in statements:
            connection.executemany(statement, rows) if rows else connection.execute(statement)
        connection.commit()
    return path.read_bytes()


def made_up(directory: Path) -> MemoryTree:
    rows: list[tuple[object, ...]] = [(at, header(tags)) for at, tags in enumerate((LIBPQ, DEVEL, GLIBC, KEY))]
    packages = database(
        directory,
        [
            ("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)", []),
            ("INSERT INTO Packages VALUES (?, ?)", rows),
        ],
    )
    history = database(
        directory,
        [
            ("CREATE TABLE rpm (item_id INTEGER, name TEXT, arch TEXT)", []),
            ("CREATE TABLE trans_item (id INTEGER, item_id INTEGER, reason INTEGER)", []),
            ("INSERT INTO rpm VALUES (?, ?, ?)", [(1, "libpq", "x86_64"), (2, "libpq-devel", "x86_64")]),
            ("INSERT INTO trans_item VALUES (?, ?, ?)", [(1, 1, 1), (2, 2, 2)]),
        ],
    )
    files: dict[str, str | bytes | Node] = {
        "etc/os-release": "ID=fedora\nVERSION_ID=38\n",
        "lib64": link("usr/lib64"),
        "usr/lib64/libc.so.6": b"",
        "var/lib/rpm": link("../../usr/lib/sysimage/rpm"),
        "usr/lib/sysimage/rpm/rpmdb.sqlite": packages,
        "var/lib/dnf/history.sqlite": history,
    }
    return MemoryTree(files)


def test_packages(tmp_path: Path) -> None:
    known = distros.installed(made_up(tmp_path))
    assert (known.manager, known.problem) == ("rpm", "")
    assert [one.name for one in known.packages] == ["libpq", "libpq-devel", "glibc"]
    libpq = known.packages[0]
    assert (libpq.version, libpq.source, libpq.installed_size) == ("15.3-1.fc38", "libpq", 70000)
    assert libpq.files == ("usr/lib64/libpq.so.5", "usr/lib64/libpq.so.5.15", "etc/pg.conf")
    assert libpq.configuration == ("etc/pg.conf",)
    # What only scriptlets or rpm itself need is no dependency of the program.
    assert libpq.depends == (("libc.so.6()(64bit)",), ("glibc", "musl"))


def test_questions(tmp_path: Path) -> None:
    known = distros.installed(made_up(tmp_path))
    assert (owner := known.owner("/lib64/libc.so.6")) and owner.name == "glibc"
    assert {one.name: one.automatic for one in known.packages} == {"libpq": True, "libpq-devel": False, "glibc": None}
    assert [one.name for one in distros.runtime_twins(known, "libpq-devel")] == ["libpq"]
    assert {one.name for one in distros.dependencies(known, ["libpq"])} == {"libpq", "glibc"}


def test_formats_that_are_not_read_are_a_problem() -> None:
    for name, form in (("Packages", "Berkeley DB"), ("Packages.db", "ndb")):
        known = distros.installed(MemoryTree({f"var/lib/rpm/{name}": b"\0"}))
        assert known.manager == "rpm"
        assert form in known.problem


def test_a_damaged_database_is_a_problem(tmp_path: Path) -> None:
    assert distros.installed(MemoryTree({"var/lib/rpm/rpmdb.sqlite": b"not a database"})).problem
    bad = database(
        tmp_path,
        [("CREATE TABLE Packages (hnum, blob)", []), ("INSERT INTO Packages VALUES (?, ?)", [(1, b"\xff" * 20)])],
    )
    assert distros.installed(MemoryTree({"var/lib/rpm/rpmdb.sqlite": bad})).problem


def test_header_values() -> None:
    values = read_header(header(LIBPQ), frozenset({1000, 1116}))
    assert values is not None
    assert strings(values, 1000) == ("libpq",)
    assert numbers(values, 1116) == (0, 0, 1)
    assert strings(values, 1001) == ()


@given(st.binary(max_size=300))
def test_hostile_headers_never_raise(raw: bytes) -> None:
    read_header(raw, frozenset(range(2000)))
    read_header(struct.pack(">II", 4, max(0, len(raw) - 64)) + raw, frozenset(range(2**16)))
