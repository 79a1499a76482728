"""Pages that mkdocs gets from elsewhere: the command line from its parser, and files of the root folder.

https://www.mkdocs.org/user-guide/configuration/#hooks
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from lightship.cli import build_parser
from lightship.commands import COMMANDS
from lightship.reports import translation

ROOT = Path(__file__).parents[2]
PROJECT = ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+)(#[^)]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made from other things."""
    files.append(File.generated(config, "reference/cli.md", content=command_line()))
    for name in PROJECT:
        text = _LINK.sub(_moved, (ROOT / name).read_text(encoding="utf-8"))
        files.append(File.generated(config, f"project/{name.lower()}", content=text))
    # Pages of single rules are reached from their table, and would drown the navigation.
    for file in files.documentation_pages():
        if file.src_uri.startswith("reference/rules/") and not file.src_uri.endswith("README.md"):
            file.inclusion = type(file.inclusion).NOT_IN_NAV
    return files


def command_line() -> str:
    """Every command with its arguments, as the parser knows them."""
    text = (
        "Exit codes have [a page of their own](exit-codes.md), settings [too](settings.md); `man lightship` has it all."
    )
    parts = [f"# Command line\n\n{text}\n"]
    # In English, as the rest of the site, whatever the environment speaks.
    translation.use("en")
    for name, help_ in COMMANDS:
        parser = build_parser([name])
        (choices,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
        parts.append(f"\n## lightship {name}\n\n{help_[0].upper()}{help_[1:]}.\n\n| argument | what it is |\n|---|---|")
        actions = (action for action in choices.choices[name]._actions if action.help != argparse.SUPPRESS)
        parts += [_row(action) for action in actions if action.dest != "help"]
    return "\n".join(parts) + "\n"


def _row(action: argparse.Action) -> str:
    value = str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))
    if action.choices:
        value = ", ".join(map(str, action.choices))
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    takes = "" if action.nargs == 0 else f"`{value}`"
    cell = f"{names} {takes}".strip().replace("|", "\\|")
    return f"| {cell} | {(action.help or '').replace('|', chr(92) + '|')} |"


def _moved(match: re.Match[str]) -> str:
    """A link of a file in the root folder, as it is from project/; to what is no page: its text alone."""
    text, target, anchor = match[1], match[2], match[3] or ""
    if "://" in target:
        return match[0]
    if target.startswith("docs/"):
        return f"[{text}](../{target.removeprefix('docs/')}{anchor})"
    if target in PROJECT:
        return f"[{text}]({target.lower()}{anchor})"
    return text
