"""Docker: BuildKit through buildx or an older client's own BuildKit; the classic builder when nothing else is there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lightship.dockerfile import parse
from lightship.engines import egress, machine, ours, process
from lightship.engines.build_files import build_files, refuse_heredocs
from lightship.engines.buildkit_progress import BuildKitProgress
from lightship.engines.classic_progress import ClassicProgress
from lightship.engines.client import SHORT, Client
from lightship.engines.docker_like import DockerLike
from lightship.engines.failure import build_error, completed_error
from lightship.engines.protocol import (
    BuildRequest,
    BuiltImage,
    Capabilities,
    CommandLog,
    EngineInfo,
    OnStep,
)
from lightship.errors import EngineError
from lightship.messages import said
from lightship.oci.config import parse_config
from lightship.oci.model import ImageConfig

EMPTY_INSTRUCTIONS: tuple[str, ...] = (
    "ENV",
    "CMD",
    "LABEL",
    "EXPOSE",
    "ENTRYPOINT",
    "USER",
    "ARG",
    "VOLUME",
    "STOPSIGNAL",
)
EMPTY_INSTRUCTIONS += ("HEALTHCHECK", "SHELL", "ONBUILD", "MAINTAINER")

Builder = Literal["buildx", "buildkit", "classic"]


@dataclass(frozen=True, slots=True)
class DockerClient:
    """One docker program on PATH and what it can build with."""

    path: str
    version: str
    server: str
    architecture: str
    builder: Builder


def find(log: CommandLog) -> tuple[DockerClient | None, EngineError | None]:
    """The docker program that answers and builds best, or why there is none.

    A client from 23 on has no BuildKit of its own and needs buildx; an older one has it: the first on PATH is not
    always the one that can build.
    """
    problem: EngineError | None = None
    best: DockerClient | None = None
    for path in _programs():
        client = Client("docker", (path,), log)
        completed = client.attempt("version", "--format", "{{json .}}", timeout=15.0)
        if completed.exit_code != 0:
            problem = problem or completed_error("docker", "asking for its version", completed)
            continue
        answer = json.loads(completed.stdout)
        mine, theirs = answer["Client"], answer["Server"]
        builder = _builder(client, mine["Version"])
        found = DockerClient(path, mine["Version"], theirs["Version"], theirs.get("Arch", ""), builder)
        if found.builder != "classic":
            return found, None
        best = best or found
    if best is None and problem is None:
        problem = EngineError("docker is not installed")
    return best, problem


class Docker(DockerLike):
    """The Docker daemon."""

    name = "docker"

    def __init__(self, docker: DockerClient, run_id: ours.RunId, log: CommandLog) -> None:
        env = {"DOCKER_BUILDKIT": "1"} if docker.builder == "buildkit" else {}
        if docker.builder == "classic":
            env = {"DOCKER_BUILDKIT": "0"}
        super().__init__(Client("docker", (docker.path,), log, env), run_id)
        self._docker = docker

    def info(self) -> EngineInfo:
        limits: list[str] = []
        kit = self._docker.builder != "classic"
        if not kit:
            limits.append(said("classic builder: no RUN --mount (install docker-buildx for BuildKit)"))
        if not self._heredocs():
            limits.append(said("no heredocs without a `# syntax=` line (Docker 23 knows them by itself)"))
        limits.append(said("a CA bundle cannot be lent to RUN steps (BuildKit has no build volumes)"))
        if not machine.is_root():
            limits.append(said("each connection to a container takes about a second: a relay beside it makes it"))
        limits += egress.limits("docker")
        version = f"{self._docker.server} (client {self._docker.version}, {self._docker.builder})"
        return EngineInfo("docker", version, Capabilities(self._heredocs(), kit, True, tuple(limits)))

    def build(self, request: BuildRequest, on_step: OnStep) -> BuiltImage:
        if not self._heredocs() and not _names_a_frontend(request.dockerfile):
            refuse_heredocs(request, f"Docker {self._docker.server}", said("its lines would be taken for instructions"))
        network = egress.build_network("docker", request, self._attempt)
        with build_files(request, self._run) as files:
            tag = self._run.tag()
            argv = [
                *self._client.prefix,
                "build",
                "--file",
                str(files.dockerfile),
                "--iidfile",
                str(files.image_id),
            ]
            argv += ["--tag", tag, *self._build_flags(request, network), str(request.context)]
            reader = ClassicProgress if self._docker.builder == "classic" else BuildKitProgress
            progress = reader(request.dockerfile, on_step)
            began = time.monotonic()
            env = {**self._client.env, "BUILDKIT_PROGRESS": "plain"}
            code = process.stream(argv, progress.feed, timeout=request.timeout, log=self.log, env=env)
            if code != 0:
                progress.finish(succeeded=False)
                if request.network == "auto":
                    egress.forget("docker")
                raise build_error(self.name, request, progress, code)
            return BuiltImage(tag, time.monotonic() - began, progress.finish(succeeded=True))

    def _heredocs(self) -> bool:
        """Known to the frontend inside the daemon from 23.0 on, BuildKit 0.10."""
        major = self._docker.server.partition(".")[0]
        return self._docker.builder != "classic" and major.isdigit() and int(major) >= 23

    def _attempt(self, trial: BuildRequest) -> None:
        self.remove_image(self.build(trial, lambda step: None).image)

    def config(self, image: str) -> ImageConfig:
        found = self._client.json("image", "inspect", image, doing=said("looking at {image}", image=image))[0]
        return parse_config(self._stored_config(found["Id"]) or self._rebuilt_config(image, found), image)

    def export(self, image: str, directory: Path) -> Path:
        archive = directory / "image.tar"
        return self._client.export("save", "--output", str(archive), image, image=image, archive=archive)

    def _build_flags(self, request: BuildRequest, network: str) -> list[str]:
        flags = [] if self._docker.builder == "classic" else ["--progress", "plain"]
        flags += ["--load"] if self._docker.builder == "buildx" else []
        flags += [] if network == "default" else ["--network", network]
        flags += ["--target", request.target] if request.target else []
        flags += ["--platform", request.platform] if request.platform else []
        flags += ["--no-cache"] if request.no_cache else []
        flags += ["--pull"] if request.pull else []
        given = dict(request.build_args)
        for name, value in {**machine.proxies(), **given}.items():
            flags += ["--build-arg", f"{name}={value}"]
        for name, value in request.labels:
            flags += ["--label", f"{name}={value}"]
        for secret in request.secrets:
            flags += ["--secret", secret]
        return flags

    def _architecture(self) -> str:
        return self._docker.architecture

    def _stored_config(self, id: str) -> bytes | None:
        """The config itself, from the daemon's folder: Docker has no command that gives it whole."""
        root = self._client.attempt("info", "--format", "{{.DockerRootDir}} {{.Driver}}", timeout=SHORT)
        folder, _, driver = root.stdout.decode().strip().rpartition(" ")
        algorithm, _, digest = id.partition(":")
        path = Path(folder) / "image" / driver / "imagedb" / "content" / algorithm / digest
        with contextlib.suppress(OSError):
            return path.read_bytes()
        return None

    def _rebuilt_config(self, image: str, found: dict[str, Any]) -> bytes:
        """The config put together from ``inspect`` and ``history``.

        Neither says which history lines made no layer, so that is told by the instruction, and by size 0 for the rest
        until the numbers agree.
        """
        listed = self._client.call(
            "history",
            "--no-trunc",
            "--format",
            "{{json .}}",
            "--human=false",
            image,
            doing=said("reading the history of {image}", image=image),
        )
        lines = [json.loads(line) for line in listed.split("\n") if line.strip()][::-1]
        history = [
            {
                "created": line.get("CreatedAt", ""),
                "created_by": line.get("CreatedBy", ""),
                "comment": line.get("Comment", ""),
                "empty_layer": _makes_no_layer(line.get("CreatedBy", "")),
            }
            for line in lines
        ]
        rebuilt = {
            "architecture": found.get("Architecture", ""),
            "os": found.get("Os", ""),
            "variant": found.get("Variant", ""),
            "created": found.get("Created", ""),
            "author": found.get("Author", ""),
            "config": found.get("Config") or {},
            "rootfs": {"type": "layers", "diff_ids": (found.get("RootFS") or {}).get("Layers") or []},
            "history": history,
        }
        return json.dumps(rebuilt).encode()


def _names_a_frontend(dockerfile: str) -> bool:
    """Whether a ``# syntax=`` line asks for a frontend of its own, which knows what it knows."""
    return any(directive.name == "syntax" for directive in parse(dockerfile).directives)


def _makes_no_layer(created_by: str) -> bool:
    text = created_by.partition("#(nop)")[2].strip() or created_by
    return text.partition(" ")[0] in EMPTY_INSTRUCTIONS


def _programs() -> list[str]:
    found: dict[str, str] = {}
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = shutil.which("docker", path=folder) if folder else None
        if path:
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _builder(client: Client, version: str) -> Builder:
    if client.attempt("buildx", "version", timeout=15.0).exit_code == 0:
        return "buildx"
    major = version.partition(".")[0]
    return "buildkit" if major.isdigit() and 18 <= int(major) < 23 else "classic"
