"""The image of lightship itself: its own Dockerfile stands up to lightship, and the build sees what it copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.cli import main
from lightship.dockerfile import parse
from lightship.optimize.read import already_split, read_dockerfile
from lightship.semantic import stages
from lightship.semantic.context import context_files
from lightship.semantic.ignore import load
from lightship.text import decode

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile"


def test_lightship_finds_nothing_and_has_nothing_to_gain(capsys: pytest.CaptureFixture[str]) -> None:
    text = decode(DOCKERFILE.read_bytes())
    assert "".join(item.text for item in parse(text).items) == text
    assert main(["check", str(DOCKERFILE)]) == 0, capsys.readouterr().out
    graph = stages(read_dockerfile(DOCKERFILE))
    assert graph.target is not None and already_split(graph, graph.target)


def test_the_last_stage_is_not_root_and_starts_lightship() -> None:
    graph = stages(read_dockerfile(DOCKERFILE))
    bare = next(stage for stage in graph.stages if stage.name == "bare")
    last = {item.keyword: item.arguments for item in bare.instructions}
    assert last["entrypoint"] == '["lightship"]'
    assert all(part.isdigit() and int(part) for part in last["user"].split(":"))
    assert graph.target is not None and not {"user", "entrypoint"} & {one.keyword for one in graph.target.instructions}


def test_the_build_sees_the_package_and_nothing_else() -> None:
    seen = {path for path, _ in context_files(ROOT, load(ROOT, DOCKERFILE))} - {".dockerignore", "Dockerfile"}
    assert {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "src/lightship/cli.py"} <= seen
    assert {path.partition("/")[0] for path in seen} == {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "src"}
    assert not [path for path in seen if path.endswith(".pyc")]
