"""``lightship compare``: several Dockerfiles and images, one table."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from lightship.commands.arguments import add_build_arguments, add_output_arguments, build_args
from lightship.errors import EXIT_OK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship compare``."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="A",
        help="a Dockerfile, an image reference, an OCI layout or an archive; the others are held against the first",
    )
    parser.add_argument(
        "-C",
        "--context",
        type=Path,
        metavar="FOLDER",
        help="build context (default: each Dockerfile's folder)",
    )
    add_build_arguments(parser)
    add_output_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure every target, and print the table."""
    from lightship.commands.engine import opened_engine
    from lightship.optimize import CompareOptions, measure_all
    from lightship.reports import json_report, printed
    from lightship.reports.progress import progress

    options = CompareOptions(
        targets=tuple(arguments.targets),
        context=arguments.context,
        target=arguments.target,
        build_args=build_args(arguments.build_arg),
        secrets=tuple(arguments.secret),
        network=arguments.network,
        ca_bundle=arguments.ca_bundle,
        no_cache=arguments.no_cache,
    )
    with ExitStack() as stack:
        told = stack.enter_context(progress(quiet=arguments.quiet or arguments.json))
        rows = measure_all(
            lambda: stack.enter_context(opened_engine(arguments.engine, verbose=arguments.verbose)),
            options,
            told,
        )
    print(json_report.measurements(rows) if arguments.json else printed(rows))
    return EXIT_OK
