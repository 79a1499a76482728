"""Static findings, one file a rule, named for the bad thing. Adding a rule is adding a file and a line here."""

from lightship.rules import (
    maintainer,
    syntax_error,
    unused_ignore,
)
from lightship.rules.context import ContextFacts, given_context, likely_context
from lightship.rules.model import (
    CATEGORIES,
    SEVERITIES,
    Category,
    Finding,
    Fix,
    ImageFacts,
    Placed,
    Rule,
    Severity,
    Subject,
)
from lightship.rules.run import FileReport, Reported, findings, subject_of
from lightship.rules.selection import Selection, chosen

RULES: tuple[Rule, ...] = (
    maintainer.RULE,
    syntax_error.RULE,
    unused_ignore.RULE,
)
"""Every rule, in the order of their names."""

VERSION = "2026.11"
"""The newest version of the rule set."""

__all__ = [
    "CATEGORIES",
    "RULES",
    "SEVERITIES",
    "VERSION",
    "Category",
    "ContextFacts",
    "FileReport",
    "Finding",
    "Fix",
    "ImageFacts",
    "Placed",
    "Reported",
    "Rule",
    "Selection",
    "Severity",
    "Subject",
    "chosen",
    "findings",
    "given_context",
    "likely_context",
    "subject_of",
]
