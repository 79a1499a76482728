"""``lightship bases``: base images side by side, as a registry has them now."""

from __future__ import annotations

import argparse

from lightship.commands.images import DAEMONS, Looking, credential_helper, inspected
from lightship.errors import EXIT_OK, EXIT_UNKNOWN, LightshipError
from lightship.inspection.bases import BaseImage, base_image, base_inspected
from lightship.messages import message, said

USUAL = (
    "python:3.13",
    "python:3.13-slim",
    "python:3.13-alpine",
    "gcr.io/distroless/python3-debian12",
    "debian:bookworm-slim",
    "alpine",
    "gcr.io/distroless/cc-debian12",
    "gcr.io/distroless/static-debian12",
)
"""Names only: what is said of them is what the registry says when it is asked."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship bases``."""
    parser.add_argument(
        "images",
        nargs="*",
        default=list(USUAL),
        metavar="IMAGE",
        help=said(
            "an image of a registry, an archive, a layout, docker-daemon:NAME; the others are "
            "held against the first (default: {usual})",
            usual=" ".join(USUAL),
        ),
    )
    parser.add_argument(
        "--look",
        action="store_true",
        help="also read the layers, pulled where they are not in the cache: system, packages, files, shells",
    )
    parser.add_argument("--platform", default="linux/amd64", metavar="OS/ARCH", help="of an image with several")
    parser.add_argument("--engine", metavar="NAME", help="whose store docker-daemon: means (default: the first)")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Ask for each image, and print what came; 4 when some could not be seen."""
    from lightship.oci.threads import in_threads
    from lightship.reports.bases import bases_json, bases_text

    how = Looking(platform=arguments.platform, engine=arguments.engine)
    found = in_threads(lambda name: _seen(name, how, look=arguments.look), arguments.images)
    print(bases_json(found) if arguments.json else bases_text(found))
    return EXIT_UNKNOWN if any(one.problem for one in found) else EXIT_OK


def _seen(name: str, how: Looking, *, look: bool) -> BaseImage:
    from lightship.oci import open_image, parse_source

    try:
        if name.startswith(DAEMONS):
            return base_inspected(inspected(name, how), name)
        source = name if parse_source(name) is not None else f"registry:{name}"
        if look:
            return base_inspected(inspected(source, how), name)
        with open_image(source, platform=how.platform, credential_helper=credential_helper) as image:
            return base_image(image, name)
    except LightshipError as error:
        return BaseImage(name, problem=message(error.what) + (": " + message(error.why) if error.why else ""))
