"""docs/reference/exit-codes.md: every code is in it, and what it says of single commands is what they do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lightship import errors
from lightship.cli import EPILOG, main
from lightship.commands import COMMANDS

TEXT = (Path(__file__).parents[2] / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \| (\w+) \|", TEXT, re.M))


def test_every_code_is_in_the_page() -> None:
    codes = {str(value): name for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert set(ROWS) == set(codes)
    named = {code: word for code, word in ROWS.items() if code != "0"}
    assert all(codes[code] == f"EXIT_{word.upper()}" for code, word in named.items())
    kinds = (one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.LightshipError))
    raised = {str(one.exit_code) for one in kinds}
    assert raised <= set(ROWS)
    assert set(re.findall(r"\b(\d+) [a-z]", EPILOG)) == set(ROWS)


def test_every_command_is_in_the_page() -> None:
    cells = re.findall(r"^\| (`[^|]+) \|", TEXT.partition("## By command")[2], re.M)
    assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(name for name, _ in COMMANDS)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("check good", 0),
        ("check good --fail-on error", 0),
        ("check bad", 1),
        ("check bad --fail-on error", 0),
        ("check bad none", 2),
        ("check good --image none.tar", 2),
        ("read good", 0),
        ("read broken", 2),
        ("verify good", 2),
        ("init", 2),
        ("init unclear --dry-run", 4),
        ("explain latest_tag", 0),
        ("explain latest_tags", 2),
        ("explore none.tar", 2),
        ("inspect oci:none", 2),
        ("bases oci:none", 4),
        ("bases docker-daemon:none", 4),
        ("optimize none", 2),
        ("optimize --no-such-option", 2),
        ("doctor", 3),
        ("compare good", 3),
        ("rebuild good", 3),
        ("inspect example.com/none", 3),
        ("optimize -f bad", 3),
        ("", 0),
    ],
)
def test_what_it_says_where_no_engine_is(
    command: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good").write_text("FROM scratch\nUSER 1\n")
    (tmp_path / "bad").write_text("FROM debian:12\nRUN apt-get update\nUSER 1\n")
    (tmp_path / "broken").write_text("FROM debian:12\nRUNN x\n")
    (tmp_path / "unclear").mkdir()
    (tmp_path / "unclear/requirements.txt").write_text("flask==3.0.0\n")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert main(command.split()) == code
    assert code == 0 or capsys.readouterr() != ("", "")


def test_the_error_that_is_shown_is_real(capsys: pytest.CaptureFixture[str]) -> None:
    shown = re.search(r"^```console\n\$ lightship (.*)\n([^`]*(?:`[^`]+`[^`]*)*?)^```$", TEXT, re.M)
    assert shown
    main(shown[1].split())
    assert capsys.readouterr().err == shown[2]
