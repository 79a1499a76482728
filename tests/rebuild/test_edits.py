"""Which files are edited, and that an edit means nothing to the file's language."""

from __future__ import annotations

import ast
import json
import tomllib

import pytest

from lightship.rebuild.edits import changes_for, edited

PYTHON = (
    "README.rst",
    "app/__init__.py",
    "main.py",
    "requirements-dev.txt",
    "requirements.txt",
    "setup.cfg",
    "tests/a.py",
)


def _file(code: str, files: tuple[str, ...], dockerfile: str = "FROM x\n") -> str:
    return next(one.file for one in changes_for(files, dockerfile) if one.code == code)


def test_the_file_that_the_dockerfile_names_is_edited() -> None:
    text = 'FROM x\nCOPY requirements.txt .\nCMD ["uvicorn", "main:app"]\n'
    assert [one.file for one in changes_for(PYTHON, text)] == ["", "main.py", "requirements.txt", "README.rst", ""]
    assert _file("E1", ("a.js", "server.js", "lib/b.js"), 'CMD ["node", "server.js"]') == "server.js"
    assert _file("E2", ("app/package.json", "web/package.json", "go.mod"), "COPY go.mod .") == "go.mod"


def test_otherwise_the_highest_that_is_the_programs_own() -> None:
    assert _file("E1", ("node_modules/a.js", "src/deep/c.js", "src/b.js")) == "src/b.js"
    assert _file("E2", ("node_modules/x/package.json", "app/package.json")) == "app/package.json"


def test_without_such_a_file_that_is_said() -> None:
    problems = {one.code: bool(one.problem) for one in changes_for(("Dockerfile", "data.bin"), "FROM x\n")}
    assert problems == {"E0": False, "E1": True, "E2": True, "E3": False, "E4": False}
    assert _file("E3", ()) == "README.md"


@pytest.mark.parametrize("text", ["x = 1\n", "x = 1", ""])
def test_a_remark_ends_the_file(text: str) -> None:
    assert ast.dump(ast.parse(edited("a.py", text, "t"))) == ast.dump(ast.parse(text))
    assert edited("a.py", text, "1") != edited("a.py", text, "2")
    assert edited("go.mod", "module x\n", "t") == "module x\n// lightship rebuild t\n"
    assert tomllib.loads(edited("pyproject.toml", "[a]\nb = 1", "t")) == {"a": {"b": 1}}


def test_json_gets_one_more_key() -> None:
    assert json.loads(edited("package.json", '{"name": "x"}', "t")) == {"name": "x", "lightship-rebuild": "t"}
    assert json.loads(edited("package.json", "{ }", "t")) == {"lightship-rebuild": "t"}
