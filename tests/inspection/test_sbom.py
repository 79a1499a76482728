"""Bills of materials: valid by the standards' own checkers, the same every time, and complete."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from inspection.images import full_archive
from lightship.cli import main

URLS = {
    "pkg:deb/libfoo1@1.2-3",
    "pkg:deb/libfoo-dev@1.2-3",
    "pkg:pypi/foo@2.0",
    "pkg:npm/%40a/b@5.0.1",
    "pkg:npm/c",
    "pkg:maven/org.x/app@3.1",
    "pkg:maven/org.y/log@0.9",
    "pkg:generic/inner@1.0",
    "pkg:golang/example.org/app@v1.4.0",
    "pkg:golang/example.org/dep@v0.2.0",
    "pkg:golang/stdlib@1.22.1",
}


def _written(tmp_path: Path, name: str) -> str:
    archive = tmp_path / "image.tar"
    if not archive.exists():
        full_archive(archive)
    output = tmp_path / f"{name}.json"
    assert main(["sbom", str(archive), "--format", name, "-o", str(output)]) == 0
    return output.read_text()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_cyclonedx_is_valid_and_names_every_package(tmp_path: Path) -> None:
    text = _written(tmp_path, "cyclonedx")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert {one["purl"] for one in document["components"]} == URLS
    assert document["metadata"]["component"]["type"] == "container"
    assert _written(tmp_path, "cyclonedx") == text


def test_spdx_is_valid_and_names_every_package(tmp_path: Path) -> None:
    text = _written(tmp_path, "spdx")
    document = parse_file(str(tmp_path / "spdx.json"))
    assert validate_full_spdx_document(document) == []
    assert {one.external_references[0].locator for one in document.packages[1:]} == URLS
    assert _written(tmp_path, "spdx") == text


def test_without_the_library_one_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith(("cyclonedx", "lightship.reports.sboms."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    assert main(["sbom", str(full_archive(tmp_path / "image.tar"))]) == 2
    assert "lightship[sbom]" in capsys.readouterr().err


def _scanner(folder: Path, name: str, output: str, code: int = 0) -> None:
    path = folder / name
    path.write_text(
        f"#!/bin/sh\necho \"$@\" >>{folder}/asked\ncat <<'END'\n{output}\nEND\necho problem >&2\nexit {code}\n"
    )
    path.chmod(0o755)


def test_scanners_are_asked_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = full_archive(tmp_path / "image.tar")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    inspect = ["inspect", str(archive), "--vulnerabilities"]
    monkeypatch.setenv("PATH", str(bin_))
    assert main(inspect) == 0
    assert "neither trivy nor grype is on this machine" in capsys.readouterr().out
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    _scanner(bin_, "trivy", '{"Results": [{"Vulnerabilities": [{"Severity": "HIGH"}, {"Severity": "LOW"}]}, {}]}')
    _scanner(bin_, "grype", "", code=1)
    assert main([*inspect, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["vulnerabilities"] == [
        {"scanner": "trivy", "counts": {"high": 1, "low": 1}, "problem": ""},
        {"scanner": "grype", "counts": {}, "problem": "problem"},
    ]
    asked = (bin_ / "asked").read_text()
    assert f"--input {archive}" in asked
    assert f"docker-archive:{archive}" in asked
