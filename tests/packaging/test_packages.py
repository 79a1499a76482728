"""Wheel and sdist: they build, an empty environment can use them, and they need no more than they declare."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from lightship.commands import COMMANDS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lightship"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Every command's own module, templates, assets and catalogues, from the wheel and nowhere else.
USE = """
import sys
import lightship
from lightship.cli import main
from lightship.commands import COMMANDS
from lightship.reports import translation
from lightship.reports.html import rendered

assert lightship.__file__.startswith(sys.prefix), lightship.__file__
sys.argv[0] = "lightship"
for name, _ in COMMANDS:
    assert main([name, "--help"]) == 0
assert "<svg" in rendered("mark.svg.j2", {})
translation.use("es")
assert translation.tr("layers") == "capas"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, check=True, capture_output=True
    )
    return folder


def tracked(folder: str) -> set[str]:
    found = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True)
    return {line for line in found.stdout.splitlines() if (ROOT / line).is_file()}


def test_the_packages_hold_all_that_belongs_to_them_and_nothing_else(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    names = {name for name in ZipFile(wheel).namelist() if not re.match(r"lightship-[^/]*\.dist-info/", name)}
    wanted = {name.removeprefix("src/") for name in tracked("src")}
    assert wanted <= names
    assert not [name for name in names if "__pycache__" in name]
    assert [name for name in names if name.endswith(".data/data/share/man/man1/lightship.1")], "man lightship"
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked("src") | tracked("tests") | {"LICENSE", "NOTICE", "README.md", "pyproject.toml"} <= held
    assert not {name for name in held if name.startswith((".venv", ".git/")) or name.endswith(".pyc")}


def test_an_empty_environment_can_use_the_wheel(built: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", with_pip=False)
    python = tmp_path / "empty" / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    # Its dependencies are lent by this environment; which ones it may have is the next test's.
    found = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    (Path(found.stdout.strip()) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    program = tmp_path / "empty" / "bin" / "lightship"
    version = subprocess.run([program, "--version"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert version == f"lightship {PROJECT['version']}\n"
    used = subprocess.run([python, "-c", USE], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert used.returncode == 0, used.stderr
    for name, _ in COMMANDS:
        assert f"usage: lightship {name}" in used.stdout


def test_every_import_is_a_declared_dependency() -> None:
    declared = {normal(re.split(r"[<>=!~; \[]", line)[0]) for line in PROJECT["dependencies"]}
    optional = {
        normal(re.split(r"[<>=!~; \[]", line)[0])
        for extra, lines in PROJECT["optional-dependencies"].items()
        if extra != "dev"
        for line in lines
    }
    provided = packages_distributions()
    used = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"lightship"}:
                used |= {normal(one) for one in provided.get(top, [top])}
    # Jinja2 itself depends on MarkupSafe, whose one type we name.
    assert used - {"markupsafe"} <= declared | optional
    assert declared <= used, "what is declared is used"
    listed = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert not {name for name in declared | optional if name not in listed}, "docs/dependencies.md says why"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
