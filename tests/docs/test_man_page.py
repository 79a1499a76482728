"""docs/man/lightship.1 is what docs/site/man.py makes of the parsers, and roff takes it without a warning."""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from lightship.cli import build_parser
from lightship.commands import COMMANDS

SITE = Path(__file__).parents[2] / "docs/site"
_SPEC = importlib.util.spec_from_file_location("man", SITE / "man.py")
assert _SPEC
assert _SPEC.loader
man = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(man)


def test_the_page_is_up_to_date(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    if request.config.getoption("--accept"):
        man.PAGE.write_text(man.man_page(), encoding="utf-8")
    assert man.PAGE.read_text(encoding="utf-8") == man.man_page(), "run make accept"


def test_every_command_and_every_option_is_in_it() -> None:
    text = man.man_page()
    for name, _ in COMMANDS:
        section = text.partition(f'.SS "lightship {name}"\n')[2].partition("\n.S")[0]
        (commands,) = (one for one in build_parser([name])._actions if isinstance(one, argparse._SubParsersAction))
        shown = [one for one in commands.choices[name]._actions if one.help != argparse.SUPPRESS and one.dest != "help"]
        assert section.count("\n.TP\n") == len(shown), name
        for option in (option for one in shown for option in one.option_strings):
            assert f"\\fB{option.replace('-', chr(92) + '-')}\\fR" in section, f"{name} {option}"


def test_lines_are_requests_or_text() -> None:
    requests = {".TH", ".nh", ".ad", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".RI", ".BR", ".in", ".EX", ".EE"}
    for line in man.man_page().splitlines():
        assert not line.startswith("'"), line
        assert not line.startswith(".") or line.split()[0] in {*requests, '.\\"'}, line
        assert line.strip(), "an empty line is a request of its own"


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not there")
def test_roff_takes_it_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-Tutf8", man.PAGE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
