"""What lightship asks of a container engine. One file per engine fulfils it; nothing else starts programs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from lightship.oci.model import ImageConfig


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this engine, in this version, on this machine, can do."""

    heredocs: bool
    """RUN <<EOF and COPY <<EOF are understood (BuildKit; Buildah from 1.33)."""
    cache_mounts: bool
    """RUN --mount=type=cache keeps its content outside of the image, keyed as BuildKit does."""
    runs_containers: bool
    limits: tuple[str, ...] = ()
    """In words, what does not work here and why, e.g. "no published ports: no bridge network"."""


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """One engine as `lightship doctor` shows it; ``problem`` is "" when it answers and works."""

    name: str
    version: str
    capabilities: Capabilities | None
    problem: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Progress of one build step. ``line`` is the Dockerfile line when the engine tells it, else 0."""

    number: int
    total: int
    text: str
    state: Literal["running", "cached", "done", "failed"]
    seconds: float = 0.0
    stage: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """One build. ``dockerfile`` is the text to build, not a path: candidates never touch the user's folder."""

    dockerfile: str
    context: Path
    dockerfile_path: Path | None = None
    """Where the text came from: error messages name it, and its `.dockerignore` twin counts."""
    target: str = ""
    build_args: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    """As given on the command line: ``id=x,src=path``."""
    labels: tuple[tuple[str, str], ...] = ()
    platform: str = ""
    no_cache: bool = False
    pull: bool = False
    network: Literal["auto", "host", "default", "none"] = "auto"
    ca_bundle: Path | None = None
    """A CA bundle that RUN steps see and the image does not keep."""
    timeout: float = 7200.0
    """Seconds for the whole build."""
    ignore: str | None = None
    """The text of an ignore file that counts in place of those that are there."""


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image in the engine's store. ``image`` names it for the same engine's other calls."""

    image: str
    seconds: float
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSpec:
    """How to start a container. None means: as the image says."""

    argv: tuple[str, ...] | None = None
    """Replaces entry point and command together, as ``--entrypoint argv[0] ... argv[1:]``."""
    env: tuple[tuple[str, str], ...] = ()
    user: str | None = None
    working_dir: str | None = None
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    drop_capabilities: bool = False
    no_new_privileges: bool = False
    network: Literal["isolated", "published", "none"] = "isolated"
    """"isolated": own loopback, no way out or in but through ``Container.connect``; never collides with another run."""
    beside: Container | None = None
    """A running container whose network it shares, whatever ``network`` says."""
    hosts: tuple[str, ...] = ()
    """Names that lead to the loopback of its network."""
    memory_limit: int = 0
    """Bytes; 0 = the engine's default."""
    pids_limit: int = 0
    stdin: bytes | None = None
    mounts: tuple[tuple[Path, str], ...] = ()
    """(host path, container path), always read-only."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A program that ended, or was ended after its time limit (``exit_code`` None); output is cut at the limit."""

    argv: tuple[str, ...]
    exit_code: int | None
    stdout: bytes
    stderr: bytes
    seconds: float
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class ContainerState:
    """``status`` in the engine's words (created, running, exited ...). ``exit_code`` only after it ran and ended."""

    status: str
    running: bool
    exit_code: int | None
    pid: int = 0
    oom_killed: bool = False
    """Also true for exit code 137 when nobody asked for a kill: Podman leaves its own mark out."""
    problem: str = ""
    """Why it never started, in the runtime's words, e.g. ``exec: "uvicorn": executable file not found in $PATH``."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a container, seen from the host."""

    pid: int
    ppid: int
    uid: int
    argv: tuple[str, ...]
    peak_rss: int = 0
    """VmHWM, bytes."""
    cpu_seconds: float = 0.0
    """Processor time so far; 0 where the host cannot see it."""


@dataclass(frozen=True, slots=True)
class CommandLog:
    """Every engine command that ran, ready to paste (`--verbose`)."""

    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a container ended that was told to stop. ``seconds`` is how long its first process still ran."""

    seconds: float
    killed: bool
    """It did not heed its stop signal."""


class Container(Protocol):
    """A started container.

    A program that cannot be executed is the image's fault and no EngineError: its container has ended, with exit code
    126 or 127 and ``state().problem`` as a shell would say it.
    """

    id: str

    def state(self) -> ContainerState: ...
    def wait(self, timeout: float) -> ContainerState: ...
    def output(self, limit: int = 1 << 20) -> tuple[bytes, bytes]:
        """What it wrote so far to stdout and stderr, each cut at ``limit`` bytes."""
        ...

    def exec(
        self, argv: Sequence[str], *, timeout: float, user: str | None = None, output_limit: int = 1 << 20
    ) -> Completed: ...
    def listening(self) -> tuple[int, ...]:
        """The TCP ports that something in the container listens on, loopback ones included.

        What others listen on in a shared network is not among them.
        """
        ...

    def connect(self, port: int, timeout: float) -> socket.socket:
        """A connected socket to ``port`` inside the container. Raises OSError (refused, timed out)."""
        ...

    def forward(self, port: int, to: int) -> None:
        """Let connections to ``port`` of its own loopback end at port ``to`` of this machine's, while it lives.

        Raises EngineError where there is no way into its network.
        """
        ...

    def processes(self) -> tuple[Process, ...]: ...
    def written(self) -> tuple[str, ...]:
        """Paths that were added or changed since the start (mounts excepted), sorted."""
        ...

    def signal(self, name: str) -> None: ...
    def stop(self, timeout: float) -> Stopped:
        """Send the image's stop signal, wait, kill at the time limit, or at once where the signal cannot arrive."""
        ...

    def remove(self) -> None: ...


OnStep = Callable[[Step], None]


class Engine(Protocol):
    """A container engine. Every container it makes carries the label ``io.lightship.run=<run id>``, every image the run
    id in its tag (a label would change the config that is to be compared).

    All methods raise EngineError (BuildError from ``build``). HEALTHCHECK is never run by the engine: whoever wants to
    know runs it with ``exec``, so that it means the same everywhere.
    """

    name: str
    run_id: str
    log: CommandLog

    def info(self) -> EngineInfo: ...
    def build(self, request: BuildRequest, on_step: OnStep) -> BuiltImage: ...
    def resolve(self, reference: str, *, pull: bool = True) -> str | None:
        """The id of an image in the store, pulled when it is not there; None when it cannot be had."""
        ...

    def config(self, image: str) -> ImageConfig: ...
    def export(self, image: str, directory: Path) -> Path:
        """The image, written under ``directory`` in a form that ``lightship.oci`` opens, uncompressed."""
        ...

    def run(self, image: str, spec: RunSpec, *, timeout: float, output_limit: int = 1 << 20) -> Completed:
        """Run to the end, and remove the container."""
        ...

    def start(self, image: str, spec: RunSpec) -> Container: ...
    def network(self, hosts: tuple[str, ...] = ()) -> Container:
        """A network with nothing but a loopback, held by a program of ours; ``RunSpec.beside`` lets others in."""
        ...

    def remove_image(self, image: str) -> None: ...
    def clean(self, run_id: str | None = None) -> int:
        """Remove what lightship left: of one run, or of every run whose process is gone; how many things."""
        ...
