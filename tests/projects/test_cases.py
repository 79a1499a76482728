"""Every folder in ``cases``: a project becomes ``expected.Dockerfile``, or is refused with ``expected.error``.

``arguments`` are those of the command line. ``pytest --accept`` rewrites what is expected.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.dockerfile import parse

CASES = sorted((Path(__file__).parent / "cases").iterdir())
REFUSED = "refused_"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "project"
    shutil.copytree(case / "project", folder)
    given = case / "arguments"
    arguments = shlex.split(given.read_text()) if given.exists() else []
    before = sorted(folder.rglob("*"))
    status = main(["init", str(folder), *arguments])
    error = capsys.readouterr().err.replace(str(folder), "PROJECT")
    if case.name.startswith(REFUSED):
        assert status == (2 if "nothing_known" in case.name or "broken" in case.name else 4), error
        assert "help: " in error
        assert sorted(folder.rglob("*")) == before, "a refusal leaves nothing behind"
        expect(case / "expected.error", error, request)
        return
    assert status == 0, error
    text = (folder / "Dockerfile").read_text()
    expect(case / "expected.Dockerfile", text, request)
    expect(case / "expected.notes", error, request)
    assert "".join(item.text for item in parse(text).items) == text
    assert main(["check", str(folder)]) == 0, capsys.readouterr().out
    assert {path.name for path in folder.iterdir()} >= {"Dockerfile", ".dockerignore"}
    # What is written is a Dockerfile that is there: a second run leaves it alone.
    assert main(["init", str(folder), *arguments]) == 2
    assert (folder / "Dockerfile").read_text() == text


def expect(file: Path, text: str, request: pytest.FixtureRequest) -> None:
    """Compare with the file; an empty text has none."""
    if request.config.getoption("--accept") and text:
        file.write_text(text)
    elif request.config.getoption("--accept"):
        file.unlink(missing_ok=True)
    assert text == (file.read_text() if file.exists() else "")
