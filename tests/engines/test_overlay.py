"""What a container wrote, told from overlay directories; the same as the engine's own ``diff`` tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engines.image import build
from lightship.engines import overlay
from lightship.engines.docker_like import DockerLike, written_paths
from lightship.engines.protocol import Engine, RunSpec


def made(root: Path, *paths: str) -> None:
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            place.mkdir(exist_ok=True)
        else:
            place.write_text(path)
            os.utime(place, (1000, 1000))


def test_added_and_changed_and_only_touched(tmp_path: Path) -> None:
    upper, first, second = tmp_path / "upper", tmp_path / "first", tmp_path / "second"
    made(first, "etc/settings", "var/same", "var/log/")
    made(second, "etc/settings", "srv/data", "srv/opened")
    made(upper, "etc/settings", "etc/new/file", "srv/data", "srv/opened", "var/log/", "made/")
    (upper / "etc/settings").write_text("other")
    (upper / "srv/data").chmod(0o600)
    found = set(overlay.changes(upper, [first, second]))
    assert found == {("A", f"/{path}") for path in ("etc/settings", "etc/new", "etc/new/file", "srv/data", "made")}
    assert written_paths(found) == ("/etc/new/file", "/etc/settings", "/made", "/srv/data")


@pytest.mark.skipif(os.geteuid() != 0, reason="makes device nodes: deleted files are not looked at")
def test_deleted_files(tmp_path: Path) -> None:
    upper, lower = tmp_path / "upper", tmp_path / "lower"
    made(lower, "a/gone", "a/back")
    made(upper, "a/back")
    os.mknod(upper / "a/gone", 0o020000, os.makedev(0, 0))
    above = tmp_path / "above"
    made(above, "a/gone")
    assert set(overlay.changes(upper, [lower])) == {("D", "/a/gone")}
    assert set(overlay.changes(above, [upper, lower])) == {("A", "/a/gone")}, "deleted in one layer, made in the next"


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        list(overlay.changes(tmp_path / "nowhere", []))


@pytest.mark.engine
def test_the_engine_tells_the_same(engine: Engine, tmp_path: Path) -> None:
    capabilities = engine.info().capabilities
    if not capabilities or not capabilities.runs_containers:
        pytest.skip(f"{engine.name} runs no containers here")
    text = 'FROM scratch\nCOPY actor /actor\nCOPY actor /var/lib/there\nENTRYPOINT ["/actor"]\nCMD ["pause"]\n'
    container = engine.start(build(engine, tmp_path, text), RunSpec(tmpfs=("/scratch",)))
    try:
        for path in ("/new", "/var/lib/new", "/var/lib/there", "/scratch/unseen"):
            assert container.exec(["/actor", "touch", path], timeout=20).exit_code == 0
        # Buildah and Podman's diff also tell what was only opened, and both engines' tell mounts.
        assert set(container.written()) - {"/var/lib/there"} == {"/new", "/var/lib/new"}
        if isinstance(engine, DockerLike):
            assert container.written() == ("/new", "/var/lib/new")
            asked = (line.partition(" ") for line in engine._client.call("diff", container.id, doing="x").split("\n"))
            told = written_paths((kind, path) for kind, _, path in asked if path)
            assert set(told) - {"/scratch", "/var/lib/there"} == {"/new", "/var/lib/new"}
            assert dict(overlay.changes(*engine._layers(container.id))), "read from the directories, not asked for"
    finally:
        container.remove()
