"""The build flags that Podman and Buildah share: both are Buildah underneath."""

from __future__ import annotations

from lightship.engines.build_files import BuildFiles
from lightship.engines.protocol import BuildRequest

CA_PLACES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def build_flags(request: BuildRequest, files: BuildFiles, tag: str, host_network: bool = False) -> list[str]:
    """The arguments after ``build``.

    ``--format docker`` always: the OCI format has no place for HEALTHCHECK and SHELL, and they are dropped with a
    warning. ``--pull=false`` takes a base image that is there as it is and fetches one that is not.
    """
    flags = [
        "--format",
        "docker",
        "--layers",
        "--file",
        str(files.dockerfile),
        "--iidfile",
        str(files.image_id),
    ]
    flags += ["--tag", tag, "--pull=always" if request.pull else "--pull=false"]
    flags += ["--ignorefile", str(files.ignore)] if files.ignore else []
    network = ("host" if host_network else "default") if request.network == "auto" else request.network
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
