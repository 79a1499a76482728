"""`lightship doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.engines.install import install_command


def test_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    assert "docker is not installed" in out
    assert "no container engine works here" in out
    assert install_command() in out


def test_no_engine_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert [engine["works"] for engine in document["engines"]] == [False, False, False]
    assert document["chosen"] is None
    assert document["help"] == install_command()


def test_an_engine_that_says_nothing_useful(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("docker", "podman", "buildah"):
        (tmp_path / name).write_text(
            "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///x.' >&2\nexit 1\n"
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["doctor"]) == 3
    assert "its daemon does not answer" in capsys.readouterr().out


@pytest.mark.engine
def test_the_engines_that_work(engines_present: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    if not engines_present:
        pytest.skip("no engine works here")
    assert main(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert tuple(engine["name"] for engine in document["engines"] if engine["works"]) == engines_present
    assert document["chosen"] == engines_present[0]
    assert main(["doctor"]) == 0
    assert f"lightship uses {engines_present[0]}" in capsys.readouterr().out
