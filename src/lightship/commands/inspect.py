"""``lightship inspect``: one image from the inside."""

from __future__ import annotations

import argparse
from pathlib import Path

from lightship.commands.images import add_looking_arguments, inspected, looking
from lightship.errors import EXIT_OK


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
    output = parser.add_argument_group("output")
    output.add_argument("--top", type=int, default=10, metavar="N", help="how much of each list (default: 10)")
    output.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    output.add_argument("-v", "--verbose", action="store_true", help="also print the engine commands that ran")


def run(arguments: argparse.Namespace) -> int:
    """Look inside, and print."""
    import gc

    # Tens of thousands of small values are made and kept to the end: looking for cycles among them is 15 % of the time.
    gc.disable()
    found = inspected(arguments.image, looking(arguments))
    if arguments.file:
        from lightship.dockerfile import parse
        from lightship.inspection.lines import with_lines
        from lightship.semantic import stages
        from lightship.text import decode

        text = decode(arguments.file.read_bytes())
        found = with_lines(found, stages(parse(text), target=arguments.target))
    if arguments.json:
        import json

        from lightship.inspection.document import as_document

        print(json.dumps({"schema": "lightship.inspect/1", **as_document(found)}, indent=2))
    else:
        from lightship.reports.inspection import inspection_text

        print(inspection_text(found, top=max(arguments.top, 0)))
    return EXIT_OK
