"""Builds on every engine that works here."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from engines.image import DOCKERFILE, build, build_with_steps, context
from lightship.engines.protocol import BuildRequest, Engine, RunSpec
from lightship.errors import BuildError, EngineError, InputError
from lightship.oci import open_image
from lightship.oci.model import Healthcheck

pytestmark = pytest.mark.engine


def test_the_whole_config_is_kept(engine: Engine, tmp_path: Path) -> None:
    config = engine.config(build(engine, tmp_path))
    assert config.entrypoint == ("/actor",)
    assert config.cmd == ("serve", "8000")
    assert config.shell == ("/actor", "-c")
    assert config.healthcheck == Healthcheck(("CMD", "/actor", "id"), 7_000_000_000, 3_000_000_000, 0, 0, 2)
    assert config.stop_signal == "SIGINT"
    assert config.user == "65532:65532"
    assert config.working_dir == "/data"
    assert config.exposed_ports == ("8000/tcp",)
    assert config.volumes == ("/var/spool",)
    assert config.onbuild == ("COPY . /src",)
    assert config.variable("GREETING") == "hello  world"
    assert config.variable("EMPTY") == ""
    assert ("org.example.kind", "test") in config.labels
    assert not [name for name, _ in config.labels if name.startswith("io.lightship")]
    assert len(config.diff_ids) == len([line for line in config.history if not line.empty_layer])


def test_every_instruction_has_a_layer_of_its_own(engine: Engine, tmp_path: Path) -> None:
    text = 'FROM scratch\nCOPY actor /actor\nRUN ["/actor", "id"]\nCOPY actor /again\n'
    config = engine.config(build(engine, tmp_path, text))
    made = [line.created_by for line in config.history if not line.empty_layer]
    assert len(config.diff_ids) == len(made) == 3
    assert [word for line in made for word in ("/again", "id") if word in line] == ["id", "/again"]


def test_the_exported_image_is_the_built_one(engine: Engine, tmp_path: Path) -> None:
    image = build(engine, tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    with open_image(str(engine.export(image, out))) as opened:
        assert opened.config.diff_ids == engine.config(image).diff_ids
        assert opened.config.healthcheck == engine.config(image).healthcheck
        assert all(layer.compressed_size is None for layer in opened.layers)


def test_steps_name_their_lines(engine: Engine, tmp_path: Path) -> None:
    text = (
        "ARG A=1\nFROM scratch AS first\n\nCOPY actor /actor\n"
        'RUN ["/actor", \\\n  "id"]\nFROM scratch\nCOPY --from=first /actor /other/place\n'
    )
    _, steps = build_with_steps(engine, tmp_path, text)
    ended = {(step.text.split()[0], step.line) for step in steps if step.state in ("done", "cached")}
    assert {("COPY", 4), ("RUN", 5), ("COPY", 8)} <= ended
    assert all(step.number <= step.total for step in steps)


def test_a_second_build_is_cached(engine: Engine, tmp_path: Path) -> None:
    text = f'FROM scratch\nCOPY actor /actor\nENV NONCE={time.time_ns()}\nRUN ["/actor", "id"]\n'
    build(engine, tmp_path, text)
    _, steps = build_with_steps(engine, tmp_path, text)
    assert [step.state for step in steps if step.text.startswith("RUN")][-1] == "cached"
    _, steps = build_with_steps(engine, tmp_path, text, no_cache=True)
    assert [step.state for step in steps if step.text.startswith("RUN")][-1] == "done"


def test_a_failing_step_names_its_line_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    text = '# one\nFROM scratch\nCOPY actor /actor\n\nRUN ["/actor", "fail"]\nCOPY actor /never\n'
    with pytest.raises(BuildError) as caught:
        build(engine, tmp_path, text, dockerfile_path=tmp_path / "My.dockerfile")
    error = caught.value
    assert error.where == f"{tmp_path / 'My.dockerfile'}:5"
    assert error.what == "RUN failed"
    assert error.why == "exit code 3"
    assert '5 | RUN ["/actor", "fail"]' in error.excerpt
    assert "never" not in str(error)


def test_the_output_of_a_failing_step_is_shown(engine: Engine, tmp_path: Path) -> None:
    text = 'FROM scratch\nCOPY actor /actor\nRUN ["/actor", "fail"]\n'
    with pytest.raises(BuildError) as caught:
        build(engine, tmp_path, text)
    assert "the reason stands here" in caught.value.excerpt
    assert caught.value.why == "exit code 3"


def test_a_missing_source_of_copy(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        build(engine, tmp_path, "FROM scratch\nCOPY actor /actor\nCOPY no/such.txt /x\n")
    assert caught.value.what == "no/such.txt is not in the build context"
    assert caught.value.where.endswith(":3")


def test_a_base_that_cannot_be_had(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        build(engine, tmp_path, "FROM scratch AS a\nFROM no-such-host.invalid/base:1\nCOPY actor /actor\n")
    assert "cannot be had" in caught.value.what
    assert caught.value.where.endswith(":2")
    assert caught.value.help


def test_a_context_that_is_none(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        engine.build(BuildRequest(DOCKERFILE, tmp_path / "nowhere"), lambda step: None)


def test_the_context_is_never_written(engine: Engine, tmp_path: Path) -> None:
    context(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))}
    engine.build(BuildRequest(DOCKERFILE, tmp_path), lambda step: None)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.rglob("*"))} == before


@pytest.mark.parametrize("name", [".dockerignore", "Other.dockerignore"])
def test_ignore_files_keep_their_effect(engine: Engine, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("s")
    (tmp_path / "kept.txt").write_text("k")
    (tmp_path / ".dockerignore").write_text("kept.txt\n" if name != ".dockerignore" else "secret.txt\n")
    (tmp_path / name).write_text("secret.txt\n")
    path = tmp_path / ("Other" if name != ".dockerignore" else "Dockerfile")
    if name != ".dockerignore" and "classic" in engine.info().version:
        pytest.skip("the classic builder knows no Dockerfile's own ignore file")
    image = build(engine, tmp_path, "FROM scratch\nCOPY . /ctx/\n", dockerfile_path=path)
    (tmp_path / "out").mkdir()
    with open_image(str(engine.export(image, tmp_path / "out"))) as opened:
        paths = {entry.path for layer in opened.layers for entry in layer.entries}
    assert "ctx/kept.txt" in paths
    assert "ctx/secret.txt" not in paths


def test_heredocs_are_built_or_refused(engine: Engine, tmp_path: Path) -> None:
    text = "FROM scratch\nCOPY actor /actor\nCOPY <<EOF /greeting\nhello\nEOF\n"
    capabilities = engine.info().capabilities
    assert capabilities
    if not capabilities.heredocs:
        with pytest.raises(BuildError) as caught:
            build(engine, tmp_path, text)
        assert caught.value.where.endswith(":3")
        return
    image = build(engine, tmp_path, text)
    (tmp_path / "out").mkdir()
    with open_image(str(engine.export(image, tmp_path / "out"))) as opened:
        assert opened.rootfs().size("greeting") == 6


def test_targets_arguments_and_labels(engine: Engine, tmp_path: Path) -> None:
    text = "FROM scratch AS one\nARG WHO=nobody\nENV WHO=$WHO\nCOPY actor /actor\nFROM one\nENV TWO=2\n"
    image = build(engine, tmp_path, text, target="one", build_args=(("WHO", "a b"),), labels=(("k", "v=w"),))
    config = engine.config(image)
    assert config.variable("WHO") == "a b"
    assert config.variable("TWO") is None
    assert ("k", "v=w") in config.labels


def test_a_local_base_is_used_as_it_is(engine: Engine, tmp_path: Path) -> None:
    """A name that a registry may know too must not replace what was built here a moment ago."""
    base = build(engine, tmp_path, "FROM scratch\nCOPY actor /actor\nENV FRESH=yes\n")
    image = build(engine, tmp_path, f"FROM {base}\nENV MORE=1\n")
    assert engine.config(image).variable("FRESH") == "yes"


def test_resolve_and_remove(engine: Engine, tmp_path: Path) -> None:
    image = build(engine, tmp_path)
    assert engine.resolve(image, pull=False)
    engine.remove_image(image)
    assert engine.resolve(image, pull=False) is None
    engine.remove_image(image)
    assert engine.resolve("no-such-host.invalid/x:1") is None


def test_a_build_ends_at_its_time_limit(engine: Engine, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(EngineError) as caught:
        build(
            engine, tmp_path, 'FROM scratch\nCOPY actor /actor\nRUN ["/actor", "pause"]\n', timeout=4.0, network="none"
        )
    assert "took too long" in caught.value.what
    assert time.monotonic() - began < 25
    assert not _left_behind(engine)


def test_an_interrupted_build_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    context(tmp_path)
    request = BuildRequest('FROM scratch\nCOPY actor /actor\nRUN ["/actor", "pause"]\n', tmp_path, network="none")

    def stop(step: object) -> None:
        if getattr(step, "text", "").startswith("RUN"):
            time.sleep(1.0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.build(request, stop)
    assert not _left_behind(engine)


def test_two_builds_at_once(engine: Engine, tmp_path: Path) -> None:
    images: list[str] = []
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    threads = [
        threading.Thread(target=lambda folder=folder: images.append(build(engine, folder)))  # type: ignore[misc]
        for folder in folders
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(images)) == 2


def test_a_ca_bundle_is_seen_and_not_kept(engine: Engine, tmp_path: Path) -> None:
    if any("CA bundle" in limit for limit in (engine.info().capabilities or pytest.fail()).limits):
        pytest.skip(f"{engine.name} says that it cannot lend a CA bundle")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n")
    text = 'FROM scratch\nCOPY actor /actor\nRUN ["/actor", "id"]\n'
    image = build(engine, tmp_path, text, ca_bundle=bundle)
    assert engine.run(image, RunSpec(argv=("/actor", "id")), timeout=20).exit_code == 0
    (tmp_path / "out").mkdir()
    with open_image(str(engine.export(image, tmp_path / "out"))) as opened:
        kept = {entry.path for layer in opened.layers for entry in layer.entries if entry.kind == "file"}
        assert b"CERTIFICATE" not in b"".join(opened.read(path) for path in kept if path.startswith("etc/ssl"))
    assert not [path for path in kept if path.startswith(("etc/ssl", "etc/pki"))]


def _left_behind(engine: Engine) -> list[str]:
    """Our actor's pausing processes that run on, by their command lines."""
    time.sleep(0.5)
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if line == b"/actor\0pause\0":
                found.append(entry.name)
    return found
