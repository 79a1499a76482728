"""``--report``: what cannot be delivered is refused before any work, and what can be is written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.cli import main
from lightship.commands.reporting import Report, asked_reports, deliver
from lightship.errors import UsageError

FORMATS = ("markdown", "html", "json")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["pdf"], "no such report"),
        (["json="], "no name"),
        (["json=no/such/folder/x"], "cannot be written"),
        (["json=."], "is a folder"),
        (["json=Dockerfile"], "replace a file of yours"),
        (["json=link"], "replace a file of yours"),
        (["json=Dockerfile.lightship"], "replace a file of yours"),
        (["json", "markdown"], "only one report"),
    ],
)
def test_what_cannot_be_delivered_is_refused(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text("FROM a\n")
    Path("link").symlink_to("Dockerfile")
    with pytest.raises(UsageError, match=message):
        asked_reports(words, FORMATS, inputs=(Path("Dockerfile"), Path("Dockerfile.lightship")))


def test_files_are_written_and_the_one_without_a_file_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a=b.html"
    reports = asked_reports([f"html={file}"], FORMATS)
    assert reports == (Report("html", file),)
    deliver(reports, lambda name: f"<{name}>", lambda: "text")
    assert file.read_text() == "<html>\n" and capsys.readouterr().out == "text\n"
    deliver(asked_reports([], FORMATS, json=True), lambda name: f"<{name}>", lambda: "text")
    assert capsys.readouterr().out == "<json>\n"
    assert list(tmp_path.iterdir()) == [file], "nothing else is left behind"


@pytest.mark.parametrize("command", [["optimize", "."], ["compare", "a"], ["verify", "a", "b"]])
def test_every_command_refuses_before_it_asks_an_engine(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--report", "pdf", "--engine", "none"]) == 2
    assert "--report pdf: error: there is no such report" in capsys.readouterr().err
