"""``lightship sbom``: the packages of an image as a bill of materials."""

from __future__ import annotations

import argparse
from pathlib import Path

from lightship.commands.images import add_opening_arguments, inspected, looking
from lightship.errors import EXIT_OK
from lightship.reports.sboms import FORMATS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship sbom``."""
    parser.add_argument("image", metavar="IMAGE", help="an image, as for lightship inspect")
    parser.add_argument("--format", choices=FORMATS, default="cyclonedx", help="CycloneDX 1.6 or SPDX 2.3, as JSON")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to write it (default: print it)")
    add_opening_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look inside, and write the document."""
    from lightship.reports.sboms import render
    from lightship.text import write_atomic

    text = render(arguments.format, inspected(arguments.image, looking(arguments))) + "\n"
    if arguments.output:
        write_atomic(arguments.output, text)
    else:
        print(text, end="")
    return EXIT_OK
