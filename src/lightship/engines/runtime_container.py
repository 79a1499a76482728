"""A container run by an OCI runtime (runc, crun) directly, on a root file system that Buildah has mounted."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lightship.engines.client import Client
from lightship.engines.container import AttachedContainer, Inspection
from lightship.engines.docker_like import written_paths
from lightship.engines.process import Attached
from lightship.engines.protocol import CommandLog, Completed, Process, RunSpec
from lightship.engines.runtime_spec import command, runtime_spec
from lightship.engines.users import identify
from lightship.errors import EngineError
from lightship.messages import said
from lightship.oci.model import ImageConfig

START_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Bundle:
    """A private folder with the runtime's configuration and state of one container."""

    folder: Path
    runtime: str
    log: CommandLog

    @property
    def client(self) -> Client:
        """The runtime, with its state kept in the bundle."""
        return Client("runc", (self.runtime, "--root", str(self.folder / "runc")), self.log)

    @property
    def pid_file(self) -> Path:
        """Where the runtime writes the first process's id once it has started."""
        return self.folder / "pid"

    def delete_all(self) -> int:
        """Kill and forget every container whose state is here."""
        names = [path.name for path in (self.folder / "runc").iterdir() if path.is_dir()]
        for name in names:
            self.client.attempt("delete", "--force", name)
        return len(names)


def start_bundle(
    bundle: Bundle,
    name: str,
    config: ImageConfig,
    spec: RunSpec,
    *,
    rootfs: Path,
    forget: Callable[[], None],
    output_limit: int,
) -> AttachedContainer:
    """Start a container. The bundle is removed, and ``forget`` called, when the container is or when this fails."""
    if not command(config, spec):
        shutil.rmtree(bundle.folder, ignore_errors=True)
        raise EngineError("the image says nothing to run", why="no ENTRYPOINT and no CMD")
    try:
        (bundle.folder / "runc").mkdir()
        hostname = name[-12:]
        names = " ".join((hostname, *spec.hosts))
        (bundle.folder / "hosts").write_text(f"127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.0.1\t{names}\n")
        (bundle.folder / "hostname").write_text(f"{hostname}\n")
        (bundle.folder / "resolv.conf").write_text("")
        content = runtime_spec(config, spec, rootfs, bundle.folder, hostname)
        (bundle.folder / "config.json").write_text(json.dumps(content))
        argv = [
            *bundle.client.prefix,
            "run",
            "--bundle",
            str(bundle.folder),
            "--pid-file",
            str(bundle.pid_file),
            name,
        ]
        program = Attached(argv, log=bundle.log, stdin=spec.stdin, output_limit=output_limit)
    except BaseException:
        shutil.rmtree(bundle.folder, ignore_errors=True)
        raise
    container = AttachedContainer(name, program, RuntimeContainer(bundle, config, rootfs, forget), spec)
    try:
        container.await_start(START_TIMEOUT)
    except BaseException:
        container.remove()
        raise
    return container


class RuntimeContainer:
    """What ``AttachedContainer`` asks, answered by the OCI runtime."""

    def __init__(self, bundle: Bundle, config: ImageConfig, rootfs: Path, forget: Callable[[], None]) -> None:
        self._bundle = bundle
        self._config = config
        self._rootfs = rootfs
        self._forget = forget

    def inspect(self, id: str) -> Inspection | None:
        started = self.pid(id) is not None
        return Inspection(
            "exited",
            0,
            started=started,
            exit_code=None,
            oom_killed=False,
            stop_signal=self._config.stop_signal,
        )

    def pid(self, id: str) -> int | None:
        try:
            return int(self._bundle.pid_file.read_text())
        except (OSError, ValueError):
            return None

    def exec(self, id: str, argv: Sequence[str], user: str | None, timeout: float, limit: int) -> Completed:
        as_user: list[str] = []
        if user:
            who = identify(self._rootfs, user)
            as_user = ["--user", f"{who.uid}:{who.gid}"]
        done = self._bundle.client.attempt("exec", *as_user, id, *argv, timeout=timeout, limit=limit)
        return Completed(tuple(argv), done.exit_code, done.stdout, done.stderr, done.seconds, truncated=done.truncated)

    def kill(self, id: str, name: str) -> None:
        self._bundle.client.attempt("kill", id, name)

    def written(self, id: str) -> tuple[str, ...]:
        upper = _upper_folder(self._rootfs)
        if upper is None:
            raise EngineError("what the container wrote cannot be told", why="its file system is no overlay")
        return written_paths(_changes(upper))

    def processes(self, id: str) -> tuple[Process, ...]:
        return ()

    def listening(self, id: str) -> tuple[int, ...]:
        return ()

    def dial(self, id: str, port: int, timeout: float) -> socket.socket:
        raise PermissionError(said("no way into the network of container {id}", id=id))

    def remove(self, id: str) -> None:
        self._bundle.client.attempt("delete", "--force", id)
        self._forget()
        shutil.rmtree(self._bundle.folder, ignore_errors=True)


def _upper_folder(rootfs: Path) -> Path | None:
    """The writable layer of an overlay mount, None for other mounts; its changes lie there as files."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mounts").read_text().split("\n"):
            fields = line.split(" ")
            if len(fields) > 3 and fields[1] == str(rootfs) and fields[2].endswith("overlay"):
                options = dict(option.partition("=")[::2] for option in fields[3].split(","))
                upper = options.get("upperdir", "")
                return Path(upper) if upper else None
    return None


def _changes(upper: Path) -> Iterator[tuple[str, str]]:
    """Docker's letters and paths for what lies in a writable layer; a whiteout is a character device 0:0."""
    for folder, names, files in os.walk(upper):
        for name in (*names, *files):
            path = Path(folder) / name
            with contextlib.suppress(OSError):
                seen = path.lstat()
                gone = stat.S_ISCHR(seen.st_mode) and seen.st_rdev == 0
                yield ("D" if gone else "A"), "/" + str(path.relative_to(upper))
