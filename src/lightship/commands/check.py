"""``lightship check``: what is wrong with Dockerfiles, and the fixes that are known for it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from lightship.commands.check_image import image_facts
from lightship.commands.settings import load_check_settings
from lightship.errors import EXIT_FINDINGS, EXIT_OK, EXIT_USAGE, InputError, LightshipError, UsageError
from lightship.messages import said
from lightship.reports.findings import FORMATS, render
from lightship.reports.translation import tr
from lightship.rules import (
    RULES,
    SEVERITIES,
    FileReport,
    Reported,
    Rule,
    Selection,
    Subject,
    chosen,
    findings,
    given_context,
    subject_of,
)
from lightship.rules.find import dockerfiles
from lightship.text import decode, encode, write_atomic

if TYPE_CHECKING:
    from lightship.commands.budgets import Judged
    from lightship.rules.settings import CheckSettings

STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship check``."""
    parser.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="Dockerfiles, and folders in which to look for them; - for standard input (default: .)",
    )
    rules = parser.add_argument_group("rules")
    words = said(
        "names, categories (size, layers, cache, security, correctness), codes of BuildKit or hadolint, or all"
    )
    rules.add_argument(
        "--select", action="append", default=[], metavar="RULE,...", help=said("run only these: {words}", words=words)
    )
    rules.add_argument("--ignore", action="append", default=[], metavar="RULE,...", help="do not run these")
    rules.add_argument("--fail-on", choices=SEVERITIES, help="findings below this do not count (default: info)")
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="make the fixes that leave the built image as it is")
    fixes.add_argument("--unsafe-fixes", action="store_true", help="make all fixes; look at what they did")
    fixes.add_argument("--diff", action="store_true", help="print what the fixes would change, and write nothing")
    about = parser.add_argument_group("what is known about the build")
    about.add_argument("-C", "--context", type=Path, metavar="FOLDER", help="build context (default: worked out)")
    about.add_argument("--target", default="", metavar="STAGE", help="the stage that is built (default: the last)")
    about.add_argument("--image", metavar="IMAGE", help="what the one Dockerfile was built into: findings get bytes")
    about.add_argument("--engine", metavar="NAME", help="docker, podman or buildah, where the IMAGE is one of theirs")
    about.add_argument("--accept", action="store_true", help="write the IMAGE's figures to lightship.lock")
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=FORMATS, default="text", help="how to print (default: text)")
    output.add_argument("--json", action="store_true", help="the same as --format json")
    output.add_argument("-q", "--quiet", action="store_true", help="print nothing when nothing is found")


def run(arguments: argparse.Namespace) -> int:
    """Check all files. 0 when nothing is found, 1 when something is, 2 when a file or the settings cannot be read."""
    select, ignore = _words(arguments.select), _words(arguments.ignore)
    # A misspelt rule is said once, and before any file is read.
    chosen(RULES, Selection(select, ignore))
    checker = _Checker(arguments, select, ignore)
    names = list(_names(arguments.paths, checker))
    if arguments.image and len(names) != 1:
        raise UsageError("--image is about one Dockerfile", help="name that file alone")
    if arguments.accept and not arguments.image:
        raise UsageError("--accept needs an image", help="write --image IMAGE too")
    for name in names:
        checker.check(name)
    return checker.finish()


@dataclass(frozen=True, slots=True)
class _Source:
    """One file to check: ``name`` is how it is printed, ``path`` None for standard input."""

    name: str
    path: Path | None
    text: str


class _Checker:
    """What is found while one file after the other is checked."""

    def __init__(self, arguments: argparse.Namespace, select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
        self.arguments = arguments
        self.select, self.ignore = select, ignore
        self.reports: list[FileReport] = []
        self.rules: dict[str, tuple[Rule, ...]] = {}
        self.diffs: list[str] = []
        self.said: set[str] = set()
        self.failed = self.failing = False
        self.fixes = 0
        self.judged: Judged | None = None

    def check(self, name: str) -> None:
        """Check one file. An error in reading it is printed; the others go on."""
        try:
            source = _read(name)
            settings = load_check_settings((source.path.parent if source.path else Path()).absolute())
            if source.path is None or not _is_excluded(source.path, settings):
                self.report(source, settings)
        except (LightshipError, OSError) as error:
            self.fail(error, name)

    def fail(self, error: Exception, name: str) -> None:
        """Say that a file could not be checked."""
        if isinstance(error, OSError):
            error = InputError((error.strerror or str(error)).lower(), where=str(error.filename or name))
        # Wrong settings are those of every file below them, and are said once.
        if str(error) not in self.said:
            print(error.text(tr) if isinstance(error, LightshipError) else error, file=sys.stderr)
        self.said.add(str(error))
        self.failed = True

    def report(self, source: _Source, settings: CheckSettings) -> None:
        """Find, fix where that was asked for, and note what is left."""
        rules = self.rules_for(settings)
        context = given_context(self.arguments.context, source.path) if self.arguments.context else None

        def find(subject: Subject) -> tuple[Reported, ...]:
            return findings(subject, rules, known=RULES)

        def read(text: str) -> Subject:
            return subject_of(text, path=source.path, context=context, target=self.arguments.target)

        text = source.text
        if self.arguments.fix or self.arguments.unsafe_fixes or self.arguments.diff:
            text, left = self.fix(source, read, find)
        else:
            subject = read(text)
            if self.arguments.image:
                self.judge(source, subject)
                subject = replace(
                    subject, image=image_facts(self.arguments.image, self.arguments.engine, subject.graph)
                )
            left = find(subject)
        limit = SEVERITIES.index(self.arguments.fail_on or settings.fail_on)
        self.failing |= any(SEVERITIES.index(one.rule.severity) <= limit for one in left)
        self.reports.append(FileReport(source.name, text, left))

    def judge(self, source: _Source, subject: Subject) -> None:
        """Hold the image against its budget."""
        from lightship.commands.budgets import judged

        arguments = self.arguments
        self.judged = judged(
            source.path or Path("Dockerfile"),
            arguments.image,
            engine=arguments.engine,
            graph=subject.graph,
            accepting=arguments.accept,
        )
        self.failing |= self.judged is not None and bool(self.judged.excesses)

    def rules_for(self, settings: CheckSettings) -> tuple[Rule, ...]:
        """The rules that run under these settings."""
        if settings.where not in self.rules:
            asked = settings.selection
            selection = replace(asked, select=self.select or asked.select)
            rules = chosen(RULES, selection, where=settings.where)
            ignored = {rule.name for rule in chosen(RULES, Selection(self.ignore))} if self.ignore else set()
            self.rules[settings.where] = tuple(rule for rule in rules if rule.name not in ignored)
        return self.rules[settings.where]

    def fix(
        self,
        source: _Source,
        read: Callable[[str], Subject],
        find: Callable[[Subject], tuple[Reported, ...]],
    ) -> tuple[str, tuple[Reported, ...]]:
        """The text after its fixes, written to the file unless only the difference is wanted, and what is left.

        With ``--diff`` that is the text as it is, with everything that is found in it.
        """
        from lightship.rules.fix import fixed

        result = fixed(source.text, read, find, unsafe=self.arguments.unsafe_fixes)
        if self.arguments.diff:
            self.diffs.append(_difference(source, result.text))
            return source.text, find(read(source.text))
        if source.path is None:
            sys.stdout.buffer.write(encode(result.text))
        elif result.text != source.text:
            # A link stays one: what it leads to is rewritten.
            write_atomic(source.path.resolve(), result.text)
        self.fixes += len(result.applied)
        return result.text, result.findings

    def finish(self) -> int:
        """Print everything; the exit code."""
        arguments = self.arguments
        name = "json" if arguments.json else arguments.format
        found = any(report.findings for report in self.reports)
        # Standard output holds the difference or the fixed file alone, so that it can be piped on.
        to_stdout = not arguments.diff and not (STDIN in arguments.paths and (arguments.fix or arguments.unsafe_fixes))
        stream = sys.stdout if to_stdout else sys.stderr
        if self.diffs:
            sys.stdout.buffer.write(encode("".join(self.diffs)))
        if self.fixes and name == "text":
            print(tr("made 1 fix") if self.fixes == 1 else tr("made {count} fixes", count=self.fixes), file=stream)
        if not self.reports and not self.failed:
            problem = tr("no Dockerfile in {paths}", paths=", ".join(arguments.paths))
            print(f"{tr('warning')}: {problem}", file=sys.stderr)
        if name != "text" or found or (self.reports and not arguments.quiet):
            stream.write(self.rendered(name) + "\n")
        if self.judged and name != "json":
            self.tell_budget(stream if name == "text" else sys.stderr)
        if self.failed:
            return EXIT_USAGE
        return EXIT_FINDINGS if self.failing else EXIT_OK

    def rendered(self, name: str) -> str:
        """The findings in a format; the budget is a part of the JSON document."""
        if name != "json" or self.judged is None:
            return render(name, self.reports)
        from lightship.reports.budget import budget_document
        from lightship.reports.findings.json_format import render as as_json

        one = self.judged
        return as_json(self.reports, budget=budget_document(one.image, one.figures, one.accepted, one.excesses))

    def tell_budget(self, stream: TextIO) -> None:
        """Say what is exceeded, what has grown, and what was accepted."""
        from lightship.reports.budget import budget_text

        one = self.judged
        if one and (one.excesses or one.accepted or not self.arguments.quiet):
            print(budget_text(one.image, one.figures, one.accepted, one.excesses, one.lock), file=stream)
        if one and one.written:
            print(tr("wrote {path}", path=one.lock), file=stream)


def _names(paths: Sequence[str], checker: _Checker) -> Iterator[str]:
    """The files that the paths lead to, each once."""
    seen: set[str] = set()
    for name in paths:
        path = Path(name)
        if name != STDIN and not path.exists():
            help_ = "name a Dockerfile, a folder, or - for standard input"
            checker.fail(InputError("no such file or directory", where=name, help=help_), name)
            continue
        found = map(str, dockerfiles(path)) if name != STDIN and path.is_dir() else (name,)
        for one in found:
            if one not in seen:
                seen.add(one)
                yield one


def _read(name: str) -> _Source:
    if name == STDIN:
        return _Source("<stdin>", None, decode(sys.stdin.buffer.read()))
    path = Path(name)
    return _Source(name, path, decode(path.read_bytes()))


def _is_excluded(path: Path, settings: CheckSettings) -> bool:
    """Whether the settings leave a file out; their patterns are relative to the folder of the settings."""
    if not settings.exclude:
        return False
    try:
        relative = path.absolute().relative_to(Path(settings.where).parent).as_posix()
    except ValueError:
        return False
    return any(fnmatch(relative, pattern) or fnmatch(relative, f"{pattern}/*") for pattern in settings.exclude)


def _difference(source: _Source, text: str) -> str:
    """A unified difference, empty when nothing changes. Lines end at LF only."""
    from difflib import unified_diff

    before, after = source.text.split("\n"), text.split("\n")
    lines = [line + "\n" for line in before[:-1]] + [before[-1]], [line + "\n" for line in after[:-1]] + [after[-1]]
    old, new = ([line for line in one if line] for one in lines)
    found = unified_diff(old, new, f"a/{source.name}", f"b/{source.name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)


def _words(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for words in given for word in words.split(",") if word.strip())
