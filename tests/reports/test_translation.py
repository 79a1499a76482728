"""Reports in another language: every message has a translation, and what programs read never changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.errors import UsageError
from lightship.messages import said
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


def test_errors_speak_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["optimize", str(tmp_path / "none"), "--lang", "es"]) == 2
    assert capsys.readouterr().err.startswith(
        f"{tmp_path}/none: error: el contexto de construcción no se puede usar\npor qué: no existe esa carpeta\nayuda: "
    )


def test_what_others_said_stays_as_they_said_it() -> None:
    translation.use("es")
    error = UsageError(said("{argv} is not installed", argv="files"), where="files", why="exit 127: no such thing")
    assert error.text(translation.tr) == "files: error: files no está instalado\npor qué: exit 127: no such thing"
    assert str(error).startswith("files: error: files is not installed")
    assert translation.told("files") == "files" and translation.tr("files") == "archivos"
    assert translation.tr("") == ""


def test_help_and_complaints_about_arguments_speak_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "es", "optimize", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("uso: lightship optimize") and "no escribir nada" in text and "opciones:" in text
    translation.use("")
    assert main(["optimize", "--lang=es", "--threshold", "much"]) == 2
    assert "argumento --threshold: valor de float no válido: 'much'" in capsys.readouterr().err


def test_it_is_english_again_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "es", "optimize", "--help"]) == 0
    translation.use("en")
    assert main(["optimize", "--help"]) == 0
    text = capsys.readouterr().out
    assert "usage: lightship optimize" in text and "write nothing" in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["es"], ""),
        (["check", "--lang", "es"], "es"),
        (["--lang=es", "check"], "es"),
        (["--lang"], ""),
        (["--lang", "de"], ""),
        (["--language=es"], ""),
    ],
)
def test_the_command_line_says_which(words: list[str], expected: str) -> None:
    assert translation.asked_for(words) == expected
