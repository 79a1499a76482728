"""``lightship explore``: an image to walk through at a terminal."""

from __future__ import annotations

import argparse
import sys

from lightship.commands.images import add_opening_arguments, looking, opened
from lightship.errors import EXIT_OK, UsageError
from lightship.messages import said


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship explore``."""
    parser.add_argument("image", metavar="IMAGE", help="an image, as for lightship inspect")
    parser.add_argument("--duplicates", action="store_true", help="also look for equal files: reads all that may be")
    add_opening_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Look inside, and hand over to the explorer until it is left."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("the explorer needs a terminal", help="use lightship inspect for a pipe or a file")
    try:
        from lightship.reports.explorer import ImageExplorer
    except ModuleNotFoundError as error:
        raise UsageError(
            "the library for the explorer is not installed",
            why=said("there is no module {name}", name=error.name),
            help="pip install 'lightship[explore]'",
        ) from None
    from lightship.inspection.look import look_inside
    from lightship.inspection.sizes import SizedTree

    how = looking(arguments)
    with opened(arguments.image, how) as image:
        found = look_inside(image, arguments.image, duplicates=how.duplicates)
        tree = SizedTree(image.rootfs())
    ImageExplorer(found, tree).run()
    return EXIT_OK
