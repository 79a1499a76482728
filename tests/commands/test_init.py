"""``lightship init`` from the outside: what it writes, what it leaves alone, and odd input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightship.cli import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "My App"
    folder.mkdir()
    (folder / "package.json").write_text('{"scripts": {"start": "node a.js"}, "engines": {"node": "20"}}')
    (folder / "a.js").write_text("console.log('lit');\n")
    return folder


def test_both_files_are_written_and_the_next_command_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(project)]) == 0
    out = capsys.readouterr().out
    assert f"docker build -t my-app -f '{project}/Dockerfile' '{project}'" in out
    assert (project / "Dockerfile").read_text().startswith("# Node.js 20")
    assert ".git\n" in (project / ".dockerignore").read_text()


@pytest.mark.parametrize("name", ["Dockerfile", "Containerfile"])
def test_a_dockerfile_that_is_there_stays(project: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / name).write_text("FROM scratch\n")
    assert main(["init", str(project)]) == 2
    assert "--force" in capsys.readouterr().err
    assert (project / name).read_text() == "FROM scratch\n"
    assert not (project / ".dockerignore").exists()


def test_a_link_that_leads_nowhere_is_there_too(project: Path) -> None:
    (project / "Dockerfile").symlink_to("elsewhere")
    assert main(["init", str(project)]) == 2
    assert (project / "Dockerfile").is_symlink()


def test_an_ignore_file_that_is_there_stays_and_counts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".dockerignore").write_text("a.js\n")
    (project / "b.js").write_text("")
    (project / "package.json").write_text('{"engines": {"node": "20"}}')
    assert main(["init", str(project)]) == 0
    assert (project / ".dockerignore").read_text() == "a.js\n"
    assert '["node", "b.js"]' in (project / "Dockerfile").read_text()
    assert "stays as it is" in capsys.readouterr().out


def test_force_replaces_both(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM scratch\n")
    (project / ".dockerignore").write_text("*\n")
    assert main(["init", str(project), "--force"]) == 0
    assert "node" in (project / "Dockerfile").read_text()
    assert ".git\n" in (project / ".dockerignore").read_text()


def test_a_dry_run_prints_what_would_be_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(project.iterdir())
    assert main(["init", str(project), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert sorted(project.iterdir()) == before
    assert main(["init", str(project)]) == 0
    assert (project / "Dockerfile").read_text() == printed


def test_the_output_may_be_elsewhere(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "lamp.Dockerfile"
    assert main(["init", str(project), "-o", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "lightship.init/1"
    assert document["dockerfile"] == out.read_text()
    assert document["written"] == [str(out), str(project / ".dockerignore")]
    assert document["entry"]["argv"] == ["node", "a.js"]
    assert document["findings"] == []


def test_nothing_is_left_when_the_dockerfile_cannot_be_written(project: Path) -> None:
    assert main(["init", str(project), "-o", str(project / "missing" / "Dockerfile")]) == 2
    assert not (project / ".dockerignore").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--user", "app"],
        ["--port", "0"],
        ["--base", "node:20\nRUN true"],
        ["--base=--platform=x"],
        ["--command", "  "],
    ],
)
def test_odd_arguments_are_refused(project: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(project), *arguments]) == 2
    assert "help: " in capsys.readouterr().err
    assert not (project / "Dockerfile").exists()


def test_port_and_user_are_those_that_are_named(project: Path) -> None:
    (project / "a.js").write_text("require('http').createServer().listen(process.env.PORT || 3000);\n")
    assert main(["init", str(project), "--port", "4000", "--user", "1000:1000"]) == 0
    text = (project / "Dockerfile").read_text()
    assert "\nENV PORT=4000\n" in text
    assert "\nEXPOSE 4000\n" in text
    assert "\nUSER 1000:1000\n" in text
    assert "lightship ignore" not in text


HOSTILE = {
    "requirements.txt": b"-r requirements.txt\n\xff\xfe\nflask[\n",
    "main.py": b"if __name__ == '__main__':\n    x = '\\ud800'\n",
    "broken.py": b"def (\x00",
    "deep.py": b"(" * 3000,
    ".python-version": b"3.12\n",
    "Procfile": b"web\x00\n: x\nwebx:\n",
    "-r a b$HOME\n.txt": b"",
}


def test_hostile_files_raise_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in HOSTILE.items():
        (tmp_path / name).write_bytes(content)
    assert main(["init", str(tmp_path)]) == 0, capsys.readouterr().err
    assert main(["check", str(tmp_path)]) == 0


@pytest.mark.parametrize("name", ["pyproject.toml", "package.json", "go.mod"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"[" * 100_000, b"[]", b"module\n", b"{}", b"[project]\nscripts = 3\n"]
)
def test_broken_manifests_are_one_clear_error(
    tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["init", str(tmp_path)]) in (2, 4)
    error = capsys.readouterr().err
    assert "error: " in error
    assert "help: " in error
