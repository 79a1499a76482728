"""Buildah: builds images; its containers are run by the OCI runtime directly (see ``runtime_spec``)."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path
from typing import Any

from lightship.engines import containers_build, egress, machine, ours
from lightship.engines.build_files import refuse_heredocs
from lightship.engines.client import LONG, Client
from lightship.engines.container import AttachedContainer, run_to_end
from lightship.engines.containers_storage import Store, names, sweep
from lightship.engines.failure import completed_error, engine_error
from lightship.engines.podman import HEREDOCS_SINCE, version_of
from lightship.engines.protocol import (
    BuildRequest,
    BuiltImage,
    Capabilities,
    CommandLog,
    Completed,
    EngineInfo,
    OnStep,
    RunSpec,
)
from lightship.engines.relay import relay
from lightship.engines.runtime_container import Bundle, start_bundle
from lightship.errors import EngineError
from lightship.messages import said
from lightship.oci.config import parse_config
from lightship.oci.model import ImageConfig


def find(log: CommandLog) -> tuple[dict[str, Any] | None, EngineError | None]:
    """What Buildah says of itself, or why it cannot be asked."""
    path = shutil.which("buildah")
    if not path:
        return None, EngineError("buildah is not installed")
    client = Client("buildah", (path,), log)
    info = client.attempt("info", timeout=30.0)
    if info.exit_code != 0:
        return None, completed_error("buildah", "asking what it is", info)
    version = client.attempt("version", "--json", timeout=30.0)
    if version.exit_code != 0:
        return None, completed_error("buildah", "asking for its version", version)
    return {**json.loads(info.stdout), "version": json.loads(version.stdout)}, None


class Buildah:
    """Buildah on this machine."""

    name = "buildah"

    def __init__(self, found: dict[str, Any], run_id: ours.RunId, log: CommandLog) -> None:
        self._client = Client("buildah", (shutil.which("buildah") or "buildah",), log)
        self._found = found
        kept = found["store"]
        self._store = Store(kept.get("GraphRoot", ""), kept.get("GraphDriverName", ""), kept.get("RunRoot", ""))
        self._run = run_id
        self.run_id = run_id.text
        self.log = log
        configured = found["host"].get("OCIRuntime") or "runc"
        self._runtime = machine.runtime_instead_of(configured)
        self._runs = shutil.which(self._runtime or configured) or ""

    def info(self) -> EngineInfo:
        limits: list[str] = []
        version = self._found["version"]["version"]
        if not self._heredocs():
            limits.append(said("no heredocs: Buildah {version} builds them as empty layers", version=version))
        runs = bool(self._runs) and machine.is_root()
        if not runs:
            limits.append(said("runs no containers: that needs root and runc or crun; use Podman"))
        else:
            limits.append(
                said("no published ports: its containers have a network of their own, reached from inside it")
            )
        limits += egress.limits("buildah")
        if runs:
            limits.append(said("VOLUMEs of an image are plain folders in its containers"))
        return EngineInfo("buildah", version, Capabilities(self._heredocs(), False, runs, tuple(limits)))

    def build(self, request: BuildRequest, on_step: OnStep) -> BuiltImage:
        if not self._heredocs():
            version = self._found["version"]["version"]
            refuse_heredocs(request, f"Buildah {version}", said("it makes an empty layer of it, without a word"))
        return containers_build.build(
            self._client, request, on_step, run_id=self._run, store=self._store, runtime=self._runtime
        )

    def resolve(self, reference: str, *, pull: bool = True) -> str | None:
        found = self._local_id(reference)
        if found or not pull:
            return found
        completed = self._client.attempt("pull", "--quiet", reference, timeout=LONG)
        if completed.exit_code == 0:
            return self._local_id(reference)
        error = engine_error(
            self.name, said("pulling {reference}", reference=reference), completed.stderr.decode("utf-8", "replace")
        )
        if not error.what.startswith(f"{self.name} failed"):
            raise error
        return None

    def config(self, image: str) -> ImageConfig:
        found = self._client.json("inspect", "--type", "image", image, doing=said("looking at {image}", image=image))
        return parse_config((found.get("Config") or json.dumps(found["Docker"])).encode(), image)

    def export(self, image: str, directory: Path) -> Path:
        archive = directory / "image.tar"
        return self._client.export("push", "--quiet", image, f"docker-archive:{archive}", image=image, archive=archive)

    def run(self, image: str, spec: RunSpec, *, timeout: float, output_limit: int = 1 << 20) -> Completed:
        return run_to_end(self._start(image, spec, output_limit), spec, timeout, output_limit)

    def start(self, image: str, spec: RunSpec) -> AttachedContainer:
        return self._start(image, spec, 1 << 20)

    def network(self, hosts: tuple[str, ...] = ()) -> AttachedContainer:
        """Without an image: the program lies in the bundle itself."""
        self._refuse_where_nothing_runs()
        program = relay()
        if program is None:
            raise EngineError("containers cannot share a network here", why="there is no relay for this machine")
        folder = ours.folder(self._run)
        rootfs = folder / "rootfs"
        rootfs.mkdir()
        (rootfs / "relay").write_bytes(program)
        (rootfs / "relay").chmod(0o755)
        spec = RunSpec(argv=("/relay", "pause"), hosts=hosts)
        bundle = Bundle(folder, self._runs, self.log)
        return start_bundle(
            bundle, self._run.name(), ImageConfig(), spec, rootfs=rootfs, forget=lambda: None, output_limit=1 << 20
        )

    def remove_image(self, image: str) -> None:
        completed = self._client.attempt("rmi", image)
        if completed.exit_code != 0 and b"image not known" not in completed.stderr:
            raise completed_error(self.name, said("removing {image}", image=image), completed)

    def clean(self, run_id: str | None = None) -> int:
        count = ours.end_programs(run_id)
        for folder in ours.folders(run_id):
            if (folder / "runc").is_dir() and self._runs:
                count += Bundle(folder, self._runs, self.log).delete_all()
        count += sweep(
            self._store,
            lambda marker: ours.may_clean(marker, run_id),
            lambda id_: self._client.attempt("rm", id_),
        )
        for name in names(self._store, "containers"):
            if ours.may_clean(name, run_id):
                self._forget(name)
                count += 1
        count += ours.remove_folders(run_id, all_kinds=True)
        for reference in names(self._store, "images"):
            if reference.startswith(f"{ours.REPOSITORY}:") and ours.may_clean(reference, run_id):
                with contextlib.suppress(EngineError):
                    self.remove_image(reference)
                    count += 1
        return count

    def _start(self, image: str, spec: RunSpec, output_limit: int) -> AttachedContainer:
        self._refuse_where_nothing_runs()
        if spec.network == "published":
            raise EngineError("Buildah publishes no ports", help="use --engine podman or docker")
        config = self.config(image)
        name = self._run.name()
        self._client.call("from", "--quiet", "--pull=false", "--name", name, image, doing="making a container")
        try:
            rootfs = Path(self._client.call("mount", name, doing="mounting a container"))
            bundle = Bundle(ours.folder(self._run), self._runs, self.log)
            return start_bundle(
                bundle, name, config, spec, rootfs=rootfs, forget=lambda: self._forget(name), output_limit=output_limit
            )
        except BaseException:
            self._forget(name)
            raise

    def _refuse_where_nothing_runs(self) -> None:
        if not self._runs or not machine.is_root():
            raise EngineError(
                "Buildah runs no containers here", why="that needs root and an OCI runtime", help="use Podman"
            )

    def _forget(self, name: str) -> None:
        self._client.attempt("rm", name)

    def _local_id(self, reference: str) -> str | None:
        completed = self._client.attempt("inspect", "--type", "image", "--format", "{{.FromImageID}}", reference)
        found = completed.stdout.decode().strip()
        return found if completed.exit_code == 0 and found else None

    def _heredocs(self) -> bool:
        return version_of(self._found["version"]["version"]) >= HEREDOCS_SINCE
