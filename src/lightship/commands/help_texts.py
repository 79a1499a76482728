"""The help of every command, and argparse's complaints, in another language than English."""

from __future__ import annotations

import argparse

from lightship.reports.translation import tr

WORDS: tuple[str, ...] = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "show program's version number and exit",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
    "not allowed with argument %s",
    "ambiguous option: %(option)s could match %(matches)s",
    "ignored explicit argument %r",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "invalid %(type)s value: %(value)r",
    "unknown parser %(parser_name)r (choices: %(choices)s)",
    "one of the arguments %s is required",
)
"""What argparse itself says; a version of Python that words it otherwise says that in English."""


def translate(parser: argparse.ArgumentParser) -> None:
    """Put the help of a parser and of its commands into the reader's language, and let argparse speak it too."""
    # argparse asks gettext's global catalogue, which is not ours to replace; this is its name for that.
    vars(argparse)["_"] = tr
    _translate(parser)


def _translate(parser: argparse.ArgumentParser) -> None:
    parser.description = tr(parser.description or "") or None
    parser.epilog = tr(parser.epilog or "") or None
    for group in parser._action_groups:
        group.title = tr(group.title or "")
        group.description = tr(group.description or "") or None
    for action in parser._actions:
        if action.help and action.help != argparse.SUPPRESS:
            action.help = tr(action.help)
        if isinstance(action, argparse._SubParsersAction):
            for one in action._choices_actions:
                one.help = tr(one.help or "")
            for subparser in action.choices.values():
                _translate(subparser)
