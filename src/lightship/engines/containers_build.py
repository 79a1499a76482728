"""Builds by Podman and Buildah: both are Buildah underneath."""

from __future__ import annotations

import re
import signal
import time

from lightship.engines import egress, ours, process
from lightship.engines.build_files import BuildFiles, build_files
from lightship.engines.buildah_progress import BuildahProgress
from lightship.engines.client import Client
from lightship.engines.containers_storage import Store, kill_steps, sweep
from lightship.engines.failure import build_error
from lightship.engines.protocol import BuildRequest, BuiltImage, OnStep
from lightship.errors import BuildError

_LOST_RACE = re.compile(r"layer not known|checking if cached image exists|error locating image with ID")
_DEATH = {"buildah": signal.SIGTERM, "podman": signal.SIGKILL}
"""On SIGTERM Buildah ends its RUN step and leaves the container; Podman removes the container and leaves the step,
which then nobody can find. Killed, Podman leaves both, and ``clean`` finds them."""
CA_PLACES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def build(
    client: Client, request: BuildRequest, on_step: OnStep, *, run_id: ours.RunId, store: Store, runtime: str = ""
) -> BuiltImage:
    """Build an image. Raises BuildError; whatever happens, no working container is left."""

    def attempt(trial: BuildRequest) -> None:
        built = build(client, trial, lambda step: None, run_id=run_id, store=store, runtime=runtime)
        client.attempt("rmi", built.image)

    network = egress.build_network(client.engine, request, attempt)
    try:
        return _build_once(client, request, on_step, network, run_id=run_id, store=store, runtime=runtime)
    except BuildError as error:
        # Another program has removed an image while this one was looking through all of them for its cache:
        # https://github.com/containers/buildah/issues/5674
        if not _LOST_RACE.search(error.why):
            raise
        return _build_once(client, request, on_step, network, run_id=run_id, store=store, runtime=runtime)


def _build_once(
    client: Client,
    request: BuildRequest,
    on_step: OnStep,
    network: str,
    *,
    run_id: ours.RunId,
    store: Store,
    runtime: str,
) -> BuiltImage:
    with build_files(request, run_id) as files:
        tag = run_id.tag()
        argv = [*client.prefix, "--default-mounts-file", str(files.mounts), "build"]
        argv += ["--runtime", runtime] if runtime else []
        argv += build_flags(request, files, tag, network)
        progress = BuildahProgress(request.dockerfile, on_step)
        began = time.monotonic()
        code: int | None = None
        mine = str(files.mounts).__eq__
        try:
            code = process.stream(
                argv,
                progress.feed,
                timeout=request.timeout,
                log=client.log,
                when_we_die=_DEATH[client.engine],
                before_end=lambda: kill_steps(store, mine),
            )
        finally:
            if code != 0:
                sweep(store, mine, lambda id_: client.attempt("rm", id_))
        steps = progress.finish(code == 0)
        if code != 0:
            if request.network == "auto":
                egress.forget(client.engine)
            raise build_error(client.engine, request, progress, code)
        return BuiltImage(tag, time.monotonic() - began, steps)


def build_flags(request: BuildRequest, files: BuildFiles, tag: str, network: str) -> list[str]:
    """The arguments after ``build``.

    ``--format docker`` always: the OCI format has no place for HEALTHCHECK and SHELL, and they are dropped with a
    warning. ``--pull=false`` takes a base image that is there as it is and fetches one that is not; ``--force-rm``
    removes the working container of a failed build too.
    """
    flags = ["--format", "docker", "--layers", "--force-rm", "--file", str(files.dockerfile)]
    flags += ["--iidfile", str(files.image_id), "--tag", tag, "--pull=always" if request.pull else "--pull=false"]
    flags += ["--ignorefile", str(files.ignore)] if files.ignore else []
    flags += [] if network == "default" else ["--network", network]
    flags += ["--target", request.target] if request.target else []
    flags += ["--platform", request.platform] if request.platform else []
    flags += ["--no-cache"] if request.no_cache else []
    for name, value in request.build_args:
        flags += ["--build-arg", f"{name}={value}"]
    for name, value in request.labels:
        flags += ["--label", f"{name}={value}"]
    for secret in request.secrets:
        flags += ["--secret", secret]
    if request.ca_bundle:
        for place in CA_PLACES:
            flags += ["--volume", f"{request.ca_bundle}:{place}:ro"]
    return [*flags, str(request.context)]
