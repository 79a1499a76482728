"""What was proven is kept, whatever becomes of the output file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.errors import EXIT_OK, EXIT_USAGE
from lightship.text import decode, encode

from .examples import IMPROVED


@contextmanager
def no_engine(name: str | None, *, verbose: bool) -> Iterator[None]:
    yield None


def test_what_cannot_be_written_is_reported_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr("lightship.commands.engine.opened_engine", no_engine)
    monkeypatch.setattr("lightship.optimize.optimize", lambda *_: replace(IMPROVED, ignore_file=None))
    context, kept = tmp_path / "context", tmp_path / "kept"
    context.mkdir()
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    (context / "Dockerfile").write_bytes(encode(IMPROVED.original_text))
    output = context / "Dockerfile.lightship"
    output.write_text("somebody's\n")
    assert main(["optimize", str(context)]) == EXIT_USAGE
    said = capfdbinary.readouterr()
    out, err = decode(said.out), decode(said.err)
    assert "already there: without --force it stays as it is" in err
    assert f"{output} was not written." in out and "Why each change" in out
    assert output.read_text() == "somebody's\n"
    (found,) = kept.iterdir()
    assert found.read_bytes() == encode(IMPROVED.text) and f"was kept as {found}" in err
    assert main(["optimize", str(context), "--force"]) == EXIT_OK
    assert output.read_bytes() == encode(IMPROVED.text)
