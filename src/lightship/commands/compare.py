"""``lightship compare``: several Dockerfiles and images, one table."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

from lightship.commands.arguments import add_build_arguments, add_output_arguments, build_args
from lightship.commands.reporting import add_report_argument, asked_reports, deliver
from lightship.errors import EXIT_OK

REPORTS = ("markdown", "json", "svg")


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
    add_report_argument(parser, REPORTS)


def run(arguments: argparse.Namespace) -> int:
    """Measure every target, and print the table."""
    from lightship.commands.engine import opened_engine
    from lightship.optimize import CompareOptions, measure_all
    from lightship.reports import comparison, printed
    from lightship.reports.progress import progress

    inputs = [Path(target) for target in arguments.targets]
    reports = asked_reports(arguments.report, REPORTS, json=arguments.json, inputs=inputs)
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
    deliver(reports, lambda name: comparison.render(name, rows), lambda: printed(rows))
    return EXIT_OK
