"""Static findings, one file a rule, named for the bad thing. Adding a rule is adding a file and a line here."""

from lightship.rules import (
    arg_in_from_without_default,
    as_case_differs,
    constant_platform,
    copied_file_ignored,
    duplicate_stage_name,
    empty_continuation,
    expose_protocol_case,
    expose_with_address,
    keyword_case_differs,
    legacy_key_value,
    maintainer,
    redundant_platform,
    relative_workdir,
    repeated_instruction,
    reserved_stage_name,
    secret_in_arg_or_env,
    shell_form_command,
    stage_name_not_lowercase,
    syntax_error,
    undefined_arg_in_from,
    undefined_variable,
    unused_ignore,
    wrong_base_platform,
    wrong_description,
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
    arg_in_from_without_default.RULE,
    as_case_differs.RULE,
    constant_platform.RULE,
    copied_file_ignored.RULE,
    duplicate_stage_name.RULE,
    empty_continuation.RULE,
    expose_protocol_case.RULE,
    expose_with_address.RULE,
    keyword_case_differs.RULE,
    legacy_key_value.RULE,
    maintainer.RULE,
    redundant_platform.RULE,
    relative_workdir.RULE,
    repeated_instruction.RULE,
    reserved_stage_name.RULE,
    secret_in_arg_or_env.RULE,
    shell_form_command.RULE,
    stage_name_not_lowercase.RULE,
    syntax_error.RULE,
    undefined_arg_in_from.RULE,
    undefined_variable.RULE,
    unused_ignore.RULE,
    wrong_base_platform.RULE,
    wrong_description.RULE,
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
