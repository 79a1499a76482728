"""What Docker and Podman have in common: containers, by command lines that are the same word for word."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lightship.engines import namespaces, ours, overlay, process
from lightship.engines.client import LONG, Client
from lightship.engines.container import AttachedContainer, Inspection, reason, run_to_end
from lightship.engines.failure import completed_error, engine_error
from lightship.engines.process import Attached
from lightship.engines.protocol import CommandLog, Completed, Process, RunSpec
from lightship.engines.relay import relay_archive
from lightship.errors import EngineError
from lightship.messages import said

START_TIMEOUT = 60.0
DEFAULT_PIDS = 2048
NEVER = "0001-01-01T00:00:00Z"
MADE_BY_ENGINE = frozenset(
    (
        "/dev",
        "/proc",
        "/sys",
        "/etc/hosts",
        "/etc/hostname",
        "/etc/resolv.conf",
        "/etc/mtab",
        "/run/.containerenv",
        "/.dockerenv",
        "/dev/console",
        "/dev/pts",
        "/dev/shm",
    )
)
"""Mount points and files that engines put into every container."""


class DockerLike:
    """Containers and images of an engine that speaks Docker's command line."""

    name = ""

    def __init__(self, client: Client, run_id: ours.RunId) -> None:
        self._client = client
        self._run = run_id
        self.run_id = run_id.text
        self.log: CommandLog = client.log
        self._relay_image = ""

    def resolve(self, reference: str, *, pull: bool = True) -> str | None:
        found = self._local_id(reference)
        if found or not pull:
            return found
        completed = self._client.attempt("pull", reference, timeout=LONG)
        if completed.exit_code == 0:
            return self._local_id(reference)
        text = completed.stderr.decode("utf-8", "replace")
        error = engine_error(self.name, said("pulling {reference}", reference=reference), text)
        if not error.what.startswith(f"{self.name} failed"):
            raise error
        return None

    def run(self, image: str, spec: RunSpec, *, timeout: float, output_limit: int = 1 << 20) -> Completed:
        return run_to_end(self.start(image, spec, output_limit), spec, timeout, output_limit)

    def start(self, image: str, spec: RunSpec, output_limit: int = 1 << 20) -> AttachedContainer:
        container = self._start(image, spec, output_limit)
        try:
            container.await_start(START_TIMEOUT)
        except BaseException:
            container.remove()
            raise
        return container

    def network(self, hosts: tuple[str, ...] = ()) -> AttachedContainer:
        return self.start(self._relay(), RunSpec(argv=("/relay", "pause"), network="none", hosts=hosts))

    def remove_image(self, image: str) -> None:
        completed = self._client.attempt(*self._remove_image_command(), image)
        words = completed.stderr.decode("utf-8", "replace").lower()
        if completed.exit_code != 0 and "no such image" not in words and "image not known" not in words:
            raise completed_error(self.name, said("removing {image}", image=image), completed)

    def clean(self, run_id: str | None = None) -> int:
        count = ours.end_programs(run_id) + ours.remove_folders(run_id)
        listed = self._client.call(
            "ps",
            "--all",
            "--filter",
            f"label={ours.LABEL}",
            "--format",
            "{{.ID}} {{.Names}}",
            doing="listing containers",
        )
        for line in listed.split("\n"):
            id_, _, name = line.partition(" ")
            if ours.may_clean(name, run_id):
                self._forget(id_)
                count += 1
        for reference in self._our_images():
            if ours.may_clean(reference, run_id):
                with contextlib.suppress(EngineError):  # in use: the next run finds it again
                    self.remove_image(reference)
                    count += 1
        return count

    # What a container asks (container.Runtime)

    def inspect(self, id: str) -> Inspection | None:
        completed = self._client.attempt("inspect", "--type", "container", id)
        if completed.exit_code != 0:
            return None
        found = json.loads(completed.stdout)[0]
        state = found["State"]
        return Inspection(
            status=state.get("Status", ""),
            pid=visible_pid(int(state.get("Pid") or 0), found["Id"]),
            started=state.get("StartedAt", NEVER) != NEVER,
            exit_code=int(state.get("ExitCode") or 0),
            oom_killed=bool(state.get("OOMKilled")),
            stop_signal=str((found.get("Config") or {}).get("StopSignal") or ""),
            problem=reason(state.get("Error") or ""),
        )

    def pid(self, id: str) -> int | None:
        seen = self.inspect(id)
        return seen.pid if seen and seen.status == "running" else None

    def exec(self, id: str, argv: Sequence[str], user: str | None, timeout: float, limit: int) -> Completed:
        as_user = ["--user", user] if user else []
        completed = self._client.attempt("exec", *as_user, id, *argv, timeout=timeout, limit=limit)
        return Completed(
            tuple(argv),
            completed.exit_code,
            completed.stdout,
            completed.stderr,
            completed.seconds,
            truncated=completed.truncated,
        )

    def kill(self, id: str, name: str) -> None:
        self._client.attempt("kill", "--signal", name, id)

    def written(self, id: str) -> tuple[str, ...]:
        with contextlib.suppress(OSError):
            return written_paths(overlay.changes(*self._layers(id)))
        listed = self._client.call("diff", id, doing="listing what the container wrote")
        changes = (line.partition(" ") for line in listed.split("\n") if " " in line)
        return written_paths((kind, path) for kind, _, path in changes)

    def _layers(self, id: str) -> tuple[Path, list[Path]]:
        """The upper and the lower directories of a container's overlay mount. Raises OSError where there are none."""
        told = self._client.attempt("inspect", "--type", "container", "--format", "{{json .GraphDriver.Data}}", id)
        try:
            data = json.loads(told.stdout)
            upper, lowers = Path(data["UpperDir"]), [Path(one) for one in data["LowerDir"].split(":")]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise FileNotFoundError(id) from error
        if not all(map(os.path.isdir, lowers)):
            # Another machine's, or a virtual one's.
            raise FileNotFoundError(upper)
        return upper, lowers

    def processes(self, id: str) -> tuple[Process, ...]:
        listed = self._client.attempt("top", id, "-eo", "pid,ppid,uid,args").stdout.decode("utf-8", "replace")
        rows = [line.split(None, 3) for line in listed.split("\n")[1:]]
        return tuple(
            Process(int(row[0]), int(row[1]), int(row[2]), tuple(row[3].split()))
            for row in rows
            if len(row) == 4 and row[0].isdigit() and row[2].isdigit()
        )

    def listening(self, id: str) -> tuple[int, ...]:
        """Asked by a program of ours in the container's network: the image need have none that could tell."""
        answer = self._client.attempt(*self._beside(id), "ports")
        return tuple(sorted(namespaces.ports_of(answer.stdout.decode("utf-8", "replace"))))

    def dial(self, id: str, port: int, timeout: float) -> socket.socket:
        published = self._client.attempt("port", id, f"{port}/tcp").stdout.decode().strip().split("\n")[0]
        host, _, number = published.rpartition(":")
        if number.isdigit():
            return socket.create_connection((host, int(number)), timeout)
        # A program that copies between a socket and its own input and output cannot say that nobody listens.
        if port not in self.listening(id):
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        argv = [*self._client.prefix, *self._beside(id), "dial", str(port)]
        link = process.bridge(argv, log=self.log, env=self._client.env)
        link.settimeout(timeout)
        return link

    def remove(self, id: str) -> None:
        self._forget(id)

    # What differs between the two

    def _local_id(self, reference: str) -> str | None:
        completed = self._client.attempt("image", "inspect", "--format", "{{.Id}}", reference)
        found = completed.stdout.decode().strip()
        return found if completed.exit_code == 0 and found else None

    def _our_images(self) -> list[str]:
        listed = self._client.call(
            "images", "--format", "{{.Repository}}:{{.Tag}}", ours.REPOSITORY, doing="listing images"
        )
        return [line for line in listed.split("\n") if line]

    def _run_flags(self, name: str) -> list[str]:
        return []

    def _remove_image_command(self) -> list[str]:
        return ["rmi"]

    def _remove_flags(self) -> list[str]:
        return ["--force", "--volumes"]

    def _exposed(self, image: str) -> tuple[str, ...]:
        found: Any = self._client.json("image", "inspect", image, doing=said("looking at {image}", image=image))[0]
        return tuple((found.get("Config") or {}).get("ExposedPorts") or ())

    def _beside(self, id: str) -> list[str]:
        """A run of our relay in the network of another container: the way in where its namespace cannot be joined."""
        flags = ["--label", f"{ours.LABEL}={self.run_id}", "--pull", "never", "--log-driver", "none", "--read-only"]
        flags += ["--name", self._run.name(), "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        return ["run", "--rm", "--interactive", "--network", f"container:{id}", *flags, self._relay()]

    def _relay(self) -> str:
        """Our relay as an image in the store, made at the first need."""
        if self._relay_image:
            return self._relay_image
        with ours.passing_folder() as folder:
            path = folder / "relay.tar"
            path.write_bytes(relay_archive(self._architecture()))
            tag = self._run.tag()
            self._client.call(
                "import", "--change", 'ENTRYPOINT ["/relay"]', str(path), tag, doing="importing our relay"
            )
        self._relay_image = tag
        return tag

    def _architecture(self) -> str:
        """The machine that containers run on, which need not be this one."""
        return ""

    def _forget(self, id: str) -> None:
        completed = self._client.attempt("rm", *self._remove_flags(), id)
        if completed.exit_code != 0 and b"no such container" not in completed.stderr.lower():
            raise completed_error(self.name, "removing a container", completed)

    def _start(self, image: str, spec: RunSpec, output_limit: int) -> AttachedContainer:
        name = self._run.name()
        argv = [*self._client.prefix, "run", "--name", name, "--label", f"{ours.LABEL}={self.run_id}"]
        argv += [*self._run_flags(name), *self._network_flags(image, spec), *spec_flags(spec)]
        command: tuple[str, ...] = ()
        if spec.argv:
            argv += ["--entrypoint", spec.argv[0]]
            command = spec.argv[1:]
        program = Attached(
            [*argv, image, *command],
            log=self.log,
            env=self._client.env,
            stdin=spec.stdin,
            output_limit=output_limit,
            folder=self._start_folder(),
        )
        return AttachedContainer(name, program, self, spec)

    def _start_folder(self) -> Path | None:
        """Where the client is started; None: where this program was."""
        return None

    def _network_flags(self, image: str, spec: RunSpec) -> list[str]:
        if spec.beside is not None:
            return ["--network", f"container:{spec.beside.id}", *self._shared_hosts(spec)]
        return [*self._own_network_flags(image, spec), *(f"--add-host={name}:127.0.0.1" for name in spec.hosts)]

    def _shared_hosts(self, spec: RunSpec) -> list[str]:
        """How a container that shares a network gets its names: from the one that holds it."""
        return []

    def _own_network_flags(self, image: str, spec: RunSpec) -> list[str]:
        if spec.network != "published":
            return ["--network", "none"]
        flags = []
        for exposed in self._exposed(image):
            if not exposed.endswith("/udp"):
                flags += ["--publish", f"127.0.0.1::{exposed.removesuffix('/tcp')}"]
        return flags


def visible_pid(pid: int, container: str) -> int:
    """``pid`` if it is that container's process on this host, else 0.

    The daemon may run elsewhere (DOCKER_HOST, a virtual machine): its numbers then mean other processes here, which
    must not be touched. The control group of a container's process has the container's id in its name.
    """
    with contextlib.suppress(OSError):
        if pid and container in Path(f"/proc/{pid}/cgroup").read_text():
            return pid
    return 0


def spec_flags(spec: RunSpec) -> list[str]:
    """The flags of ``run`` that Docker and Podman share."""
    flags = ["--pull", "never", "--no-healthcheck", "--log-driver", "none"]
    flags += ["--pids-limit", str(spec.pids_limit or DEFAULT_PIDS)]
    for name, value in spec.env:
        flags += ["--env", f"{name}={value}"]
    if spec.user is not None:
        flags += ["--user", spec.user]
    if spec.working_dir is not None:
        flags += ["--workdir", spec.working_dir]
    if spec.read_only:
        flags.append("--read-only")
    for place in spec.tmpfs:
        flags += ["--tmpfs", tmpfs_option(place)]
    if spec.drop_capabilities:
        flags += ["--cap-drop", "ALL"]
    if spec.no_new_privileges:
        flags += ["--security-opt", "no-new-privileges"]
    if spec.memory_limit:
        flags += ["--memory", str(spec.memory_limit)]
    if spec.stdin is not None:
        flags.append("--interactive")
    for host, place in spec.mounts:
        flags += ["--volume", f"{host}:{place}:ro"]
    return flags


def tmpfs_option(place: str) -> str:
    """A tmpfs for everybody, as /tmp is: Docker gives it the mode of the folder below, Podman the folder's content."""
    path, _, options = place.partition(":")
    return place if "mode=" in options else f"{path}:{options + ',' if options else ''}mode=1777"


def written_paths(changes: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Paths that were added or changed, without what engines put there and folders changed only by their content."""
    found: set[str] = set()
    folders: set[str] = set()
    for kind, path in changes:
        if kind == "D" or path in MADE_BY_ENGINE or path in ("/etc", "/run"):
            folders.add(path)
            continue
        found.add(path)
    parents = {str(parent) for path in found | folders for parent in Path(path).parents}
    return tuple(sorted(path for path in found if path not in parents))
