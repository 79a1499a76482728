"""The published JSON Schemas are those of the code, and what is printed fits them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from inspection.images import full_archive
from inspection.schemas import document_schema, schema_of
from lightship.cli import main
from lightship.inspection import Inspection
from lightship.inspection.bases import BaseImage
from lightship.inspection.difference import ImageDifference
from lightship.rebuild import RebuildCost
from lightship.reports.rebuild import rebuild_json

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
_SCAN = {
    "type": "object",
    "properties": {
        "scanner": {"type": "string"},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "problem": {"type": "string"},
    },
    "required": ["scanner", "counts", "problem"],
    "additionalProperties": False,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "inspect": document_schema(
        "lightship.inspect/1",
        "lightship inspect",
        schema_of(Inspection)["properties"] | {"vulnerabilities": {"type": "array", "items": _SCAN}},
        optional=("vulnerabilities",),
    ),
    "bases": document_schema(
        "lightship.bases/1", "lightship bases", {"bases": {"type": "array", "items": schema_of(BaseImage)}}
    ),
    "diff": document_schema("lightship.diff/1", "lightship diff", schema_of(ImageDifference)["properties"]),
    "rebuild": document_schema(
        "lightship.rebuild/1",
        "lightship rebuild",
        {"engine": {"type": "string"}, "costs": {"type": "array", "items": schema_of(RebuildCost)}},
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_is_published_is_what_the_code_says(name: str, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{name}-1.json"
    text = json.dumps(SCHEMAS[name], indent=2) + "\n"
    if request.config.getoption("--accept"):
        path.write_text(text)
    assert path.read_text() == text, "a field is never taken away within a version; make accept writes the file"


def test_what_is_printed_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = str(full_archive(tmp_path / "image.tar"))
    for words in (["inspect", archive, "--no-cache", "--json"], ["diff", archive, archive, "--json"]):
        assert main(words) == 0
        _fits(words[0], capsys.readouterr().out)
    _fits("rebuild", rebuild_json([RebuildCost("Dockerfile", "E0", "nothing", ran=("RUN x",))], "docker"))


def _fits(name: str, text: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    Draft202012Validator(SCHEMAS[name]).validate(json.loads(text))
