"""What each edit costs, counted on every engine; and that the user's files stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.engines.protocol import BuildRequest, Engine
from lightship.errors import InputError
from lightship.optimize.model import Progress
from lightship.rebuild import RebuildOptions, rebuild_costs
from lightship.rebuild.workplace import copied, edit_file


def _state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.engine
def test_steps_and_bytes_after_each_edit(engine: Engine, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "system").write_bytes(b"s" * 1000)
    image = engine.build(BuildRequest("FROM scratch\nCOPY system /system\n", base), lambda step: None).image
    context = tmp_path / "context"
    context.mkdir()
    for name, text in (
        ("main.py", "print(1)\n"),
        ("requirements.txt", ""),
        ("README.md", "x\n"),
        ("big", "b" * 50_000),
    ):
        (context / name).write_text(text)
    (context / ".dockerignore").write_text("README.md\n")
    dockerfile = context / "Dockerfile"
    dockerfile.write_text(f"FROM {image}\nCOPY requirements.txt /r/\nCOPY . /app/\n")
    before = _state(context)
    costs = {one.code: one for one in rebuild_costs(engine, RebuildOptions(dockerfile, runs=1), Progress())}
    assert [one.problem for one in costs.values()] == [""] * 5
    assert {code: (one.steps_run, one.steps_cached) for code, one in costs.items()} == {
        "E0": (0, 2),
        "E1": (1, 1),
        "E2": (2, 0),
        "E3": (0, 2),  # the ignore file leaves it out
        "E4": (2, 0),
    }
    assert {code: one.new_layers for code, one in costs.items()}["E0"] == costs["E3"].new_layers == 0
    assert costs["E1"].new_layers == 1
    assert 50_000 < costs["E1"].new_bytes < 100_000
    assert costs["E2"].new_bytes > costs["E1"].new_bytes
    assert {one.runs for one in costs.values()} == {1}
    assert _state(context) == before


def test_the_copy_has_what_a_build_sees(tmp_path: Path) -> None:
    context = tmp_path / "context"
    (context / "empty").mkdir(parents=True)
    (context / "out").mkdir()
    for name in ("a.py", "out/kept", "out/left", "secret"):
        (context / name).write_text("x")
    (context / "link").symlink_to("/etc/passwd")
    (context / ".dockerignore").write_text("out/*\n!out/kept\nsecret\n.dockerignore\n")
    target = tmp_path / "copy"
    files = copied(context, context / "Dockerfile", target)
    assert set(files) == {"a.py", "out/kept"}  # a link leads out of the copy: it is never edited
    assert (target / "empty").is_dir()
    assert (target / ".dockerignore").is_file()
    assert (target / "link").is_symlink()
    with pytest.raises(InputError, match="is a link"):
        edit_file(target, "link", "t")
    with pytest.raises(InputError, match="not a folder"):
        copied(tmp_path / "none", tmp_path / "Dockerfile", tmp_path / "other")


@pytest.mark.parametrize("words", [["--edits", "E9"], ["--edits", ""], ["--runs", "0"], ["--no-cache"]])
def test_what_cannot_be_measured_is_said_first(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebuild", str(tmp_path / "Dockerfile"), *words]) == 2
    assert "error:" in capsys.readouterr().err


def test_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    from lightship.rebuild import RebuildCost
    from lightship.reports.rebuild import rebuild_json, rebuild_text

    monkeypatch.setenv("COLUMNS", "80")
    costs = [
        RebuildCost("Dockerfile", "E1", "one line of source", "main.py", 1, 4, ("COPY . .",), 1, 2_000_000, 1.25, 3),
        RebuildCost("Dockerfile", "E2", "the dependencies", problem="there is no manifest of dependencies"),
    ]
    text = rebuild_text(costs)
    assert "2,000" in text
    assert "E2: there is no manifest" in text
    assert max(map(len, text.split("\n"))) <= 80
    document = json.loads(rebuild_json(costs, "docker"))
    assert (document["schema"], document["costs"][0]["new_bytes"]) == ("lightship.rebuild/1", 2_000_000)
