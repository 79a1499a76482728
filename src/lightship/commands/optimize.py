"""``lightship optimize``: the main job."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lightship.commands.arguments import add_build_arguments, add_output_arguments, build_args, level
from lightship.commands.rebuild import ALL_EDITS, asked_edits
from lightship.commands.reporting import add_report_argument, asked_reports, deliver
from lightship.errors import EXIT_OK, EXIT_UNKNOWN, UsageError
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.engines.protocol import Engine
    from lightship.optimize import Optimization, Options, Progress
    from lightship.rebuild import RebuildCost
    from lightship.rebuild.edits import Code

REPORTS = ("markdown", "html", "json", "sarif", "svg")
"""As ``reports.optimizations.FORMATS``, which is only imported when it is needed; a test holds them equal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship optimize``."""
    parser.add_argument(
        "context", nargs="?", default=Path(), type=Path, metavar="CONTEXT", help="build context (default: .)"
    )
    parser.add_argument("-f", "--file", type=Path, metavar="DOCKERFILE", help="default: CONTEXT/Dockerfile")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="default: DOCKERFILE with .lightship behind its name"
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--force", action="store_true", help="replace an output file that is already there")
    parser.add_argument(
        "--runtime",
        choices=("auto", "scratch", "distroless", "slim", "same"),
        default="auto",
        help="what the runtime stage stands on (default: auto, the smallest that is proven)",
    )
    parser.add_argument(
        "--require",
        type=level,
        default=0,
        metavar="LEVEL",
        help="lowest ladder level to believe, L5 at least",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=5.0,
        metavar="PERCENT",
        help="smallest saving worth a change (default: 5)",
    )
    trims = parser.add_argument_group("taking more away, when it is proven too")
    trims.add_argument(
        "--prune",
        action="store_true",
        help="parts of a language's standard library that nothing of the program imports",
    )
    trims.add_argument(
        "--bytecode",
        choices=("keep", "drop"),
        default="keep",
        help="Python's compiled modules: drop saves space and makes every start slower (default: keep)",
    )
    trims.add_argument(
        "--strip", action="store_true", help="symbols of libraries and programs that no OS package brought"
    )
    lines = parser.add_argument_group("your own lines, rewritten when that is proven too")
    lines.add_argument(
        "--keep-order",
        action="store_true",
        help="leave the source above the dependencies: by default they are installed before it is copied",
    )
    lines.add_argument(
        "--join-apt", action="store_true", help="apt-get update and the install that follows it in one RUN"
    )
    lines.add_argument("--cache-mounts", action="store_true", help="caches of pip, npm and Go (BuildKit only)")
    lines.add_argument(
        "--dockerignore",
        action="store_true",
        help="write or complete the ignore file: what no build step and no program reads",
    )
    lines.add_argument(
        "--non-root", action="store_true", help="a USER without rights, when the program was seen to run as one"
    )
    parser.add_argument(
        "--rebuild",
        nargs="?",
        const=ALL_EDITS,
        metavar="E0,...",
        help="also measure what rebuilds of original and result cost after these edits (default: all; takes minutes)",
    )
    add_build_arguments(parser)
    add_output_arguments(parser)
    add_report_argument(parser, REPORTS)


def run(arguments: argparse.Namespace) -> int:
    """Optimize, report, and write the result when it is proven."""
    from lightship.commands.engine import opened_engine
    from lightship.commands.settings import load_settings
    from lightship.multistage import Trims
    from lightship.optimize import Options, optimize
    from lightship.reports import optimization_text, optimizations
    from lightship.reports.progress import progress
    from lightship.reports.rebuild import rebuild_text

    context = _context(arguments.context)
    dockerfile = _dockerfile(arguments.file, context)
    output = arguments.output or dockerfile.with_name(dockerfile.name + ".lightship")
    if not arguments.dry_run:
        _check_output(output, dockerfile)
    reports = asked_reports(arguments.report, REPORTS, json=arguments.json, inputs=(dockerfile, output))
    options = Options(
        context=context,
        dockerfile=dockerfile,
        runtime=arguments.runtime,
        target=arguments.target,
        build_args=build_args(arguments.build_arg),
        secrets=tuple(arguments.secret),
        network=arguments.network,
        ca_bundle=arguments.ca_bundle,
        require=arguments.require,
        threshold=arguments.threshold,
        no_cache=arguments.no_cache,
        trims=Trims(prune=arguments.prune, bytecode=arguments.bytecode, strip=arguments.strip),
        look_inside=bool(reports),
        rewrites=_rewrites(arguments),
        output=output,
    )
    settings = load_settings(context)
    edits = asked_edits(arguments.rebuild, "--rebuild") if arguments.rebuild else ()
    with (
        opened_engine(arguments.engine, verbose=arguments.verbose) as engine,
        progress(quiet=arguments.quiet or arguments.json) as told,
    ):
        if output.exists() and not (arguments.force or arguments.dry_run):
            told.note(said("{output} is already there: without --force it stays as it is", output=output))
        result = optimize(engine, options, settings, told)
        rebuild = _rebuilds(engine, options, result, edits, told) if edits and result.outcome == "improved" else ()
    written, problem = "", None
    if result.outcome == "improved" and not arguments.dry_run:
        try:
            written = _write_all(output, result, force=arguments.force)
        except (OSError, UsageError) as error:
            # What took minutes to prove is not thrown away: reports are delivered first.
            written, problem = "kept", _kept(error, output, result.text)
    outcome = optimizations.Outcome(result, dockerfile, output, written, rebuild)
    deliver(
        reports,
        lambda name: optimizations.render(name, outcome),
        lambda: "\n".join(
            (optimization_text(result, dockerfile, output, written), *(("", rebuild_text(rebuild)) if rebuild else ()))
        ),
    )
    if problem is not None:
        raise problem
    return EXIT_UNKNOWN if result.outcome == "not proven" else EXIT_OK


def _rebuilds(
    engine: Engine, options: Options, result: Optimization, edits: tuple[Code, ...], told: Progress
) -> tuple[RebuildCost, ...]:
    """What rebuilds cost: of the original, and of the result, which need not be written yet."""
    from lightship.rebuild import RebuildOptions, rebuild_costs
    from lightship.text import encode

    asked = RebuildOptions(
        options.dockerfile,
        context=options.context,
        codes=edits,
        runs=1,
        target=options.target,
        build_args=options.build_args,
        secrets=options.secrets,
        network=options.network,
        ca_bundle=options.ca_bundle,
    )
    name = options.output.name if options.output else options.dockerfile.name
    with TemporaryDirectory(prefix=f"lightship-{engine.run_id}-") as directory:
        path = Path(directory) / name
        path.write_bytes(encode(result.text))
        return tuple(
            replace(cost, dockerfile=shown)
            for one, shown in ((options.dockerfile, options.dockerfile.name), (path, name))
            for cost in rebuild_costs(engine, replace(asked, dockerfile=one), told)
        )


def _rewrites(arguments: argparse.Namespace) -> tuple[str, ...]:
    asked = {
        "ignore_file": arguments.dockerignore,
        "source_last": not arguments.keep_order,
        "apt_in_one": arguments.join_apt,
        "cache_mounts": arguments.cache_mounts,
        "non_root": arguments.non_root,
    }
    return tuple(name for name, wanted in asked.items() if wanted)


def _context(path: Path) -> Path:
    if not path.is_dir():
        why = "it is a file" if path.exists() else "there is no such folder"
        raise UsageError(
            "the build context is not usable",
            where=str(path),
            why=why,
            help="name the folder that COPY reads from",
        )
    if not os.access(path, os.R_OK | os.X_OK):
        raise UsageError("the build context cannot be read", where=str(path), help="look at its rights")
    return path


def _dockerfile(given: Path | None, context: Path) -> Path:
    if given is None:
        found = next((path for name in ("Dockerfile", "Containerfile") if (path := context / name).exists()), None)
        return found or context / "Dockerfile"
    # As `docker build -f` does: relative to the current folder; a bare name may also be one of the context's.
    return given if given.exists() or not (context / given).exists() else context / given


def _check_output(output: Path, dockerfile: Path) -> None:
    if output.exists() and dockerfile.exists() and output.samefile(dockerfile):
        raise UsageError("the output is the input", where=str(output), help="name another file with -o")
    if output.is_dir():
        raise UsageError("the output is a folder", where=str(output), help="name a file with -o")
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK | os.X_OK):
        raise UsageError(
            "the output cannot be written",
            where=str(output),
            help="name another file with -o, or use --dry-run",
        )


def _write_all(output: Path, result: Optimization, *, force: bool) -> str:
    """Write the Dockerfile, and the ignore file that it was proven with: both, or none."""
    from lightship.text import decode, write_atomic

    ignored = result.ignore_file
    if ignored is None:
        return _write(output, result.text, force=force)
    there = decode(ignored.path.read_bytes()) if ignored.path.exists() else None
    # What is there is only added to; a file of the result's own name that says something else is somebody's work.
    if there not in (None, ignored.before, ignored.text) and not force:
        raise UsageError("the ignore file is already there, and says something else", where=str(ignored.path),
                         help="look at it, then use --force, or leave --dockerignore out")  # fmt: skip
    write_atomic(ignored.path, ignored.text)
    try:
        return _write(output, result.text, force=force)
    except BaseException:
        if there is None:
            ignored.path.unlink()
        else:
            write_atomic(ignored.path, there)
        raise


def _kept(error: OSError | UsageError, output: Path, text: str) -> UsageError:
    """Why the result is not where it belongs, and where it is instead."""
    import tempfile

    from lightship.text import encode

    if isinstance(error, UsageError):
        what, where, help_ = error.what, error.where, error.help
    else:
        what = said("the output cannot be written: {strerror}", strerror=(error.strerror or str(error)).lower())
        # The name in the error may be that of a file in passing, or of the folder.
        where, help_ = str(output), "look at its folder, its rights and the space on the disk"
    try:
        with tempfile.NamedTemporaryFile(prefix=f"{output.name}.", delete=False) as file:
            file.write(encode(text))
    except OSError:
        return UsageError(what, where=where, help=help_)
    return UsageError(
        what, where=where, why=said("the proven Dockerfile was kept as {name}", name=file.name), help=help_
    )


def _write(output: Path, text: str, *, force: bool) -> str:
    from lightship.text import decode, write_atomic

    if output.exists():
        if decode(output.read_bytes()) == text:
            return "unchanged"
        if not force:
            raise UsageError("the output file is already there, and differs", where=str(output),
                             help="look at it, then use --force, or name another file with -o")  # fmt: skip
    write_atomic(output, text)
    return "written"
