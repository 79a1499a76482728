"""``lightship check``, ``explain`` and ``rules`` from the outside."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.oci.archives import config_of, docker_archive, file, tar

from lightship.cli import main
from lightship.commands.rules import pages
from lightship.rules import RULES
from lightship.rules.find import is_dockerfile_name

BAD = "FROM scratch as base\nMAINTAINER me\nCMD run\nUSER 1\n"
SELECTED = "maintainer,as_case_differs,shell_form_command"
GOOD = "FROM scratch\nUSER 1\n"
DOCS = Path(__file__).parent.parent.parent / "docs" / "reference" / "rules"
Output = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def test_text_names_place_rule_line_and_help(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", "FROM scratch\nMAINTAINER me\nUSER 1\n")
    assert main(["check"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "Dockerfile:2:1: warning: MAINTAINER is deprecated in favor of a label [maintainer]",
        "    2 | MAINTAINER me",
        "      | ^^^^^^^^^^",
        'help: write LABEL org.opencontainers.image.authors="me" (--fix)',
        "",
        "1 warning in 1 of 1 file; --fix can fix 1",
    ]


def test_nothing_found(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", GOOD)
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "nothing found in 1 file\n"
    assert main(["check", "-q"]) == 0
    assert capsys.readouterr().out == ""


def test_dockerfiles_are_found(here: Path, capsys: Output) -> None:
    for name in ("Dockerfile", "a/Containerfile", "a/Dockerfile.dev", "b/web.Dockerfile", "b/x.dockerfile"):
        write(here / name, GOOD)
    for name in (
        "Dockerfile.dockerignore",
        "README.md",
        ".git/Dockerfile",
        "node_modules/x/Dockerfile",
        "v/Dockerfile",
    ):
        write(here / name, BAD)
    write(here / "v" / "pyvenv.cfg", "")
    assert main(["check", "--json"]) == 0
    names = [one["file"] for one in json.loads(capsys.readouterr().out)["files"]]
    assert names == ["Dockerfile", "a/Containerfile", "a/Dockerfile.dev", "b/web.Dockerfile", "b/x.dockerfile"]


@pytest.mark.parametrize("name", ["Dockerfile.dockerignore", "Dockerfile.j2", "Dockerfile.md", "dockerfile.py", "file"])
def test_names_that_are_none(name: str) -> None:
    assert not is_dockerfile_name(name)


def test_one_bad_file_does_not_stop_the_others(here: Path, capsys: Output) -> None:
    write(here / "a" / "Dockerfile", "FRUM scratch\n")
    write(here / "b" / "Dockerfile", BAD)
    (here / "c").mkdir()
    (here / "c" / "Dockerfile").symlink_to(here / "nowhere")
    assert main(["check", "a", "missing", "c/Dockerfile", "b", "--select", "syntax_error,maintainer"]) == 2
    out, err = capsys.readouterr()
    assert "a/Dockerfile:1:1: error: unknown instruction: FRUM [syntax_error]" in out
    assert "b/Dockerfile:2:1: warning" in out
    assert err.count("error: no such file or directory") == 2


def test_standard_input(monkeypatch: pytest.MonkeyPatch, here: Path, capsys: Output) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["check", "-", "--select", "maintainer"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:2:1: warning")


def test_fixing_standard_input_prints_the_file(monkeypatch: pytest.MonkeyPatch, here: Path, capfd: object) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["check", "-", "--fix", "--select", "maintainer"]) == 0
    out, err = capfd.readouterr()  # type: ignore[attr-defined]
    assert out == BAD.replace("MAINTAINER me", 'LABEL org.opencontainers.image.authors="me"')
    assert "made 1 fix" in err


def test_fix_writes_safe_fixes_and_a_second_run_changes_nothing(here: Path, capsys: Output) -> None:
    path = write(here / "Dockerfile", BAD.replace("\n", "\r\n"))
    path.chmod(0o640)
    assert main(["check", "--fix", "--select", SELECTED]) == 1
    fixed = 'FROM scratch AS base\nLABEL org.opencontainers.image.authors="me"\nCMD run\nUSER 1\n'
    assert path.read_bytes() == fixed.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "made 2 fixes" in capsys.readouterr().out
    before = path.stat().st_mtime_ns
    main(["check", "--fix", "--select", SELECTED])
    assert path.stat().st_mtime_ns == before
    assert main(["check", "--unsafe-fixes", "--select", "shell_form_command"]) == 0
    assert b'CMD ["run"]' in path.read_bytes()


def test_a_link_stays_a_link(here: Path) -> None:
    write(here / "real", BAD)
    (here / "Dockerfile").symlink_to("real")
    main(["check", "--fix"])
    assert (here / "Dockerfile").is_symlink()
    assert "MAINTAINER" not in (here / "real").read_text()


def test_diff_writes_nothing(here: Path, capfd: object) -> None:
    path = write(here / "Dockerfile", "FROM scratch\nMAINTAINER me")
    assert main(["check", "--diff", "--select", "maintainer"]) == 1
    out, err = capfd.readouterr()  # type: ignore[attr-defined]
    assert path.read_text() == "FROM scratch\nMAINTAINER me"
    assert out == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,2 @@\n FROM scratch\n"
        "-MAINTAINER me\n\\ No newline at end of file\n"
        '+LABEL org.opencontainers.image.authors="me"\n\\ No newline at end of file\n'
    )
    assert "1 warning" in err


def test_settings_hold_for_the_files_below_them(here: Path, capsys: Output) -> None:
    write(here / "a" / "Dockerfile", BAD)
    write(here / "a" / "lightship.toml", '[check]\nselect = ["maintainer"]\n')
    write(here / "b" / "deep" / "Dockerfile", BAD)
    write(here / "b" / "pyproject.toml", '[tool.lightship.check.ignore]\nall = "other people\'s file"\n')
    write(here / "c" / "Dockerfile", BAD)
    write(here / "lightship.toml", '[check]\nselect = ["as_case_differs"]\nfail_on = "error"\nexclude = ["c/*"]\n')
    assert main(["check", "--json"]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(one["file"], [found["rule"] for found in one["findings"]]) for one in files] == [
        ("a/Dockerfile", ["maintainer"]),
        ("b/deep/Dockerfile", []),
    ]


def test_settings_that_are_wrong_name_their_place(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", BAD)
    write(here / "a" / "Dockerfile", BAD)
    write(here / "lightship.toml", '[check]\nselect = ["maintaner"]\n')
    assert main(["check"]) == 2
    assert capsys.readouterr().err.count("lightship.toml: error: no rule is called maintaner") == 1


def test_fail_on(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", BAD)
    assert main(["check", "--select", "maintainer", "--fail-on", "error"]) == 0
    assert "1 warning" in capsys.readouterr().out


def test_select_and_ignore(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", BAD)
    assert main(["check", "--select", "DL4000,FromAsCasing", "--ignore", "maintainer", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert [one["rule"] for one in found] == ["as_case_differs"]
    assert main(["check", "--select", "nothing_like_it"]) == 2
    assert "no rule is called nothing_like_it" in capsys.readouterr().err


def test_json(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", "FROM scratch\nMAINTAINER me\nUSER 1\n")
    assert main(["check", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "lightship.check/1"
    assert document["summary"] == {
        "files": 1, "findings": 1, "error": 0, "warning": 1, "info": 0, "safe_fixes": 1, "unsafe_fixes": 0,
    }  # fmt: skip
    found = document["files"][0]["findings"][0]
    edit = found.pop("fixes")[0]["edits"][0]
    assert edit == {"span": [13, 26], "replacement": 'LABEL org.opencontainers.image.authors="me"'}
    assert found == {
        "rule": "maintainer",
        "codes": ["MaintainerDeprecated", "DL4000"],
        "severity": "warning",
        "category": "correctness",
        "message": "MAINTAINER is deprecated in favor of a label",
        "help": 'write LABEL org.opencontainers.image.authors="me"',
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 11,
        "span": [13, 23],
        "bytes": None,
    }


def test_sarif(here: Path, capsys: Output) -> None:
    write(here / "a b" / "Dockerfile", BAD)
    assert main(["check", "--format", "sarif", "--select", "maintainer,as_case_differs"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["as_case_differs", "maintainer"]
    first, second = run["results"]
    assert (first["level"], second["level"]) == ("note", "warning")
    assert rules[second["ruleIndex"]]["id"] == second["ruleId"] == "maintainer"
    place = second["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/Dockerfile"
    assert place["region"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 11}
    replacement = second["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"].startswith("LABEL ")


def test_github(here: Path, capsys: Output) -> None:
    write(here / "Dockerfile", "FROM scratch\nENV TOKEN=1\nUSER 1\n")
    assert main(["check", "--format", "github"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("::warning file=Dockerfile,line=2,endLine=2,title=lightship%3A secret_in_arg_or_env,col=5,")
    assert (
        first.partition("::")[2].partition("::")[2].startswith("Do not use ARG or ENV instructions for sensitive data")
    )
    assert "%0A" in first


def test_junit(here: Path, capsys: Output) -> None:
    write(here / "a" / "Dockerfile", BAD.replace("me", "<me> & \x01"))
    write(here / "b" / "Dockerfile", GOOD)
    assert main(["check", "--format", "junit", "--select", "maintainer"]) == 1
    root = ElementTree.fromstring(capsys.readouterr().out)
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    failure = root.find("testsuite[@name='a/Dockerfile']/testcase/failure")
    assert failure is not None
    assert failure.text is not None
    assert "MAINTAINER <me> & \ufffd" in failure.text


def test_bytes_of_an_image(here: Path, capsys: Output) -> None:
    base, layer = tar([file("bin/sh", b"x")]), tar([file("var/lib/apt/lists/a", b"x" * 5000), file("etc/x", b"y")])
    history = [
        {"created_by": "base"},
        {"created_by": "RUN /bin/sh -c apt-get update # buildkit"},
        {"created_by": 'CMD ["true"]', "empty_layer": True},
    ]
    docker_archive(here / "image.tar", [base, layer], config=config_of([base, layer], history=history))
    write(here / "Dockerfile", 'FROM debian:12\nRUN apt-get update && apt-get install -y x\nCMD ["true"]\n')
    assert main(["check", "Dockerfile", "--image", "image.tar", "--select", "apt_lists_kept", "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert found["bytes"] == 5000
    assert main(["check", "Dockerfile", "--image", "image.tar", "--select", "apt_lists_kept"]) == 1
    assert "(5.0 kB) [apt_lists_kept]" in capsys.readouterr().out


def test_an_image_is_of_one_file(here: Path, capsys: Output) -> None:
    write(here / "a" / "Dockerfile", GOOD)
    write(here / "b" / "Dockerfile", GOOD)
    assert main(["check", "--image", "x"]) == 2
    assert "--image is about one Dockerfile" in capsys.readouterr().err


def test_explain(capsys: Output) -> None:
    for name in ("maintainer", "DL4000", "MaintainerDeprecated"):
        assert main(["explain", name]) == 0
        assert capsys.readouterr().out.startswith("# maintainer\n\nseverity warning · category correctness")
    assert main(["explain", "maintaner"]) == 2
    assert "did you mean maintainer?" in capsys.readouterr().err


def test_rules(capsys: Output) -> None:
    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {rule.name} " in out for rule in RULES)
    assert main(["rules", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in document["rules"]] == [rule.name for rule in RULES]


def test_the_pages_in_docs_are_those_of_the_docstrings() -> None:
    written = {path.name: path.read_text() for path in DOCS.glob("*.md")}
    assert written == pages(), "run: lightship rules --write-docs docs/reference/rules"
