"""The command line: arguments in, exit code out. Every expected failure ends here as one clear message."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from lightship import __version__
from lightship.commands import COMMANDS
from lightship.commands.start import three_things
from lightship.errors import EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, Interrupted, LightshipError
from lightship.messages import said
from lightship.reports.translation import LANGUAGES, asked_for, language, tr, use

EPILOG = """\
exit codes:
  0 fine   1 findings, difference or budget exceeded   2 usage   3 engine failed   4 unknown   130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one lightship command and give its exit code."""
    if "_ARGCOMPLETE" in os.environ:
        _complete()
    arguments = list(sys.argv[1:] if argv is None else argv)
    # Before the parser is made: its own words are in that language too.
    asked = asked_for(arguments)
    if asked:
        use(asked)
    parser = build_parser(arguments)
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as exit_:
        return int(exit_.code or 0)
    if parsed.lang:
        use(parsed.lang)
    if not parsed.command:
        print(three_things(Path()))
        return EXIT_OK
    signal.signal(signal.SIGTERM, _interrupt)
    return _run(parsed)


def _run(parsed: argparse.Namespace) -> int:
    try:
        status: int = importlib.import_module(f"lightship.commands.{parsed.command}").run(parsed)
        sys.stdout.flush()
    except LightshipError as error:
        print(error.text(tr), file=sys.stderr)
        status = error.exit_code
    except KeyboardInterrupt:
        print(Interrupted("interrupted").text(tr), file=sys.stderr)
        status = EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`); Python would complain again while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = EXIT_OK
    except OSError as error:
        print(_os_error(error).text(tr), file=sys.stderr)
        status = EXIT_USAGE
    return status


def build_parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser with every command's name; only the command that ``arguments`` name is imported and filled in."""
    parser = argparse.ArgumentParser(
        prog="lightship",
        description="Container images that carry only what the program needs, and proof that they still do the same.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"lightship {__version__}")
    parser.add_argument("--lang", choices=LANGUAGES, default="", help="language (default: as LANG says)")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, help_ in COMMANDS:
        what = tr(help_)
        subparser = subparsers.add_parser(
            name,
            help=what,
            description=what[0].upper() + what[1:] + ".",
            epilog=EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        subparser.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if name in arguments:
            importlib.import_module(f"lightship.commands.{name}").add_arguments(subparser)
    if language() != "en":
        from lightship.commands.help_texts import translate

        translate(parser)
    return parser


def _complete() -> None:
    """Answer a shell that completes a command line, and end; see ``lightship completion``."""
    import argcomplete

    argcomplete.autocomplete(build_parser(os.environ.get("COMP_LINE", "").split()))


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Interrupted(said("stopped by {signal}", signal=signal.Signals(number).name))


def _os_error(error: OSError) -> LightshipError:
    where = str(error.filename or "")
    what = (error.strerror or str(error)).lower()
    return LightshipError(what, where=where, help="look at the path, its rights and the space on the disk")
