"""Programs that want to be told their port, as platforms do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightship.closure.surroundings import surroundings
from lightship.elf import DirectoryTree
from lightship.evidence.observation import ImageFacts
from lightship.oci.model import ImageConfig
from lightship.probes import plan_from_original
from lightship.probes.facts.port import wants_port
from lightship.verify.settings import Settings, parse_settings
from probes.fakes import FakeContainer, FakeEngine, Server
from probes.test_observe import site


def wants(folder: Path, name: str, text: str, **config: object) -> bool:
    (folder / name).write_text(text)
    return wants_port(surroundings(DirectoryTree(folder), None), ImageConfig(**config), [name])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "app.run(port=int(os.environ['PORT']))"),
        ("a.py", 'port = os.getenv("PORT")'),
        ("a.js", "app.listen(process.env.PORT)"),
        ("run.sh", "exec gunicorn --bind :$PORT app:app"),
    ],
)
def test_source_that_cannot_do_without(tmp_path: Path, name: str, text: str) -> None:
    assert wants(tmp_path, name, text)
    assert not wants(tmp_path, name, text, env=(("PORT", "80"),))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", 'port = os.getenv("PORT", "8000")'),
        ("a.py", 'port = os.environ.get("PORT") or 8000'),
        ("a.js", "app.listen(process.env.PORT || 3000)"),
        ("a.js", "const port = process.env.PORT ?? 3000"),
        ("run.sh", "exec gunicorn --bind :${PORT:-8000} app:app"),
        ("a.go", 'port := os.Getenv("PORT")'),
        ("a.py", "PORT = 8000"),
    ],
)
def test_source_that_has_something_in_its_place(tmp_path: Path, name: str, text: str) -> None:
    assert not wants(tmp_path, name, text)


def test_a_command_that_reads_it(tmp_path: Path) -> None:
    assert wants(tmp_path, "a.py", "", cmd=("/bin/sh", "-c", "exec gunicorn --bind :$PORT a:app"))


def test_every_run_is_told_the_port_and_the_plan_says_so() -> None:
    engine = FakeEngine(lambda spec: FakeContainer(Server(site).port))
    facts = ImageFacts(ImageConfig(exposed_ports=("8000/tcp",)), wants_port=True)
    plan = plan_from_original(engine, "x", facts, Settings())  # type: ignore[arg-type]
    assert plan.environment == (("PORT", "8000"),)
    assert any("PORT is 8000" in text for text in plan.left_out)
    assert all(spec.env == (("PORT", "8000"),) for spec, _ in engine.started)
    settings = parse_settings('[verify]\nenvironment = { PORT = "9" }\n', "f.toml")
    plan = plan_from_original(engine, "x", replace(facts, config=ImageConfig()), settings)  # type: ignore[arg-type]
    assert plan.environment == (("PORT", "9"),)
