"""``lightship diff``: what differs between two images."""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from lightship.commands.images import add_opening_arguments, looking, opened
from lightship.errors import EXIT_OK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship diff``."""
    parser.add_argument("before", metavar="A", help="an image, as for lightship inspect")
    parser.add_argument("after", metavar="B", help="the image that is held against it")
    parser.add_argument("--no-contents", action="store_true", help="do not read files that have the same size in both")
    add_opening_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--top", type=int, default=15, metavar="N", help="how much of each list (default: 15)")
    output.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    output.add_argument("-v", "--verbose", action="store_true", help="also print the engine commands that ran")


def run(arguments: argparse.Namespace) -> int:
    """Look into both, and print what differs."""
    from lightship.inspection.difference import difference
    from lightship.inspection.look import look_inside

    how = looking(arguments)
    with ExitStack() as stack:
        before = stack.enter_context(opened(arguments.before, how))
        after = stack.enter_context(opened(arguments.after, how))
        found = difference(
            before,
            after,
            look_inside(before, arguments.before),
            look_inside(after, arguments.after),
            contents=not arguments.no_contents,
        )
    if arguments.json:
        import json

        from lightship.inspection.document import as_document

        print(json.dumps({"schema": "lightship.diff/1", **as_document(found)}, indent=2))
    else:
        from lightship.reports.difference import difference_text

        print(difference_text(found, top=max(arguments.top, 0)))
    return EXIT_OK
