"""``lightship`` alone, and what shells are told."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lightship.cli import build_parser, main
from lightship.commands.completion import SHELLS


@pytest.mark.parametrize(
    "files",
    [
        (),
        ("Dockerfile",),
        ("Containerfile",),
        ("Dockerfile.dev",),
        ("Dockerfile.single", "Dockerfile.single.lightship"),
    ],
)
def test_alone_it_shows_three_commands_that_work_here(
    files: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in files:
        (tmp_path / name).write_text("FROM scratch\n")
    monkeypatch.chdir(tmp_path)
    assert main([]) == 0
    text = capsys.readouterr().out
    commands = re.findall(r"^  lightship (.*?)  ", text, re.M)
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        build_parser(words).parse_args(words)
        assert all(name in files for name in re.findall(r"\w*file[.\w]*", command))


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_ARGCOMPLETE" in script and "lightship" in script


COMPLETE = """
eval "$(lightship completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_python_argcomplete lightship
echo "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("lightship opt", "optimize"),
        ("lightship optimize --rep", "--report"),
        ("lightship verify --requ", "--require"),
        ("lightship optimize --runtime sl", "slim"),
    ],
)
def test_bash_completes(line: str, expected: str) -> None:
    bash = shutil.which("bash")
    assert bash
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    found = subprocess.run(
        [bash, "-c", COMPLETE, "bash", line], capture_output=True, text=True, env={"PATH": path}, check=True
    )
    assert found.stdout.split() == [expected], found.stderr
