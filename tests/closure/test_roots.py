"""Roots: what ENTRYPOINT, CMD and HEALTHCHECK start."""

from __future__ import annotations

import json

import pytest

from elf.trees import MemoryTree, elf, link, program
from lightship.closure import Root, roots
from lightship.oci.model import Healthcheck, ImageConfig


def tree() -> MemoryTree:
    names = (
        "sh bash env python3 node npm curl git gunicorn uvicorn celery tini gosu uv poetry sleep nginx migrate serve"
    )
    return MemoryTree(
        {
            **{f"usr/bin/{name}": program(elf(kind=2)) for name in names.split()},
            "bin": link("usr/bin"),
            "app/app.py": "print()",
            "app/package/__main__.py": "",
            "app/tools/tool": program("#!/bin/sh\n"),
            "app/.venv/bin/activate": "",
            "app/.venv/bin/gunicorn": program("#!/app/.venv/bin/python\n"),
            "app/.venv/bin/python": link("/usr/bin/python3"),
            "app/server.js": "",
            "app/start.sh": program("#!/bin/sh\n"),
            "app/plain.sh": "celery worker",
            "app/conf/gunicorn.conf.py": "",
            "app/package.json": json.dumps(
                {"scripts": {"start": "node server.js", "prestart": "migrate up", "serve": "serve -s build"}}
            ),
        }
    )


def found(
    cmd: list[str] | None = None,
    entrypoint: list[str] | None = None,
    healthcheck: list[str] | None = None,
    shell: list[str] | None = None,
) -> list[str]:
    config = ImageConfig(
        working_dir="/app",
        entrypoint=None if entrypoint is None else tuple(entrypoint),
        cmd=None if cmd is None else tuple(cmd),
        shell=None if shell is None else tuple(shell),
        healthcheck=None if healthcheck is None else Healthcheck(tuple(healthcheck)),
        env=(("PATH", "/usr/local/bin:/usr/bin:/bin"), ("PORT", "80")),
    )
    return list(dict.fromkeys(root.path for root in roots(config, tree()) if root.certain))


@pytest.mark.parametrize(
    ("cmd", "paths"),
    [
        (["python3", "app.py"], "usr/bin/python3 app/app.py"),
        (["python3", "-u", "-W", "ignore", "app.py", "--port", "80"], "usr/bin/python3 app/app.py"),
        (["python3", "-m", "http.server"], "usr/bin/python3"),
        (["gunicorn", "-c", "conf/gunicorn.conf.py", "app:app"], "usr/bin/gunicorn app/conf/gunicorn.conf.py"),
        (["gunicorn", "--config=/app/conf/gunicorn.conf.py"], "usr/bin/gunicorn app/conf/gunicorn.conf.py"),
        (["/bin/sh", "-c", "gunicorn app:app --bind :$PORT"], "bin/sh usr/bin/gunicorn"),
        (["/bin/sh", "-c", "cd /app && exec uvicorn main:app"], "bin/sh usr/bin/uvicorn"),
        (["bash", "-lc", "X=1 git pull; (curl x || sleep 1)"], "usr/bin/bash usr/bin/git usr/bin/curl usr/bin/sleep"),
        (["./start.sh"], "app/start.sh"),
        (["sh", "-c", ". .venv/bin/activate && gunicorn"], "usr/bin/sh app/.venv/bin/activate app/.venv/bin/gunicorn"),
        (["sh", "-c", "export PATH=/app/tools:$PATH; tool"], "usr/bin/sh app/tools/tool"),
        (["sh", "-c", "cd tools && ./tool; (cd /); ./start.sh"], "usr/bin/sh app/tools/tool app/start.sh"),
        (["sh", "-c", "trap 'curl x' EXIT; su app -c 'git pull'"], "usr/bin/sh usr/bin/curl su usr/bin/git"),
        (["sh", "plain.sh"], "usr/bin/sh app/plain.sh"),
        (["node", "server"], "usr/bin/node app/server.js"),
        (["npm", "start"], "usr/bin/npm app/package.json usr/bin/migrate usr/bin/node app/server.js"),
        (["npm", "run", "serve", "--", "-l", "80"], "usr/bin/npm app/package.json usr/bin/serve"),
        (["npm", "--prefix", "/app", "run-script", "serve"], "usr/bin/npm app/package.json usr/bin/serve"),
        (["uv", "run", "python3", "app.py"], "usr/bin/uv usr/bin/python3 app/app.py"),
        (["poetry", "run", "gunicorn"], "usr/bin/poetry app/.venv/bin/gunicorn"),
        (["uv", "run", "--no-sync", "app.py"], "usr/bin/uv app/.venv/bin/python app/app.py"),
        (["python3", "-m", "package.main"], "usr/bin/python3 app/package"),
        (["python3", "-m", "app"], "usr/bin/python3 app/app.py"),
        (["env", "-i", "A=b", "python3", "app.py"], "usr/bin/env usr/bin/python3 app/app.py"),
        (["nothing", "here"], "nothing"),
    ],
)  # fmt: skip
def test_commands(cmd: list[str], paths: str) -> None:
    assert found(cmd) == paths.split()


def test_an_entry_point_gets_the_command_as_arguments() -> None:
    assert found(["python3", "app.py"], ["tini", "--", "gosu", "nobody"]) == [
        "usr/bin/tini",
        "usr/bin/gosu",
        "usr/bin/python3",
        "app/app.py",
    ]
    assert found(["uvicorn"], ["./start.sh"]) == ["app/start.sh", "usr/bin/uvicorn"]
    # Mere arguments are no programs.
    assert found(["runserver"], ["python3", "app.py"]) == ["usr/bin/python3", "app/app.py"]


def test_health_checks() -> None:
    assert found(healthcheck=["CMD", "curl", "-f", "http://localhost"]) == ["usr/bin/curl"]
    assert found(healthcheck=["CMD-SHELL", "curl -f http://localhost || exit 1"]) == ["bin/sh", "usr/bin/curl"]
    assert found(healthcheck=["CMD-SHELL", "git status"], shell=["/bin/bash", "-c"]) == ["bin/bash", "usr/bin/git"]
    assert found(healthcheck=["NONE"]) == []


def test_trees_and_nothing() -> None:
    assert roots(ImageConfig(), tree(), trees=["/app/"]) == (Root("app", "tree"),)
    assert roots(ImageConfig(), tree()) == ()
