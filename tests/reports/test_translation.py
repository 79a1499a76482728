"""Reports in another language: every message has a translation, and what programs read never changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.reports import optimization_text, translation
from lightship.reports.optimizations import render

from .examples import IMPROVED, outcome

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    yield
    translation.use("")


def test_every_message_has_a_translation() -> None:
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "messages", "--check"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "fr:es:en", "LANG": "C"}, "es"),
        ({"LC_MESSAGES": "es", "LANG": "en_US"}, "es"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_environment_says_which(variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert translation.language() == expected


def test_reports_speak_it_and_documents_do_not() -> None:
    documents = [render(name, outcome(IMPROVED)) for name in ("json", "sarif")]
    translation.use("es")
    assert [render(name, outcome(IMPROVED)) for name in ("json", "sarif")] == documents
    page = render("html", outcome(IMPROVED))
    assert '<html lang="es">' in page and "Lo que se fue" in page and "What went away" not in page
    assert "| tamaño | 400.0 MB |" in render("markdown", outcome(IMPROVED))
    assert "Cuánto pesa cada línea" in render("svg", outcome(IMPROVED))
    text = optimization_text(IMPROVED, Path("a"), Path("b"), "")
    assert "Por qué cada cambio" in text and "No se escribió nada (ensayo)." in text


@pytest.mark.parametrize("words", [["--lang", "es"], ["--lang=es"]])
def test_it_is_asked_for_before_a_command_or_behind_it(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "lightship --help enumera todos los comandos." in capsys.readouterr().out
    translation.use("")
    assert main(["rules", *words]) == 0
    assert translation.language() == "es"
