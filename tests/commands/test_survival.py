"""``optimize`` killed, starved of disk and left by its engine: the user's files stay whole, and the next run cleans."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lightship.engines import open_engine
from lightship.engines.docker_like import DockerLike

pytestmark = pytest.mark.engine

DOCKERFILE = """\
# the user's own words
FROM debian:bookworm-slim
RUN head -c 300000 /dev/zero > /var/cache/apt/left.bin && echo lit > /srv/lamp
CMD ["cat", "/srv/lamp"]
"""
KILLS = 20
AT_ONCE = 5
SEED = 5


def context(folder: Path, dockerfile: str = DOCKERFILE) -> Path:
    folder.mkdir()
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "lightship.toml").write_text("[verify]\nhardened = false\n")
    return folder


def start(folder: Path, engine: str, *, temp: Path | None = None, **env: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "lightship", "optimize", str(folder), "--engine", engine, "--force"]
    env = {**os.environ, **({"TMPDIR": str(temp)} if temp else {}), **env}
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def ended(process: subprocess.Popen[str], timeout: float = 120) -> tuple[int, str]:
    _, err = process.communicate(timeout=timeout)
    return process.returncode, err


def test_killed_at_any_moment(
    engines_present: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not engines_present:
        pytest.skip("no engine works here")
    name = engines_present[0]
    temp = tmp_path / "temp"
    temp.mkdir()
    began = time.monotonic()
    folder = context(tmp_path / "whole")
    assert ended(start(folder, name, temp=temp))[0] == 0
    whole = time.monotonic() - began
    text = (folder / "Dockerfile.lightship").read_text()
    moments = random.Random(SEED)
    killed: dict[int, float] = {}
    for batch in range(KILLS // AT_ONCE):
        folders = [context(tmp_path / f"{batch}-{index}") for index in range(AT_ONCE)]
        for one in folders[::2]:
            (one / "Dockerfile.lightship").write_text("# of an earlier day\n")
        running = [start(one, name, temp=temp) for one in folders]
        # Five at once take longer than one alone.
        plan = sorted((moments.uniform(0.05, 1.6 * whole), index) for index in range(AT_ONCE))
        began = time.monotonic()
        for moment, index in plan:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running[index].wait(max(0.0, moment - (time.monotonic() - began)))
            if running[index].poll() is None:
                running[index].send_signal(signal.SIGKILL)
                killed[running[index].pid] = moment
            running[index].communicate()
        for index, one in enumerate(folders):
            assert (one / "Dockerfile").read_text() == DOCKERFILE
            output = one / "Dockerfile.lightship"
            allowed = {text, "# of an earlier day\n"} if index % 2 == 0 else {text, ""}
            assert (output.read_text() if output.exists() else "") in allowed
            extra = {path.name for path in one.iterdir()} - {"Dockerfile", "lightship.toml", "Dockerfile.lightship"}
            # The one file that a kill may leave is the one being written, under a name of its own.
            assert all(path.startswith(".Dockerfile.lightship.") for path in extra)
    print(f"killed {len(killed)} of {KILLS} (seed {SEED}, a whole run takes {whole:.1f} s):",
          ", ".join(f"{moment:.1f}" for moment in killed.values()))  # fmt: skip
    assert len(killed) >= KILLS // 2, "too few were hit: the moments lie behind the end"
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    engine = open_engine(name)
    assert isinstance(engine, DockerLike)
    try:
        time.sleep(1.0)
        engine.clean()
        left = [*listed(engine, "ps", "--all", "--format", "{{.Names}}"), *engine._our_images()]
        assert [one for one in left if any(f"{pid}-" in one for pid in killed)] == []
        assert [path.name for path in temp.iterdir() if path.name.startswith("lightship-")] == []
    finally:
        engine.clean(engine.run_id)


def listed(engine: DockerLike, *arguments: str) -> list[str]:
    return engine._client.call(*arguments, doing="listing").split("\n")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts file systems of so many kB."""
    made: list[Path] = []

    def mount(size: int) -> Path:
        place = tmp_path / f"disk-{len(made)}"
        place.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(place)], capture_output=True, check=False
        )
        if done.returncode != 0:
            pytest.skip("mounting needs root")
        made.append(place)
        return place

    yield mount
    for place in made:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_for_temporary_files(
    engines_present: tuple[str, ...], tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    folder = context(tmp_path / "context")
    for name in engines_present:
        temp = small_disk(512)
        code, err = ended(start(folder, name, temp=temp))
        assert code in (2, 3), err
        assert err.count("error:") == 1, err
        assert "No space left" in err or "disk is full" in err or "no space left" in err, err
        assert "help:" in err, err
        assert "Traceback" not in err
        assert sorted(path.name for path in folder.iterdir()) == ["Dockerfile", "lightship.toml"]
        assert (folder / "Dockerfile").read_text() == DOCKERFILE


def test_a_full_disk_for_the_output(
    engines_present: tuple[str, ...], tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    folder = context(small_disk(64) / "context")
    (folder / "Dockerfile.lightship").write_text("# of an earlier day\n")
    with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    code, err = ended(start(folder, engines_present[0]))
    assert code == 2, err
    assert (err.count("error:"), "Traceback" in err) == (1, False), err
    assert f"{folder / 'Dockerfile.lightship'}: error: the output cannot be written: no space left on device" in err
    kept = re.search(r"was kept as (\S+)", err)
    assert kept, err
    assert "FROM" in Path(kept[1]).read_text()
    Path(kept[1]).unlink()
    assert (folder / "Dockerfile.lightship").read_text() == "# of an earlier day\n"
    assert (folder / "Dockerfile").read_text() == DOCKERFILE
    assert sorted(path.name for path in folder.iterdir()) == [
        "Dockerfile", "Dockerfile.lightship", "filler", "lightship.toml",
    ]  # fmt: skip


class Proxy:
    """A way to Docker's daemon that can be cut: for its clients the daemon is then dead."""

    def __init__(self, place: Path) -> None:
        self._open: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(place))
        self._listening.listen(64)
        self._place = place
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._place.unlink()
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect("/var/run/docker.sock")
            self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @staticmethod
    def _copy(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := one.recv(1 << 16):
                other.sendall(part)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("when", ["building the original", "watching it run"])
def test_the_engine_dies_in_the_middle(engines_present: tuple[str, ...], tmp_path: Path, when: str) -> None:
    if "docker" not in engines_present or not Path("/var/run/docker.sock").is_socket() or os.environ.get("DOCKER_HOST"):
        pytest.skip("Docker's daemon is not at its usual place")
    slow = DOCKERFILE.replace("echo lit", "sleep 3; echo lit").replace('["cat", "/srv/lamp"]', '["sleep", "30"]')
    folder = context(tmp_path / "context", slow + f"LABEL moment={time.time_ns()}\n")
    with tempfile.TemporaryDirectory() as short:
        place = Path(short) / "docker.sock"
        proxy = Proxy(place)
        process = start(folder, "docker", DOCKER_HOST=f"unix://{place}")
        assert process.stderr
        before = []
        for line in process.stderr:
            before.append(line)
            if when in line:
                break
        time.sleep(1.0)
        proxy.cut()
        code, err = ended(process)
    err = "".join(before) + err
    assert code == 3, err
    assert (err.count("error:"), "Traceback" in err) == (1, False), err
    assert "help:" in err
    assert sorted(path.name for path in folder.iterdir()) == ["Dockerfile", "lightship.toml"]
    engine = open_engine("docker")
    assert isinstance(engine, DockerLike)
    engine.clean()
    left = [*listed(engine, "ps", "--all", "--format", "{{.Names}}"), *engine._our_images()]
    assert [one for one in left if f"{process.pid}-" in one] == []
