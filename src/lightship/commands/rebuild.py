"""``lightship rebuild``: what a rebuild costs after the edits that people make."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.commands.arguments import add_build_arguments, add_output_arguments, build_args
from lightship.errors import EXIT_ENGINE, EXIT_OK, UsageError
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.rebuild.edits import Code


ALL_EDITS = "E0,E1,E2,E3,E4"


def asked_edits(text: str, option: str) -> tuple[Code, ...]:
    """The edits that an option names, in their own order. Raises UsageError for one that there is not."""
    from lightship.rebuild import CODES

    words = [word.strip().upper() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in CODES]
    if unknown or not words:
        raise UsageError(
            said("there is no edit {unknown!r}", unknown="".join(unknown[:1])),
            where=option,
            help=said("one of {codes}", codes=", ".join(CODES)),
        )
    return tuple(code for code in CODES if code in words)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship rebuild``."""
    parser.add_argument("dockerfiles", nargs="+", type=Path, metavar="DOCKERFILE", help="what to build, one by one")
    parser.add_argument(
        "-C", "--context", type=Path, metavar="FOLDER", help="build context (default: each Dockerfile's folder)"
    )
    parser.add_argument(
        "--edits",
        default=ALL_EDITS,
        metavar="E0,...",
        help="E0 nothing, E1 a line of source, E2 the dependencies, E3 the README, E4 the base image (default: all)",
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="builds an edit; their median counts (default: 3)"
    )
    add_build_arguments(parser)
    add_output_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Build, edit a copy, build again, and print the table. 3 when an edited file did not build."""
    from lightship.commands.engine import opened_engine
    from lightship.rebuild import RebuildOptions, rebuild_costs
    from lightship.reports.progress import progress
    from lightship.reports.rebuild import rebuild_json, rebuild_text

    codes = asked_edits(arguments.edits, "--edits")
    if arguments.runs < 1:
        raise UsageError("an edit is built at least once", where=f"--runs {arguments.runs}")
    if arguments.no_cache:
        raise UsageError(
            "without the cache a rebuild costs what a build costs", where="--no-cache", help="leave it out"
        )
    options = RebuildOptions(
        arguments.dockerfiles[0],
        context=arguments.context,
        codes=codes,
        runs=arguments.runs,
        target=arguments.target,
        build_args=build_args(arguments.build_arg),
        secrets=tuple(arguments.secret),
        network=arguments.network,
        ca_bundle=arguments.ca_bundle,
    )
    with (
        progress(quiet=arguments.quiet or arguments.json) as told,
        opened_engine(arguments.engine, verbose=arguments.verbose) as engine,
    ):
        costs = [
            cost
            for path in arguments.dockerfiles
            for cost in rebuild_costs(engine, replace(options, dockerfile=path), told)
        ]
        name = engine.name
    print(rebuild_json(costs, name) if arguments.json else rebuild_text(costs))
    # An edit that this context has no file for is no failure.
    failed = any(cost.problem and cost.file for cost in costs) or any(
        cost.problem and cost.code == "E4" for cost in costs
    )
    return EXIT_ENGINE if failed else EXIT_OK
