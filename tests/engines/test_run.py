"""Containers on every engine that works here."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engines.image import build
from lightship.engines.namespaces import ports_of
from lightship.engines.protocol import Container, Engine, RunSpec, Stopped

pytestmark = pytest.mark.engine

PLAIN = 'FROM scratch\nCOPY actor /actor\nCOPY actor /tmp/\nENTRYPOINT ["/actor"]\nCMD ["serve", "8000"]\n'


@pytest.fixture(scope="module")
def image(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    capabilities = engine.info().capabilities
    if not capabilities or not capabilities.runs_containers:
        pytest.skip(f"{engine.name} runs no containers here")
    return build(engine, tmp_path_factory.mktemp(engine.name), PLAIN)


@contextmanager
def started(engine: Engine, image: str, spec: RunSpec | None = None) -> Iterator[Container]:
    container = engine.start(image, spec or RunSpec())
    try:
        yield container
    finally:
        container.remove()


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return False


def test_exit_code_and_both_outputs(engine: Engine, image: str) -> None:
    done = engine.run(image, RunSpec(argv=("/actor", "say", "out", "err")), timeout=30)
    assert (done.exit_code, done.stdout, done.stderr) == (0, b"out\n", b"err\n")
    assert done.seconds < 10


def test_an_exit_code_is_kept(engine: Engine, image: str) -> None:
    assert engine.run(image, RunSpec(argv=("/actor", "fail")), timeout=30).exit_code == 3


def test_what_cannot_be_executed_is_no_engine_failure(engine: Engine, image: str) -> None:
    done = engine.run(image, RunSpec(argv=("no-such-program",)), timeout=30)
    assert done.exit_code == 127
    with started(engine, image, RunSpec(argv=("no-such-program",))) as container:
        state = container.state()
        assert not state.running
        assert state.exit_code == 127
        assert state.problem == 'exec: "no-such-program": executable file not found in $PATH'


def test_a_time_limit_gives_no_exit_code(engine: Engine, image: str) -> None:
    began = time.monotonic()
    done = engine.run(image, RunSpec(argv=("/actor", "pause")), timeout=1.0)
    assert done.exit_code is None
    assert time.monotonic() - began < 20


def test_output_without_end_is_bounded(engine: Engine, image: str) -> None:
    done = engine.run(image, RunSpec(argv=("/actor", "flood")), timeout=3.0, output_limit=1000)
    assert len(done.stdout) == 1000
    assert done.truncated


def test_standard_input(engine: Engine, image: str) -> None:
    done = engine.run(image, RunSpec(argv=("/actor", "echo"), stdin=b"a\0b" * 40000), timeout=30)
    assert done.stdout == b"a\0b" * 40000
    assert engine.run(image, RunSpec(argv=("/actor", "echo")), timeout=30).stdout == b""


def test_reached_from_inside_and_by_nobody_else(engine: Engine, image: str) -> None:
    with started(engine, image) as container:
        assert until(lambda: container.listening() == (8000,))
        with container.connect(8000, 5.0) as link:
            assert link.recv(16) == b"ok\n"
        with pytest.raises(ConnectionRefusedError):
            container.connect(8001, 5.0)
        assert not _listens_on_host(8000)


def test_two_containers_on_one_port(engine: Engine, image: str) -> None:
    with started(engine, image) as first, started(engine, image) as second:
        for container in (first, second):
            assert until(lambda container=container: container.listening() == (8000,))  # type: ignore[misc]
            with container.connect(8000, 5.0) as link:
                assert link.recv(16) == b"ok\n"


def test_isolated_means_no_way_out(engine: Engine, image: str) -> None:
    assert engine.run(image, RunSpec(argv=("/actor", "reach", "192.0.2.1", "9")), timeout=30).exit_code == 1


def test_exec(engine: Engine, image: str) -> None:
    with started(engine, image) as container:
        assert container.exec(["/actor", "say", "a", "b"], timeout=20).stdout == b"a\n"
        assert container.exec(["/actor", "fail"], timeout=20).exit_code == 3
        assert container.exec(["/actor", "id"], timeout=20, user="123:456").stdout == b"123 456\n"
        assert container.exec(["/nope"], timeout=20).exit_code in (126, 127, 255)
        assert container.state().running


def test_an_exec_that_hangs_is_ended_inside_too(engine: Engine, image: str) -> None:
    with started(engine, image) as container:
        assert container.exec(["/actor", "pause"], timeout=1.0).exit_code is None
        assert until(lambda: len(container.processes()) == 1)
        assert container.state().running


def test_processes(engine: Engine, image: str) -> None:
    with started(engine, image, RunSpec(user="4321:4321")) as container:
        # A container counts as running a moment before the runtime has become its program.
        assert until(lambda: [one.argv for one in container.processes()] == [("/actor", "serve", "8000")])
        (process,) = container.processes()
        assert process.uid == 4321
        assert process.pid == container.state().pid


def test_written_paths(engine: Engine, image: str) -> None:
    with started(engine, image, RunSpec(tmpfs=("/scratch",))) as container:
        assert container.written() == ()
        assert container.exec(["/actor", "touch", "/new"], timeout=20).exit_code == 0
        assert container.exec(["/actor", "touch", "/scratch/unseen"], timeout=20).exit_code == 0
        assert container.written() == ("/new",)


def test_signals_and_stop(engine: Engine, image: str) -> None:
    with started(engine, image, RunSpec(argv=("/actor", "trap"))) as container:
        assert until(lambda: container.output()[0] == b"ready\n")
        stopped = container.stop(10.0)
        assert (stopped.killed, stopped.seconds < 2.0) == (False, True)
        state = container.state()
        assert (state.running, state.exit_code, state.oom_killed) == (False, 0, False)
        assert container.stop(1.0) == Stopped(0.0, killed=False)


def test_the_images_own_stop_signal(engine: Engine, tmp_path: Path, image: str) -> None:
    other = build(engine, tmp_path, PLAIN + "STOPSIGNAL SIGINT\n")
    with started(engine, other, RunSpec(argv=("/actor", "trap"))) as container:
        assert until(lambda: container.output()[0] == b"ready\n")
        container.stop(10.0)
        assert container.state().exit_code == int(signal.SIGINT)


def test_stop_kills_what_ignores_it(engine: Engine, image: str) -> None:
    with started(engine, image, RunSpec(argv=("/actor", "deaf"))) as container:
        assert until(lambda: container.output()[0] == b"ready\n")
        stopped = container.stop(1.0)
        assert stopped.killed
        assert 0.9 < stopped.seconds < 5.0
        state = container.state()
        assert (state.running, state.exit_code, state.oom_killed) == (False, 137, False)


def test_stop_does_not_wait_for_what_the_signal_cannot_reach(engine: Engine, image: str) -> None:
    """The kernel drops a signal to the first process that has no handler for it: nothing can come of waiting."""
    with started(engine, image, RunSpec(argv=("/actor", "pause"))) as container:
        stopped = container.stop(60.0)
        assert stopped.killed
        assert stopped.seconds < 30.0
        assert container.state().exit_code == 137


def test_environment_user_and_folder(engine: Engine, image: str) -> None:
    spec = RunSpec(argv=("/actor", "env"), env=(("A", "1 = 2"), ("B", "")), working_dir="/tmp")
    out = engine.run(image, spec, timeout=30).stdout.decode().split("\n")
    assert "A=1 = 2" in out
    assert "B=" in out
    assert not [line for line in out if line.lower().startswith(("http_proxy", "https_proxy"))]
    assert engine.run(image, RunSpec(argv=("/actor", "id"), user="7:8"), timeout=30).stdout == b"7 8\n"


def test_a_hardened_run(engine: Engine, image: str) -> None:
    spec = RunSpec(
        argv=("/actor", "touch", "/new"),
        read_only=True,
        tmpfs=("/scratch",),
        drop_capabilities=True,
        no_new_privileges=True,
        memory_limit=64 << 20,
        pids_limit=20,
        user="65532:65532",
    )
    assert engine.run(image, spec, timeout=30).exit_code == 1
    writable = RunSpec(
        argv=("/actor", "touch", "/scratch/new"), read_only=True, tmpfs=("/scratch",), user="65532:65532"
    )
    assert engine.run(image, writable, timeout=30).exit_code == 0


def test_capabilities_are_dockers_or_fewer(engine: Engine, image: str) -> None:
    usual = _capabilities(engine, image, RunSpec(argv=("/actor", "cat", "/proc/self/status")))
    assert usual & ~0xA80425FB == 0
    assert (
        _capabilities(engine, image, RunSpec(argv=("/actor", "cat", "/proc/self/status"), drop_capabilities=True)) == 0
    )


def test_a_mount_is_read_only(engine: Engine, image: str, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    spec = RunSpec(argv=("/actor", "touch", "/mnt/x"), mounts=((tmp_path / "shared", "/mnt"),))
    assert engine.run(image, spec, timeout=30).exit_code == 1
    assert not list((tmp_path / "shared").iterdir())


def test_a_memory_limit_kills_and_leaves_nothing_where_we_stand(
    engine: Engine, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with started(engine, image, RunSpec(argv=("/actor", "hog"), memory_limit=16 << 20)) as container:
        state = container.wait(20.0)
        assert (state.running, state.exit_code, state.oom_killed) == (False, 137, True)
    assert not list(tmp_path.iterdir())


def test_forks_are_bounded(engine: Engine, image: str) -> None:
    with started(engine, image, RunSpec(argv=("/actor", "fork"), pids_limit=12)) as container:
        assert until(lambda: container.output()[0] != b"")
        assert len(container.processes()) <= 12


def _capabilities(engine: Engine, image: str, spec: RunSpec) -> int:
    text = engine.run(image, spec, timeout=30).stdout.decode()
    return next(int(line.split()[1], 16) for line in text.split("\n") if line.startswith("CapEff"))


def _listens_on_host(port: int) -> bool:
    return port in ports_of(Path("/proc/net/tcp").read_text())
