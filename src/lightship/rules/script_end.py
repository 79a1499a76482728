"""Where one more command can be put behind the script of a RUN, and how RUNs become one."""

from __future__ import annotations

from lightship.dockerfile import Comment, Instruction
from lightship.rules.edits import insert, line_end
from lightship.rules.model import Placed, Subject
from lightship.text import Edit, Span


def appended(subject: Subject, placed: Placed, command: str) -> Edit | None:
    """The edit that lets a RUN end with ``&& command``; None when its script does not end with a plain command."""
    end = script_end(subject, placed)
    if end is None:
        return None
    return insert(end, f"{_break(subject, placed.instruction)}&& {command}")


def script_end(subject: Subject, placed: Placed) -> int | None:
    """Where the script of a RUN in shell form ends, None when ``&&`` behind it would mean something else."""
    instruction = placed.instruction
    if instruction.keyword != "run" or instruction.exec_form is not None or instruction.heredocs:
        return None
    # Imported here, as in Subject.commands. Only what asks for an edit comes here, so reading it again costs little.
    from lightship.semantic.run import run_scripts

    if any(one.script.errors for one in run_scripts(instruction, variables=placed.scope.variables)):
        return None
    last = max((one.span.end for one in subject.commands(placed) if not one.nesting), default=-1)
    start = instruction.arguments_span.start
    return last if last == start + len(instruction.arguments_span.of(subject.text).rstrip()) else None


def joined(subject: Subject, first: Placed, second: Placed) -> Edit | None:
    """The edit that makes one RUN of two neighbours. Comments between them stay; None when it is not plain to do.

    Both must have the same flags, and the first must leave nothing behind that the second would feel: no ``cd``, no
    variables, no shell options.
    """
    end = script_end(subject, first)
    one, two = first.instruction, second.instruction
    if end is None or script_end(subject, second) is None:
        return None
    if [flag.argument for flag in one.flags] != [flag.argument for flag in two.flags]:
        return None
    if any(command.name in _FELT or not command.words for command in subject.commands(first)):
        return None
    following = subject.commands(second)
    if not following or following[0].name == "set" or any(command.connector == "||" for command in following):
        return None
    between = [
        item
        for item in subject.dockerfile.items
        if one.span.end <= item.span.start < two.span.start and isinstance(item, Comment | Instruction)
    ]
    if any(isinstance(item, Instruction) for item in between) or any(
        comment.span.start > end for comment in one.comments
    ):
        return None
    ending = line_end(subject.text)
    comments = "".join(item.text for item in between)
    text = f" {subject.dockerfile.escape}{ending}{comments}    && "
    return Edit(Span(end, two.arguments_span.start), text)


_FELT = frozenset("cd set export pushd popd umask source . exec trap alias shopt unset exit".split())  # noqa: SIM905


def _break(subject: Subject, instruction: Instruction) -> str:
    """What goes before ``&&``: a new line like the last one, or a space when all is on one line."""
    body = instruction.text.rstrip()
    if "\n" not in body:
        return " "
    line = body[body.rfind("\n") + 1 :]
    indent = line[: len(line) - len(line.lstrip())]
    return f" {subject.dockerfile.escape}{line_end(subject.text)}{indent or '    '}"
