"""The manual page lightship(1), from the parsers and from the reference: `python docs/site/man.py` prints it.

The one that packages install is docs/man/lightship.1; a test holds it equal, and `pytest --accept` writes it.
https://man7.org/linux/man-pages/man7/groff_man.7.html, https://man7.org/linux/man-pages/man7/man-pages.7.html
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from lightship import __version__
from lightship.cli import build_parser
from lightship.commands import COMMANDS
from lightship.reports import translation

DOCS = Path(__file__).parents[1]
PAGE = DOCS / "man" / "lightship.1"
_WIDTH = 110
_EXAMPLES = (
    ("How small the image could be, proven; nothing is written", "lightship optimize --dry-run"),
    ("Write the smaller Dockerfile, and a page about it", "lightship optimize --report html=report.html"),
    ("Whether a Dockerfile of somebody else does the same", "lightship verify Dockerfile Dockerfile.new"),
    ("What is wrong with all Dockerfiles below this folder, without building them", "lightship check ."),
    ("What is in an image that lies in a file", "lightship inspect image.tar"),
)
_FILES = (
    ("lightship.toml", "settings; else the table tool.lightship of pyproject.toml"),
    ("lightship.lock", "figures of images that were accepted, for budgets"),
    ("DOCKERFILE.lightship", "what optimize writes unless -o names another file"),
    ("~/.cache/lightship", "what is remembered of images and engines; may be removed at any time"),
)


def man_page() -> str:
    """The page, in English whatever the environment speaks."""
    translation.use("en")
    try:
        return "\n".join(_lines()) + "\n"
    finally:
        translation.use("")


def _lines() -> Iterator[str]:
    parser = build_parser()
    yield '.\\" Made by docs/site/man.py; do not edit.'
    yield f'.TH LIGHTSHIP 1 "" "lightship {__version__}" "User Commands"'
    # No hyphens and no stretched lines: words of a command line are to be copied.
    yield from (".nh", ".ad l")
    yield from (".SH NAME", f"lightship \\- {_text('container images with what the program needs, and proof')}")
    yield from (".SH SYNOPSIS", ".B lightship", ".RI [ option ...]", ".I command", ".RI [ argument ...]")
    yield from (".SH DESCRIPTION", *_filled(parser.description or ""))
    yield ".SH OPTIONS"
    yield from (line for action in parser._actions for line in _argument(action))
    yield ".SH COMMANDS"
    for name, help_ in COMMANDS:
        subparser = _subparser(name)
        yield f'.SS "lightship {name}"'
        yield from _filled(f"{help_[0].upper()}{help_[1:]}.")
        yield from (".PP", *_usage(subparser))
        for group in subparser._action_groups:
            arguments = [line for action in group._group_actions for line in _argument(action)]
            if arguments and group.title not in ("positional arguments", "options"):
                yield from (".PP", *_filled(f"{(group.title or '').capitalize()}:"))
            yield from arguments
    yield from (".SH EXIT STATUS", *_table("reference/exit-codes.md", "| code | name | when |", 2))
    yield from (".SH ENVIRONMENT", *_table("reference/settings.md", "| variable | what for |", 1))
    yield from (".SH FILES", *(line for name, what in _FILES for line in _tagged(f"\\fI{_text(name)}\\fR", what)))
    yield from (".SH EXAMPLES", *(line for what, command in _EXAMPLES for line in _example(what, command)))
    yield from (".SH SEE ALSO", ".BR docker (1),", ".BR podman (1),", ".BR buildah (1),", ".BR skopeo (1)")


def _subparser(name: str) -> argparse.ArgumentParser:
    parser = build_parser([name])
    (choices,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    found: argparse.ArgumentParser = choices.choices[name]
    return found


def _usage(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The synopsis in one paragraph: options first, as argparse knows them."""
    words = [f"\\fB{_text(parser.prog)}\\fR"]
    for action in sorted(parser._actions, key=lambda action: not action.option_strings):
        if action.help == argparse.SUPPRESS or action.dest == "help":
            continue
        name = f"\\fB{_text(action.option_strings[0])}\\fR" if action.option_strings else ""
        shown = "\\ ".join(part for part in (name, _value(action)) if part)
        if action.nargs in ("+", "*"):
            shown += "\\ ..."
        is_needed = not action.option_strings and action.nargs not in ("?", "*")
        words.append(shown if is_needed else f"[{shown}]")
    yield from textwrap.wrap(" ".join(words), _WIDTH, break_long_words=False, break_on_hyphens=False)


def _argument(action: argparse.Action) -> Iterator[str]:
    """A paragraph with a tag; none for the list of commands and for what is not shown."""
    if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction) or action.dest == "help":
        return
    value = _value(action)
    names = ", ".join(f"\\fB{_text(name)}\\fR" for name in action.option_strings)
    yield from _tagged(" ".join(part for part in (names, value) if part), action.help or "")


def _value(action: argparse.Action) -> str:
    """What an argument takes, in italics; choices are literal."""
    if action.nargs == 0:
        return ""
    if action.choices:
        return "|".join(f"\\fB{_text(str(choice))}\\fR" for choice in action.choices)
    name = action.metavar if isinstance(action.metavar, str) else None
    return f"\\fI{_text(name or (action.dest.upper() if action.option_strings else action.dest))}\\fR"


def _table(page: str, header: str, told: int) -> Iterator[str]:
    """The rows of a table of the reference: first cell, and the cell that tells."""
    lines = (DOCS / page).read_text(encoding="utf-8").partition(f"{header}\n")[2].split("\n")[1:]
    for line in lines:
        if not line.startswith("|"):
            return
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        yield from _tagged(f"\\fB{_text(_plain(cells[0]))}\\fR", cells[told])


def _example(what: str, command: str) -> Iterator[str]:
    yield from (".PP", *_filled(f"{what}:"), ".PP", ".in +4n", ".EX", _text(command), ".EE", ".in")


def _tagged(tag: str, what: str) -> Iterator[str]:
    yield from (".TP", tag, *_filled(what))


def _filled(text: str) -> Iterator[str]:
    for line in textwrap.wrap(_text(_plain(text)), _WIDTH, break_long_words=False, break_on_hyphens=False):
        # A dot or an apostrophe at the beginning would be a request.
        yield f"\\&{line}" if line.startswith((".", "'")) else line


def _plain(text: str) -> str:
    """Markdown without its marks."""
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).replace("`", "").replace("**", "")


def _text(text: str) -> str:
    """A text as roff takes it: backslashes, and hyphens that are typed as such (groff_char(7))."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")


if __name__ == "__main__":
    print(man_page(), end="")
