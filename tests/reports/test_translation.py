"""Reports in another language: every message has a translation, and what programs read never changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.errors import UsageError
from lightship.messages import joined, said
from lightship.multistage import Hunk
from lightship.optimize import Trial
from lightship.reports import optimization_text, translation
from lightship.reports.optimizations import render
from lightship.verify import LevelResult, Verdict, compare
from verify.sample import candidate, original

from .examples import CANDIDATE, IMPROVED, NOT_PROVEN, TAKEN, outcome

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
    both = [(name, result) for name in ("json", "sarif") for result in (IMPROVED, NOT_PROVEN)]
    documents = [render(name, outcome(result)) for name, result in both]
    translation.use("es")
    assert [render(name, outcome(result)) for name, result in both] == documents
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


def test_reasons_and_what_was_compared_speak_it() -> None:
    hunk = Hunk(1, said("{name} is not shipped: {reason}", name="gcc", reason=said("a compiler or build tool")))
    rung = LevelResult(0, "same", joined("; ", [said("{count} modules", count=3), said("both images are there")]))
    candidate = replace(CANDIDATE, title=said("scratch (only what running needs)"), hunks=(hunk,))
    verdict = Verdict("SAME", 6, (rung,), ())
    trial = replace(TAKEN, candidate=candidate, verdict=verdict)
    left = Trial(candidate, problem="not tried: a smaller one is proven")
    result = replace(
        IMPROVED, trials=(trial, left), chosen=trial, remarks=(said("left out: {what} ({why})", what="a", why="b"),)
    )
    translation.use("es")
    page, markdown = render("html", outcome(result)), render("markdown", outcome(result))
    text = optimization_text(result, Path("a"), Path("b"), "")
    for one in (page, markdown.replace("\\", ""), text):
        assert "gcc no viaja: un compilador o una herramienta de construcción" in one
        assert "3 módulos; las dos imágenes existen" in one
        assert "SAME hasta L6" in one and "up to" not in one
        assert "no se probó: ya hay una más pequeña demostrada" in " ".join(one.split())
        assert "scratch (solo lo que hace falta para ejecutar)" in one
        assert "is not shipped" not in one and "both images" not in one
    assert "no se hizo: a (b)" in text and "SAME hasta L6" in render("svg", outcome(result))


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


def test_findings_speak_it_and_documents_do_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n", newline="")
    documents = []
    for language in ("en", "es"):
        assert main(["check", str(file), "--format", "json", "--lang", language]) == 1
        documents.append(capsys.readouterr().out)
    assert documents[0] == documents[1]
    assert main(["check", str(file), "--lang", "es"]) == 1
    text = capsys.readouterr().out
    assert "aviso: las listas de paquetes que descarga apt-get update se quedan en la imagen [apt_lists_kept]" in text
    assert "ayuda: terminar este RUN con rm -rf /var/lib/apt/lists/*" in text and "help:" not in text
    assert " en 1 de 1 archivo" in text.rsplit("\n", 2)[-2]


def test_all_that_a_comparison_says_is_in_the_catalogue() -> None:
    seen = compare(original(), candidate())
    against_nothing = compare(original(), replace(candidate(), runs=(), hardened=()))
    texts = [*seen.notes, *(one.why for one in seen.allowed), *(one.detail for one in seen.levels)]
    texts += [*against_nothing.notes, *(one.detail for one in against_nothing.levels)]
    texts += [one.candidate for one in (*against_nothing.differences, *against_nothing.doubts)]
    translation.use("es")
    assert len(texts) > 30
    # The sample has its own reason for a package.
    assert [text for text in texts if translation.tr(text) == text] == ["a development dependency"]
