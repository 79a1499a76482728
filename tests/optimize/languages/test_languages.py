"""Every folder in ``cases``: a single-stage Dockerfile of one language, an image described by hand, and two splits.

``expected.scratch`` and ``expected.same`` are the Dockerfiles that are made of it; ``pytest --accept`` rewrites them.
What a reader should see in them is written down in ``evidence.json`` too: ``kept`` and ``left`` are paths that both
final images have and have not, and ``left_on_scratch`` those that only the base image brings along again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.dockerfile import parse
from lightship.evidence import Evidence
from lightship.multistage import Candidate, RuntimeBase, needs_of, on_base
from lightship.multistage.on_scratch import on_scratch
from optimize.languages.described import evidence_of, read_case, started_by
from optimize.languages.shipped import shipped

CASES = sorted((Path(__file__).parent / "cases").iterdir())
LANGUAGES = {"c", "conda", "dotnet", "gradle", "maven", "php", "ruby", "rust"}


def splits(evidence: Evidence) -> dict[str, Candidate]:
    needs = needs_of(evidence)
    base = evidence.stage.from_instruction.words[0].text
    same = RuntimeBase(base, evidence.base_config, evidence.base_files, evidence.base_installed)
    return {"scratch": on_scratch(evidence, needs), "same": on_base(evidence, needs, same, "same")}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    case = read_case(folder)
    evidence = evidence_of(case, tmp_path)
    kept, left = case.written["kept"], case.written["left"]
    on_scratch_only = case.written.get("left_on_scratch", [])
    missing = [path for path in (*kept, *left, *on_scratch_only) if path not in evidence.files]
    assert not missing, "the original has no such file"
    for kind, candidate in splits(evidence).items():
        assert not candidate.refused, kind
        parsed = parse(candidate.text)
        assert not parsed.errors
        assert "".join(item.text for item in parsed.items) == candidate.text
        expected = folder / f"expected.{kind}"
        if request.config.getoption("--accept"):
            expected.write_text(candidate.text)
        assert candidate.text == expected.read_text()
        there = shipped(evidence, candidate.text)
        assert [path for path in kept if path not in there] == [], f"must be in {kind}"
        gone = [*left, *on_scratch_only] if kind == "scratch" else left
        assert [path for path in gone if path in there] == [], f"must not be in {kind}"


@pytest.mark.parametrize(
    ("name", "words", "kept"),
    [
        (
            "rust",
            ["cargo", "run", "--release"],
            [
                "app/target/release/deps/libserde-9a.rlib",
                "usr/local/cargo/bin/cargo",
                "usr/local/cargo/registry/cache/index.crates.io-6f17/serde-1.0.203.crate",
                "usr/local/rustup/settings.toml",
            ],
        ),
        (
            "maven",
            ["mvn", "exec:java"],
            [
                "root/.m2/repository/org/slf4j/slf4j-api/2.0.13/slf4j-api-2.0.13.jar",
                "usr/bin/mvn",
                "usr/share/maven/lib/maven-core-3.9.8.jar",
            ],
        ),
        ("maven", ["jlink", "--output", "/jre"], ["opt/java/openjdk/jmods/java.base.jmod"]),
        ("php", ["composer", "serve"], ["usr/bin/composer"]),
        ("php", ["sh", "-c", "docker-php-ext-enable zip && php -a"], ["usr/local/bin/docker-php-ext-install"]),
        (
            "dotnet_apphost",
            ["dotnet", "run", "--project", "/src"],
            ["usr/share/dotnet/sdk/8.0.303/MSBuild.dll", "root/.nuget/packages/npgsql/8.0.3/lib/net8.0/Npgsql.dll"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_calls_a_toolchain_keeps_it(tmp_path: Path, name: str, words: list[str], kept: list[str]) -> None:
    evidence = evidence_of(started_by(read_case(CASES[0].parent / name), words), tmp_path)
    for kind, candidate in splits(evidence).items():
        if not candidate.refused:
            there = shipped(evidence, candidate.text)
            assert [path for path in kept if path not in there] == [], f"must be in {kind}"


def test_every_language_has_a_case() -> None:
    assert {folder.name.partition("_")[0] for folder in CASES} == LANGUAGES
