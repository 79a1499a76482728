"""Bad input gets one clear error, its documented exit code, and no traceback; nothing is written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lightship.cli import main

FAILING = 'FROM scratch\nCOPY Dockerfile /\nRUN ["/nothing-here"]\nCMD ["/x"]\n'


def lightship(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lightship", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no instructions"),
        ("# only\n# comments\n", "no instructions"),
        ("FROM debian\nRUNN true\n", "did you mean RUN?"),
        ("FROM debian\nRUN <<EOF\n", "heredoc"),
        ("RUN true\n", "FROM"),
    ],
)
def test_a_dockerfile_that_cannot_be_used(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    assert main(["optimize", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "error:" in err and "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["Dockerfile"]


def test_paths_that_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN true\n")
    (tmp_path / "folder").mkdir()
    cases = {
        "no such Dockerfile": ["optimize", str(tmp_path), "-f", str(tmp_path / "none")],
        "there is no such folder": ["optimize", str(tmp_path / "none")],
        "it is a file": ["optimize", str(tmp_path / "Dockerfile")],
        "the output is the input": ["optimize", str(tmp_path), "-o", str(tmp_path / "Dockerfile")],
        "the output is a folder": ["optimize", str(tmp_path), "-o", str(tmp_path / "folder")],
        "the output cannot be written": ["optimize", str(tmp_path), "-o", str(tmp_path / "none" / "out")],
        "needs a name and a value": ["optimize", str(tmp_path), "--build-arg", "X"],
    }
    for says, arguments in cases.items():
        assert main(arguments) == 2, says
        err = capsys.readouterr().err
        assert says in err
        assert "help:" in err, says


def test_no_engine(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN true\n")
    done = lightship("optimize", str(tmp_path), PATH="/nonexistent")
    assert done.returncode == 3
    assert "no container engine answers" in done.stderr
    assert "install" in done.stderr


@pytest.mark.engine
def test_a_build_that_fails_names_the_line(engines_present: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(FAILING)
    for name in engines_present:
        done = lightship("compare", str(tmp_path / "Dockerfile"), "--engine", name, "--quiet")
        assert done.returncode == 3, done.stderr
        assert "Dockerfile:3" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.engine
def test_sigterm_in_the_middle_leaves_nothing_behind(engines_present: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM debian:bookworm-slim\nRUN sleep 60\nCMD ["true"]\n')
    command = [
        sys.executable,
        "-m",
        "lightship",
        "optimize",
        str(tmp_path),
        "--engine",
        engines_present[0],
        "--no-cache",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(6)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["Dockerfile"]
