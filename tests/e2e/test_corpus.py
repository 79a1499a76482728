"""The corpus itself: every case can be loaded, is single-stage, says what it is for, and asks for something."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

from .conftest import QUICK
from .corpus import Case, cases, load

ALL = cases()


@pytest.mark.parametrize("one", ALL, ids=lambda case: case.name)
def test_is_a_single_stage_project_with_a_purpose_and_probes(one: Case) -> None:
    text = one.dockerfile_path.read_text()
    assert len(re.findall(r"(?m)^\s*FROM\s", text)) == 1
    assert one.purpose
    assert one.trap
    assert re.fullmatch(r"[a-z]+/[a-z0-9_]+", one.name)
    assert one.http or one.exec or one.inside or one.end or one.verify
    assert bool(one.http) <= bool(one.port), "an http probe needs a port"
    assert one.context_path.is_dir()
    for secret in one.secret_flags:
        assert Path(secret.rpartition("src=")[2]).is_file()


@pytest.mark.parametrize("one", [case for case in ALL if case.verify], ids=lambda case: case.name)
def test_verify_can_be_run(one: Case) -> None:
    assert one.verify is not None
    assert os.access(one.verify, os.X_OK)
    ast.parse(one.verify.read_text())


def test_quick_cases_are_there_and_quick() -> None:
    by_name = {case.name: case for case in ALL}
    assert [name for name in QUICK if name not in by_name or by_name[name].slow] == []


def test_no_two_cases_are_for_the_same_trap() -> None:
    traps = [case.trap for case in ALL]
    assert sorted({trap for trap in traps if traps.count(trap) > 1}) == []


def test_unknown_keys_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "python" / "wrong"
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text('purpose = "a"\ntrap = "b"\nprot = 8000\n')
    with pytest.raises(ValueError, match="unknown key prot"):
        load(folder)


def test_unknown_runtimes_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "python" / "wrong"
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text('purpose = "a"\ntrap = "b"\nruntimes = ["tiny"]\n')
    with pytest.raises(ValueError, match="no runtime kind 'tiny'"):
        load(folder)


def test_values_are_frozen(tmp_path: Path) -> None:
    folder = tmp_path / "go" / "right"
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(
        'purpose = "a"\ntrap = "b"\nport = 80\nbuild_args = { V = "1" }\n[[http]]\npath = "/"\nheaders = { A = "b" }\n'
        '[[exec]]\nargv = ["x", "y"]\n[end]\nexit = 3\n'
    )
    case = load(folder)
    assert case.name == "go/right"
    assert case.build_args == (("V", "1"),)
    assert case.http[0].headers == (("A", "b"),)
    assert case.exec[0].argv == ("x", "y")
    assert case.end is not None
    assert case.end.exit == 3
    hash(case)
