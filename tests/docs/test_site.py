"""The documentation: it builds strictly, loads nothing from elsewhere, and shows only commands that exist."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lightship.cli import build_parser
from lightship.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    {*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - set((ROOT / "docs" / "reference" / "rules").glob("*"))
)
# A synopsis ("[CONTEXT]", "..."), or a name alone: not a command to type.
_SYNOPSIS = re.compile(r"[\[\]|<>]|\.\.\.|\bA B\b")


def found_in_pages(pattern: str) -> list[str]:
    """What a pattern finds in any page: command lines that begin with ``lightship COMMAND``, comments cut off."""
    found = set()
    for page in PAGES:
        for text in re.findall(pattern, page.read_text(encoding="utf-8"), re.M):
            command = re.split(r"\s+#|\s+[|&]", " ".join(text.split()))[0]
            if not _SYNOPSIS.search(command) and command.split()[1] in dict(COMMANDS):
                found.add(command)
    return sorted(found)


@pytest.mark.parametrize("command", found_in_pages(r"^(?: {4,}|\$ | {4}\$ )?(lightship [a-z].*)$"))
def test_every_command_of_a_code_block_is_understood(command: str) -> None:
    words = shlex.split(command)[1:]
    build_parser(words).parse_args(words)


@pytest.mark.parametrize("command", found_in_pages(r"(?<!`)`(lightship [a-z][^`]*--[^`]*)`(?!`)"))
def test_every_option_that_is_mentioned_is_there(command: str) -> None:
    _, name, *words = shlex.split(command)
    parser = build_parser([name])
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    known = {option for action in commands.choices[name]._actions for option in action.option_strings}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known


def test_the_site_builds_strictly_and_alone(tmp_path: Path) -> None:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path]
    built = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "reference" / "cli.html").read_text()
    for name, _ in COMMANDS:
        assert f"lightship {name}</h2>" in re.sub(r"<a [^>]*>.*?</a>", "", page), name
    for page_ in tmp_path.rglob("*.html"):
        text = page_.read_text()
        assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"?(?:https?:)?//(?!lightship)", text), (
            page_
        )


def test_shown_output_is_real() -> None:
    """What needs no engine is run again here; the rest by ``tools/docs``."""
    mark = re.compile(
        r"<!-- run(?P<part>.*?): (?P<command>lightship (?:check|read|rules|explain) .+?) -->\n"
        r"```console\n(?P<shown>.*?)^```$",
        re.S | re.M,
    )
    seen = 0
    for page in PAGES:
        for match in mark.finditer(page.read_text(encoding="utf-8")):
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            environment = os.environ | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
            words = shlex.split(match["command"])
            found = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert not match["part"]
            assert match["shown"] == f"$ {match['command']}\n{found.stdout.rstrip()}\n", "run tools/docs"
            seen += 1
    assert seen
