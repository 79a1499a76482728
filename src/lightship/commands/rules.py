"""``lightship rules``: the rules of ``lightship check``, as a list or as pages."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from lightship.errors import EXIT_OK
from lightship.messages import said
from lightship.reports.translation import tr
from lightship.rules import CATEGORIES, RULES, VERSION, Rule
from lightship.rules.page import page

SCHEMA = "lightship.rules/1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship rules``."""
    parser.add_argument(
        "--json", action="store_true", help=said("print one JSON object, schema {schema}", schema=SCHEMA)
    )
    parser.add_argument("--write-docs", type=Path, metavar="FOLDER", help="write a Markdown page for every rule")


def run(arguments: argparse.Namespace) -> int:
    """Print the list, or write the pages."""
    if arguments.write_docs:
        for name, text in pages().items():
            arguments.write_docs.mkdir(parents=True, exist_ok=True)
            (arguments.write_docs / name).write_text(text, encoding="utf-8", newline="")
        print(tr("wrote {count} pages to {folder}", count=len(pages()), folder=arguments.write_docs))
    elif arguments.json:
        print(json.dumps({"schema": SCHEMA, "version": VERSION, "rules": [document(rule) for rule in RULES]}, indent=2))
    else:
        print("\n".join(listed()))
    return EXIT_OK


def document(rule: Rule) -> dict[str, object]:
    """A rule in ``lightship.rules/1``."""
    return {
        "name": rule.name,
        "title": page(rule).title,
        "severity": rule.severity,
        "category": rule.category,
        "since": rule.since,
        "fixable": rule.fixable,
        "default": rule.default,
        "codes": list(rule.codes),
    }


def listed() -> list[str]:
    """The list for people, by category."""
    width = max(len(rule.name) for rule in RULES)
    lines: list[str] = []
    for category in CATEGORIES:
        lines += ["", tr(category)] if lines else [tr(category)]
        for rule in RULES:
            if rule.category == category:
                marks = f"{tr(rule.severity):8}{'fix' if rule.fixable else '   '}"
                lines.append(f"  {rule.name:{width}}  {marks}  {_plain(tr(page(rule).title))}")
    return [
        *lines,
        "",
        tr(
            "{count} rules, version {version}; `lightship explain RULE` says more of one",
            count=len(RULES),
            version=VERSION,
        ),
    ]


def pages() -> dict[str, str]:
    """Every page by its file name, and ``README.md``, which lists them."""
    found = {f"{rule.name}.md": markdown(rule) for rule in RULES}
    rows = [
        f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.category} | {'yes' if rule.fixable else ''} |"
        f" {', '.join(rule.codes)} | {page(rule).title} |"
        for rule in RULES
    ]
    head = [
        "# Rules",
        "",
        "Made by `lightship rules --write-docs docs/reference/rules` from the docstrings of the rules.",
        "",
        "| rule | severity | category | fix | elsewhere | what |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return {"README.md": "\n".join([*head, *rows, ""]), **found}


def markdown(rule: Rule) -> str:
    """The page of one rule."""
    facts = [f"severity {rule.severity}", f"category {rule.category}", f"since {rule.since}"]
    facts += ["has a fix"] if rule.fixable else []
    facts += [] if rule.default else ["runs when selected"]
    facts += [f"elsewhere {', '.join(rule.codes)}"] if rule.codes else []
    ignore = f"To ignore it at one place, write above the instruction:\n\n    # lightship ignore={rule.name} the reason"
    return f"# {rule.name}\n\n{' · '.join(facts)}\n\n{page(rule).text}\n\n{ignore}\n"


def _plain(text: str) -> str:
    return text.replace("`", "")
