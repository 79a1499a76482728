"""The files for continuous integration: what they run exists, and their exit codes and comments are right."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from lightship.cli import build_parser

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "templates" / "ci.sh"
RECORDING = """#!/bin/sh
printf '%s\\n' "$@" > "$FAKE/$1.arguments"
[ "$1" = optimize ] && echo '{"outcome": "improved"}' > "$LIGHTSHIP_REPORTS/report.json"
exit "$(cat "$FAKE/$1")"
"""


def run_script(folder: Path, check: int, optimize: int, **settings: str) -> int:
    """The script's exit code with a lightship that records its arguments and ends as it is told."""
    fake = folder / "lightship"
    fake.write_text(RECORDING)
    fake.chmod(0o755)
    (folder / "check").write_text(str(check))
    (folder / "optimize").write_text(str(optimize))
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}", "FAKE": str(folder), "LIGHTSHIP_REPORTS": str(folder / "reports"),
        "GITHUB_OUTPUT": str(folder / "output"), **settings,
    }  # fmt: skip
    return subprocess.run([SCRIPT], env=environment, cwd=folder, check=False).returncode


@pytest.mark.parametrize(
    ("check", "optimize", "proof", "expected"),
    [(0, 0, "", 0), (1, 0, "", 1), (0, 4, "", 0), (0, 4, "true", 4), (1, 3, "", 3), (2, 0, "", 2)],
)
def test_the_worse_exit_code_counts(tmp_path: Path, check: int, optimize: int, proof: str, expected: int) -> None:
    assert run_script(tmp_path, check, optimize, LIGHTSHIP_REQUIRE_PROOF=proof) == expected


def test_what_the_script_runs_is_understood(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text("FROM scratch\n")
    settings = {"LIGHTSHIP_IMAGE": "app:1", "LIGHTSHIP_ENGINE": "podman", "LIGHTSHIP_FORMAT": "github"}
    further = "--require L6 --build-arg 'A=one $(touch run) two'"
    assert run_script(tmp_path, 0, 0, LIGHTSHIP_OPTIMIZE=further, **settings) == 0
    words = (tmp_path / "optimize.arguments").read_text().splitlines()
    parsed = build_parser(words).parse_args(words)
    assert parsed.build_arg == ["A=one $(touch run) two"] and parsed.engine == "podman" and parsed.dry_run
    assert not (tmp_path / "run").exists()
    assert [word.partition("=")[0] for word in parsed.report] == ["markdown", "html", "json", "sarif", "svg"]
    words = (tmp_path / "check.arguments").read_text().splitlines()
    parsed = build_parser(words).parse_args(words)
    assert (parsed.image, parsed.format) == ("app:1", "github") and str(parsed.paths[0]).endswith("Containerfile")
    assert (tmp_path / "output").read_text() == f"outcome=improved\nreports={tmp_path / 'reports'}\n"


@pytest.mark.engine
def test_the_script_for_real(engines_present: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        'FROM scratch AS build\nCOPY a /\nFROM scratch\nCOPY --from=build / /\nCMD ["/a"]\n'
    )
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LIGHTSHIP_CONTEXT": str(tmp_path),
        "LIGHTSHIP_ENGINE": engines_present[0], "LIGHTSHIP_REPORTS": str(tmp_path / "reports"),
    }  # fmt: skip
    found = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert found.returncode in (0, 1), found.stderr
    assert json.loads((tmp_path / "reports" / "report.json").read_text())["outcome"] == "nothing to gain"
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {
        f"report.{suffix}" for suffix in ("md", "html", "json", "sarif", "svg")
    }


def test_the_action_takes_every_input_as_a_variable() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    for step in steps:
        assert "${{" not in step["run"], "text of an input must not become text of a script"
        assert step["shell"] == "bash"
    given = {value for step in steps for value in [*map(str, step.get("env", {}).values()), str(step.get("if", ""))]}
    for name in action["inputs"]:
        assert any(f"inputs.{name}" in value for value in given), name
    settings = set(re.findall(r"LIGHTSHIP_\w+", SCRIPT.read_text()))
    assert settings == {name for step in steps for name in step.get("env", {}) if name.startswith("LIGHTSHIP_")}


def test_what_the_gitlab_job_runs_is_understood() -> None:
    job = yaml.safe_load((ROOT / "templates" / "lightship.gitlab-ci.yml").read_text())["lightship"]
    commands = [line for line in job["script"] if line.startswith("lightship ")]
    assert len(commands) == 2
    for command in commands:
        words = shlex.split(re.split(r" \|\| | > ", command)[0])[1:]
        build_parser(words).parse_args(words)
    for variable in set(re.findall(r"\$\{?(LIGHTSHIP_\w+)", " ".join(job["script"]))):
        assert variable in job["variables"]


class GitHub:
    """As much of GitHub's API as the comment needs."""

    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses
        self.comments: list[dict[str, Any]] = [{"id": number, "body": "another"} for number in range(150)]
        self.asked: list[str] = []

    @contextmanager
    def served(self) -> Iterator[str]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                hub.asked.append(f"{self.command} {self.path}")
                if hub.refuses and self.command != "GET":
                    self.send_error(403)
                    return
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
                document = json.dumps(hub.answer(self.command, self.path, body)).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(document)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, format: str, *args: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, method: str, path: str, body: dict[str, str]) -> Any:
        if method == "GET":
            page = int(path.rpartition("page=")[2])
            return self.comments[(page - 1) * 100 : page * 100]
        if method == "PATCH":
            next(one for one in self.comments if one["id"] == int(path.rpartition("/")[2])).update(body)
        else:
            self.comments.append({"id": 1000 + len(self.comments), **body})
        return self.comments[-1]


def comment(hub: GitHub, report: Path) -> str:
    with hub.served() as address:
        environment = {
            "GITHUB_API_URL": address, "GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t", "PULL_REQUEST": "7",
            "REPORT": str(report),
        }  # fmt: skip
        script = ROOT / "templates" / "github" / "comment.py"
        found = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True)
    return found.stdout


def test_a_pull_request_has_one_comment_for_a_dockerfile(tmp_path: Path) -> None:
    hub, report = GitHub(), tmp_path / "report.md"
    for text in ("first", "second"):
        report.write_text(f"<!-- lightship optimize: Dockerfile -->\n\n{text}\n")
        assert comment(hub, report) == ""
    assert [one["body"] for one in hub.comments[150:]] == ["<!-- lightship optimize: Dockerfile -->\n\nsecond\n"]
    assert [asked.split()[0] for asked in hub.asked] == ["GET", "GET", "POST", "GET", "GET", "PATCH"]


def test_a_comment_that_may_not_be_made_is_a_warning(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("<!-- x -->\n")
    assert comment(GitHub(refuses=True), report).startswith(
        "::warning title=lightship::the comment could not be made: 403"
    )
