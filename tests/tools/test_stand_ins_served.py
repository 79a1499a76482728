"""The stand-ins as an engine gets them: found under their official names, in the official images' shape."""

import http.client
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from stand_ins.registry import ACCEPT

ENGINES = {
    "docker": ["docker", "build", "--network", "host", "--quiet"],
    "podman": ["podman", "build", "--network", "host", "--quiet"],
    "buildah": ["buildah", "bud", "--network", "host", "--quiet"],
}


def config(port: int, repository: str, tag: str) -> dict[str, Any]:
    """An image's config, read from the registry."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/v2/{repository}/manifests/{tag}", headers={"Accept": ACCEPT})
    manifest = json.loads(connection.getresponse().read())
    connection.request("GET", f"/v2/{repository}/blobs/{manifest['config']['digest']}")
    found: dict[str, Any] = json.loads(connection.getresponse().read())["config"]
    return found


def test_python_has_the_shape_of_the_official_image(port: int) -> None:
    python = config(port, "library/python", "3.11-slim")
    environment = dict(entry.split("=", 1) for entry in python["Env"])
    assert python["Cmd"] == ["python3"]
    assert not python.get("Entrypoint")
    assert environment["PATH"].startswith("/usr/local/bin:")
    assert environment["LANG"] == "C.UTF-8"
    assert environment["PYTHON_VERSION"].startswith("3.11.")
    assert python["Labels"]["io.lightship.stand-in"] == "true"


@pytest.mark.parametrize(("tag", "user", "folder"), [("latest", "0", "/"), ("nonroot", "65532", "/home/nonroot")])
@pytest.mark.parametrize("kind", ["static", "base", "cc", "python3"])
def test_distroless_runs_as_in_the_original(port: int, kind: str, tag: str, user: str, folder: str) -> None:
    for repository in (f"gcr.io/distroless/{kind}-debian12", f"gcr.io/distroless/{kind}"):
        image = config(port, repository, tag)
        assert (image["User"], image["WorkingDir"]) == (user, folder)
        assert (image.get("Entrypoint") or []) == (["/usr/bin/python3.11"] if kind == "python3" else [])


def test_a_second_run_is_quick_and_two_at_once_agree(port: int, root: Path) -> None:
    started = time.monotonic()
    runs = [subprocess.Popen([sys.executable, root / "tools" / "bases"], stderr=subprocess.PIPE) for _ in range(2)]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert time.monotonic() - started < 10
    for run in runs:
        assert run.stderr is not None
        assert b"0 new" in run.stderr.read()


@pytest.mark.engine
@pytest.mark.parametrize("engine", ENGINES)
def test_an_unmodified_dockerfile_builds(
    port: int, engine: str, engines_present: tuple[str, ...], tmp_path: Path
) -> None:
    if engine not in engines_present or shutil.which(engine) is None:
        pytest.skip(f"{engine} does not work here")
    # A package from PyPI proves that the authorities of this machine are in, with no flag but the network's.
    (tmp_path / "Dockerfile").write_text(
        "FROM gcr.io/distroless/static-debian12 AS accounts\n"
        "FROM python:3.11-slim\n"
        "COPY --from=accounts /etc/passwd /tmp/passwd\n"
        "RUN pip install --no-cache-dir six==1.16.0 && python -c 'import six, ssl, sqlite3'\n"
        "RUN apt-get update -qq\n"
        "RUN test ! -e /var/cache/apt/pkgcache.bin && grep -q nonroot /tmp/passwd\n"
    )
    command = [*ENGINES[engine], "--tag", "lightship-test-stand-ins", tmp_path]
    try:
        result = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, result.stdout[-1000:] + result.stderr[-2000:]
    finally:
        remove = "podman" if engine == "buildah" and shutil.which("podman") else engine
        subprocess.run([remove, "rmi", "--force", "lightship-test-stand-ins"], check=False, capture_output=True)
