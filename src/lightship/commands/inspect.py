"""``lightship inspect``: one image from the inside."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.commands.images import add_looking_arguments, inspected, looking
from lightship.errors import EXIT_OK

if TYPE_CHECKING:
    from lightship.engines.scanners import ScanResult


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship inspect``."""
    parser.add_argument(
        "image",
        metavar="IMAGE",
        help="an archive, an OCI layout, a name with a prefix (docker-archive:, oci-archive:, oci:, dir:, registry:), "
        "or one that the engine knows",
    )
    parser.add_argument("-f", "--file", type=Path, metavar="DOCKERFILE", help="what built it: layers get their lines")
    parser.add_argument("--target", default="", metavar="STAGE", help="the stage that was built (default: the last)")
    add_looking_arguments(parser)
    parser.add_argument(
        "--vulnerabilities", action="store_true", help="also ask trivy and grype, where they are on this machine"
    )
    output = parser.add_argument_group("output")
    output.add_argument("--top", type=int, default=10, metavar="N", help="how much of each list (default: 10)")
    output.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    output.add_argument("-v", "--verbose", action="store_true", help="also print the engine commands that ran")


def run(arguments: argparse.Namespace) -> int:
    """Look inside, and print."""
    import gc

    # Tens of thousands of small values are made and kept to the end: looking for cycles among them is 15 % of the time.
    gc.disable()
    try:
        return _run(arguments)
    finally:
        gc.enable()


def _run(arguments: argparse.Namespace) -> int:
    found = inspected(arguments.image, looking(arguments))
    if arguments.file:
        from lightship.dockerfile import parse
        from lightship.inspection.lines import with_lines
        from lightship.semantic import stages
        from lightship.text import decode

        text = decode(arguments.file.read_bytes())
        found = with_lines(found, stages(parse(text), target=arguments.target))
    scans = _scanned(arguments) if arguments.vulnerabilities else None
    if arguments.json:
        import json

        from lightship.inspection.document import as_document

        more = (
            {}
            if scans is None
            else {"vulnerabilities": [as_document(one) | {"counts": dict(one.counts)} for one in scans]}
        )
        print(json.dumps({"schema": "lightship.inspect/1", **as_document(found), **more}, indent=2))
    else:
        from lightship.reports.inspection import inspection_text, scans_text

        print(inspection_text(found, top=max(arguments.top, 0)))
        if scans is not None:
            print(f"\n{scans_text((one.scanner, one.counts, one.problem) for one in scans)}")
    return EXIT_OK


def _scanned(arguments: argparse.Namespace) -> tuple[ScanResult, ...]:
    from lightship.engines.scanners import scan_image
    from lightship.oci import parse_source

    source = parse_source(arguments.image)
    return scan_image(str(source or arguments.image), arguments.engine or "")
