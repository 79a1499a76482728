"""Podman, as root or rootless."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from lightship.engines import containers_build, egress, machine, ours
from lightship.engines.build_files import refuse_heredocs
from lightship.engines.client import Client
from lightship.engines.containers_storage import Store, names, stored_config, sweep
from lightship.engines.docker_like import DockerLike
from lightship.engines.failure import completed_error
from lightship.engines.protocol import BuildRequest, BuiltImage, Capabilities, CommandLog, EngineInfo, OnStep, RunSpec
from lightship.errors import EngineError
from lightship.messages import said
from lightship.oci.config import parse_config
from lightship.oci.model import ImageConfig

HEREDOCS_SINCE = (1, 33)
"""The Buildah inside Podman; older ones take ``RUN <<EOF`` for a finished, empty instruction."""


def find(log: CommandLog) -> tuple[dict[str, Any] | None, EngineError | None]:
    """What ``podman info`` says, or why it cannot be asked."""
    path = shutil.which("podman")
    if not path:
        return None, EngineError("podman is not installed")
    completed = Client("podman", (path,), log).attempt("info", "--format", "json", timeout=30.0)
    if completed.exit_code != 0:
        return None, completed_error("podman", "asking what it is", completed)
    return json.loads(completed.stdout), None


class Podman(DockerLike):
    """Podman on this machine."""

    name = "podman"

    def __init__(self, found: dict[str, Any], run_id: ours.RunId, log: CommandLog) -> None:
        self._found = found
        self._folder: Path | None = None
        self._host = found["host"]
        self._store = Store(found["store"].get("graphRoot", ""), found["store"].get("graphDriverName", ""))
        self._remote = bool(self._host.get("serviceIsRemote"))
        super().__init__(Client("podman", (shutil.which("podman") or "podman", *self._global_flags()), log), run_id)

    def info(self) -> EngineInfo:
        limits = egress.limits("podman")
        if not self._heredocs():
            limits.append(
                said("no heredocs: Buildah {version} builds them as empty layers", version=self._host["buildahVersion"])
            )
        return EngineInfo(
            "podman",
            self._found["version"]["Version"],
            Capabilities(self._heredocs(), cache_mounts=False, runs_containers=True, limits=tuple(limits)),
        )

    def build(self, request: BuildRequest, on_step: OnStep) -> BuiltImage:
        if not self._heredocs():
            refuse_heredocs(
                request,
                "this Podman",
                said("Buildah {version} makes an empty layer of it", version=self._host["buildahVersion"]),
            )
        return containers_build.build(self._client, request, on_step, run_id=self._run, store=self._store)

    def config(self, image: str) -> ImageConfig:
        id_ = self._local_id(image)
        if id_ is None:
            raise EngineError(said("{image} is not in Podman's store", image=image))
        return parse_config(stored_config(self._store, id_) or self._inspected_config(image), image)

    def clean(self, run_id: str | None = None) -> int:
        left = sweep(
            self._store,
            lambda marker: ours.may_clean(marker, run_id),
            lambda id_: self._client.attempt("rm", "--force", id_),
        )
        return left + super().clean(run_id)

    def export(self, image: str, directory: Path) -> Path:
        archive = directory / "image.tar"
        options = ("--format", "docker-archive", "--output", str(archive))
        return self._client.export("save", *options, image, image=image, archive=archive)

    def pid(self, id: str) -> int | None:
        """Podman writes the pid into a file: no question needed, which is quicker by 40 ms each."""
        if self._remote:
            return super().pid(id)
        try:
            return int(self._pid_file(id).read_text())
        except (OSError, ValueError):
            return None

    def remove(self, id: str) -> None:
        super().remove(id)
        self._pid_file(id).unlink(missing_ok=True)

    def _pid_file(self, id: str) -> Path:
        return Path(tempfile.gettempdir()) / f"{id}.pid"

    def _run_flags(self, name: str) -> list[str]:
        flags = ["--http-proxy=false", "--read-only-tmpfs=false", *machine.ulimit_flags()]
        return flags if self._remote else ["--pidfile", str(self._pid_file(name)), *flags]

    def _start_folder(self) -> Path:
        """A folder of ours: conmon writes a file ``oom`` where it was started when a container has no memory left.

        Source: https://github.com/containers/conmon/blob/main/src/cgroup.c
        """
        if self._folder is None or not self._folder.is_dir():
            self._folder = ours.folder(self._run)
        return self._folder

    def _shared_hosts(self, spec: RunSpec) -> list[str]:
        """Podman gives each container a file of its own, and takes no --add-host beside a shared network."""
        if self._remote or not spec.hosts:
            return []
        path = ours.folder(self._run) / "hosts"
        names = " ".join(("localhost", *spec.hosts))
        path.write_text(f"127.0.0.1\t{names}\n::1\tlocalhost\n")
        return ["--volume", f"{path}:/etc/hosts:ro"]

    def _our_images(self) -> list[str]:
        """From the store: ``podman images`` leaves out names of an image that has several."""
        if self._remote:
            return super()._our_images()
        return [name for name in names(self._store, "images") if name.startswith(f"{ours.REPOSITORY}:")]

    def _architecture(self) -> str:
        return str(self._host.get("arch") or "")

    def _remove_image_command(self) -> list[str]:
        """Without pruning: that would take the build cache with it."""
        return ["rmi", "--no-prune"] if version_of(self._found["version"]["Version"]) >= (4, 3) else ["rmi"]

    def _remove_flags(self) -> list[str]:
        return ["--force", "--volumes", "--time", "0"]

    def _heredocs(self) -> bool:
        return version_of(self._host["buildahVersion"]) >= HEREDOCS_SINCE

    def _global_flags(self) -> list[str]:
        runtime = machine.runtime_instead_of((self._host.get("ociRuntime") or {}).get("path", ""))
        flags = ["--runtime", runtime] if runtime else []
        if self._host.get("cgroupManager") == "systemd" and not machine.has_systemd():
            flags += ["--cgroup-manager", "cgroupfs"]
        return flags

    def _inspected_config(self, image: str) -> bytes:
        found = self._client.json("image", "inspect", image, doing=said("looking at {image}", image=image))[0]
        config = dict(found.get("Config") or {})
        config.setdefault("Healthcheck", found.get("Healthcheck"))
        rebuilt = {
            "architecture": found.get("Architecture", ""),
            "os": found.get("Os", ""),
            "created": found.get("Created", ""),
            "author": found.get("Author", ""),
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": (found.get("RootFS") or {}).get("Layers") or []},
            "history": found.get("History") or [],
        }
        return json.dumps(rebuilt).encode()


def version_of(text: str) -> tuple[int, ...]:
    """Major and minor version."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:2])
