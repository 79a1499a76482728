"""``lightship explain RULE``: the page of a rule."""

from __future__ import annotations

import argparse
import os
import sys

from lightship.commands.rules import markdown
from lightship.errors import EXIT_OK, UsageError
from lightship.messages import said
from lightship.rules import RULES
from lightship.rules.selection import index, nearest, normal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship explain``."""
    parser.add_argument("rule", metavar="RULE", help="its name, or what BuildKit or hadolint call it (DL3009)")


def run(arguments: argparse.Namespace) -> int:
    """Print the page: rendered on a terminal, as Markdown elsewhere. Raises UsageError for a name that is none."""
    names = index(RULES)
    found = names.get(normal(arguments.rule))
    if found is None:
        near = nearest(arguments.rule, names)
        help_ = (said("did you mean {near}? ", near=near) if near else "") + said("`lightship rules` lists them")
        raise UsageError(said("no rule is called {rule}", rule=arguments.rule), help=help_)
    text = "\n".join(markdown(rule) for rule in found)
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text, end="")
    return EXIT_OK
