"""What ``init`` writes, built and run for real: one project a language, each on another engine."""

from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest, Container, Engine, RunSpec

BUILT = sorted((Path(__file__).parent / "built").iterdir())
SECONDS = 30.0
pytestmark = pytest.mark.engine


@pytest.fixture
def engine(project: Path, engines_present: tuple[str, ...]) -> Iterator[Engine]:
    if not engines_present:
        pytest.skip("no engine works here")
    engine = open_engine(engines_present[BUILT.index(project) % len(engines_present)])
    yield engine
    engine.clean(engine.run_id)


@pytest.mark.parametrize("project", BUILT, ids=lambda project: project.name)
def test_the_dockerfile_builds_and_works(
    project: Path, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    assert main(["init", str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    text = (folder / "Dockerfile").read_text()
    assert document["dockerfile"] == text
    assert document["written"] == [str(folder / "Dockerfile"), str(folder / ".dockerignore")]
    built = engine.build(BuildRequest(text, folder, dockerfile_path=folder / "Dockerfile"), lambda step: None)
    try:
        config = engine.config(built.image)
        assert list(config.cmd or ()) == document["entry"]["argv"]
        assert output(engine, built.image, config.exposed_ports).strip() == "lit"
    finally:
        engine.remove_image(built.image)


def output(engine: Engine, image: str, ports: tuple[str, ...]) -> str:
    """What the program says: the body of ``GET /`` when a port is exposed, otherwise what it prints until it ends."""
    if not ports:
        done = engine.run(image, RunSpec(), timeout=SECONDS)
        assert done.exit_code == 0, done.stderr
        return done.stdout.decode()
    container = engine.start(image, RunSpec())
    try:
        return answer(container, int(ports[0].partition("/")[0]))
    finally:
        container.remove()


def answer(container: Container, port: int) -> str:
    """The body of ``GET /``, as soon as the port is listened on."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("localhost", port, timeout=SECONDS)
            connection.sock = container.connect(port, 5.0)
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline or not container.state().running:
                pytest.fail(f"no answer on {port}: {container.output()!r}")
            time.sleep(0.1)
