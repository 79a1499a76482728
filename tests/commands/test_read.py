"""``lightship read`` from the outside."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from lightship.cli import main

GOOD = "# syntax=docker/dockerfile:1\nFROM a AS b\n"
GOOD += "# why\nRUN --mount=type=cache,target=/x <<E\nc\nE\nFROM b\nCOPY --from=b d e\n"


def test_a_good_file_prints_its_stages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(GOOD)
    assert main(["read", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[0] == f"{file}: 4 instructions, 2 stages, target 1"
    assert "stage 0 b on a" in out
    assert "      4-6  RUN         --mount=type=cache,target=/x <<E" in out
    assert "\x1b" not in out


def test_json_has_the_documented_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(GOOD)
    assert main(["read", str(file), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "lightship.read/1"
    run = data["instructions"][1]
    assert (run["keyword"], run["line"], run["end_line"], run["stage"]) == ("run", 4, 6, 0)
    assert run["flags"][0]["text"] == "--mount=type=cache,target=/x"
    assert run["heredocs"][0]["content"] == "c\n"
    assert run["comments"][0]["value"] == "why"
    assert data["edges"] == [{"into": 1, "source": 0, "reference": "b", "kind": "copy", "line": 8}]
    assert [stage["needed"] for stage in data["stages"]] == [True, True]
    documented = Path(__file__).parents[2].joinpath("docs/reference/read.md").read_text()
    for key in (*data, *run, *data["stages"][0]):
        assert f"`{key}`" in documented


def test_problems_are_shown_in_the_designs_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM a\nRUN <<EOF\nb\n")
    assert main(["read", str(file)]) == 2
    expected = f"{file}:2:5: error: unterminated heredoc\n"
    expected += "    2 | RUN <<EOF\n      |     ^^^^^\nhelp: add a line that is only EOF\n"
    assert capsys.readouterr().err == expected


def test_a_warning_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM a\nRUN b \\\n\n c\n")
    assert main(["read", str(file)]) == 0
    assert ":3:1: warning: empty continuation line" in capsys.readouterr().err


def test_standard_input_and_bytes_that_are_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"FROM a\nFOO \xff\x00\x1b[31m\n")))
    assert main(["read", "-"]) == 2
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert err.startswith("<stdin>:2:1: error: unknown instruction: FOO\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{dir}/none"], "no such file or directory"),
        (["{dir}"], "is a directory"),
        (["{dir}/empty"], "file with no instructions"),
        (["{dir}/good", "--target", "x"], 'target stage "x" could not be found'),
        (["{dir}/good", "--build-arg", "X"], "--build-arg X has no value"),
    ],
)
def test_bad_input_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "good").write_text(GOOD)
    assert main(["read", *(argument.format(dir=tmp_path) for argument in arguments)]) == 2
    err = capsys.readouterr().err
    assert f"error: {message}" in err
    assert err.count("error:") == 1


def test_reading_imports_no_parser_of_shells(tmp_path: Path) -> None:
    import subprocess

    code = "import sys, lightship.commands.read; assert not {'tree_sitter', 'rich'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
