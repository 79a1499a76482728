"""What the user says about checking: ``[check]`` in `lightship.toml`, ``[tool.lightship.check]`` in pyproject.toml.

[check]
rules = "2026.11"                   # freeze the rule set: later rules do not run
select = ["size", "root_user"]      # names, categories, other tools' names, or "all"; left out: the usual ones
exclude = ["vendor/**"]             # files, relative to this one
fail_on = "warning"                 # findings below this do not change the exit code

[check.ignore]                      # every ignored rule has a reason
latest_tag = "renovate pins them when it merges"

[check.severity]
apt_lists_kept = "error"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lightship.errors import UsageError
from lightship.messages import said
from lightship.rules.model import SEVERITIES, Severity
from lightship.rules.selection import Selection

_KEYS = ("rules", "select", "exclude", "fail_on", "ignore", "severity")


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The table, checked. ``where`` is its file, empty when there is none."""

    selection: Selection = field(default_factory=Selection)
    exclude: tuple[str, ...] = ()
    fail_on: Severity = "info"
    where: str = ""


def parse_check(text: str, where: str, *, table: tuple[str, ...] = ()) -> CheckSettings | None:
    """The settings in a TOML file's text; None when the file has nothing that is lightship's.

    ``table`` is the table that lightship's are in. Raises UsageError for TOML that cannot be read, unknown keys and
    bad values; whether rules of these names exist is seen when they are chosen.
    """
    if table and ".".join(table) not in text and f"[{table[0]}]" not in text:
        return None
    # Imported here: most folders have no settings.
    import tomllib

    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError("the file is not valid TOML", where=where, why=str(error)) from error
    for name in table:
        document = document.get(name) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        return None
    reader = _Reader(text, where)
    check = reader.table(document.get("check", {}), "check")
    for key in check:
        if key not in _KEYS:
            raise reader.error(
                key,
                said("unknown key {key!r} in [check]", key=key),
                help=said("known are {keys}", keys=", ".join(sorted(_KEYS))),
            )
    selection = Selection(
        select=reader.texts(check.get("select", []), "select"),
        ignore=reader.ignored(check.get("ignore", {})),
        version=reader.version(check.get("rules", "")),
        severities={
            name: reader.severity(value, name)
            for name, value in reader.table(check.get("severity", {}), "severity").items()
        },
    )
    return CheckSettings(
        selection,
        reader.texts(check.get("exclude", []), "exclude"),
        reader.severity(check.get("fail_on", "info"), "fail_on"),
        where,
    )


class _Reader:
    """Values of one document, checked; errors name the line."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def error(self, key: str, what: str, *, help: str = "") -> UsageError:
        word = re.escape(key)
        match = re.search(rf"^[ \t\[]*(?:[\w.]+\.)?[\"']?({word})[\"']?[ \t]*[=\]]", self._text, re.MULTILINE)
        if match is None:
            return UsageError(what, where=self._where, help=help)
        at = match.start(1)
        line, column = self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        return UsageError(what, where=f"{self._where}:{line}:{column}", help=help)

    def table(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(key, said("{key} must be a table", key=key))
        return value

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.error(key, said("{key} must be an array of strings", key=key))
        return tuple(value)

    def ignored(self, value: Any) -> tuple[str, ...]:
        help_ = 'write [check.ignore] and below it: rule = "the reason"'
        if not isinstance(value, dict):
            raise self.error("ignore", "ignored rules need reasons", help=help_)
        for name, reason in value.items():
            if not isinstance(reason, str) or not reason.strip():
                raise self.error(name, said("the reason for ignoring {name} is missing", name=name), help=help_)
        return tuple(value)

    def version(self, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"(?:\d{4}\.\d{2})?", value):
            raise self.error("rules", "rules must be a version of the rule set", help='write rules = "2026.11"')
        return value

    def severity(self, value: Any, key: str) -> Severity:
        for severity in SEVERITIES:
            if value == severity:
                return severity
        raise self.error(key, said("{key} must be one of {severities}", key=key, severities=", ".join(SEVERITIES)))
