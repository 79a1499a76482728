"""How a case under ``tests/cases/<rule>/<case>/`` is read and run.

Dockerfile             what is checked
findings.txt           what the rule says, one line a finding; empty for a case that must not change
expected.Dockerfile    after all fixes, unsafe ones too; left out when that is the Dockerfile itself
context/               the build context, where the rule looks at it
evidence.json          facts of a built image, where the rule looks at them
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lightship.rules import RULES, Reported, Rule, Subject, findings, given_context, subject_of
from lightship.rules.fix import Fixed, fixed
from lightship.rules.image import recorded
from lightship.text import Lines

CASES = Path(__file__).parent.parent / "cases"
BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Case:
    """One folder."""

    rule: Rule
    folder: Path

    @property
    def id(self) -> str:
        return f"{self.rule.name}/{self.folder.name}"

    @property
    def text(self) -> str:
        return read(self.folder / "Dockerfile")

    @property
    def expected(self) -> str:
        file = self.folder / "expected.Dockerfile"
        return read(file) if file.exists() else self.text

    @property
    def findings(self) -> str:
        return read(self.folder / "findings.txt")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


def all_cases() -> list[Case]:
    folders = sorted(CASES.glob("*/*/Dockerfile"))
    return [Case(BY_NAME[f.parent.parent.name], f.parent) for f in folders if f.parent.parent.name in BY_NAME]


def subject(text: str, folder: Path) -> Subject:
    """A text as the Dockerfile of a case's folder."""
    context, evidence = folder / "context", folder / "evidence.json"
    return subject_of(
        text,
        context=given_context(context, None) if context.is_dir() else None,
        image=recorded(read(evidence)) if evidence.exists() else None,
    )


def find(one: Subject, rule: Rule) -> tuple[Reported, ...]:
    """What one rule finds; ``unused_ignore`` needs all of them to have run."""
    rules = RULES if rule.name == "unused_ignore" else (rule,)
    return tuple(found for found in findings(one, rules, known=RULES) if found.rule.name == rule.name)


def fix(text: str, folder: Path, rule: Rule) -> Fixed:
    return fixed(text, lambda new: subject(new, folder), lambda one: find(one, rule), unsafe=True)


def described(text: str, found: tuple[Reported, ...]) -> str:
    """Findings as they stand in ``findings.txt``."""
    lines = Lines(text)
    out = []
    for reported in found:
        finding = reported.finding
        line, column = lines.position(finding.span.start)
        note = "".join(f" [{'safe' if one.safe else 'unsafe'} fix: {one.title}]" for one in finding.fixes)
        out.append(f"{line}:{column}: {finding.message}{note}\n")
    return "".join(out)
