"""Imports run downward only, siblings do not see each other, and only ``engines`` starts programs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "lightship"
LAYERS = (
    {"cli"},
    {"commands"},
    {"reports"},
    {"rebuild"},
    {"optimize"},
    {"probes"},
    {"engines"},
    {"verify", "rules"},
    {"multistage", "inspection"},
    {"evidence"},
    {"closure", "ecosystems", "distros", "projects"},
    {"semantic", "oci"},
    {"dockerfile", "shell", "elf"},
    {"text", "messages"},
    {"errors"},
)
HEIGHT = {room: len(LAYERS) - index for index, rooms in enumerate(LAYERS) for room in rooms}
STARTERS = {"subprocess", "pty", "multiprocessing"}
FILES = sorted(SOURCE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            assert node.module
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def rooms_seen(file: Path) -> Iterator[tuple[str, int]]:
    for name, line in imported(file):
        parts = name.split(".")
        if parts[0] == "lightship" and len(parts) > 1 and parts[1] in HEIGHT:
            yield parts[1], line


def test_every_room_has_its_place() -> None:
    rooms = {room_of(file) for file in FILES} - {"__init__", "__main__"}
    assert rooms == set(HEIGHT), "a room was added or removed: give it its layer here and in ARCHITECTURE.md"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_run_downward(file: Path) -> None:
    room = room_of(file)
    if room in ("__init__", "__main__"):
        return
    for other, line in rooms_seen(file):
        allowed = other == room or HEIGHT[other] < HEIGHT[room]
        assert allowed, f"{file}:{line}: {room} must not see {other}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_only_engines_start_programs(file: Path) -> None:
    if room_of(file) == "engines":
        return
    for name, line in imported(file):
        assert name.split(".")[0] not in STARTERS, f"{file}:{line}: only engines/ starts programs"
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            started = node.attr in ("system", "popen", "fork", "posix_spawn") or node.attr.startswith(("exec", "spawn"))
            assert not started, f"{file}:{node.lineno}: only engines/ starts programs"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_no_file_passes_the_wall(file: Path) -> None:
    assert file.read_text().count("\n") <= 400
