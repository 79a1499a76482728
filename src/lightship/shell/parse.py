"""Shell text into commands, through tree-sitter-bash. Never fails: what it cannot read sets ``Script.errors``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from lightship.shell.model import Assignment, Command, Connector, Nesting, Redirection, Script, ShellWord
from lightship.shell.pieces import REDIRECTS, leaves, one_assignment, plain, redirection
from lightship.shell.words import Source, source_of, words_of

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_SOURCE = 1 << 20
"""Longer text is not parsed: error recovery in a generated parser is not linear."""

MAX_DEPTH = 100
"""Constructs nested deeper than this are not looked into."""

_SEPARATORS: dict[str, Connector] = {";": ";", "\n": ";", ";;": ";", "&": "&", "|": "|", "|&": "|"}
_GROUPS: dict[str, Nesting] = {"subshell": "subshell", "compound_statement": "group"}
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
# Most commands have none, and their nodes need not be walked to see that.
_SUBSTITUTED = re.compile(r"`|[$<>]\(")
_DECLARATIONS = frozenset({"declaration_command", "unset_command"})


def parse(source: str, *, variables: Mapping[str, str] | None = None) -> Script:
    """The commands of a shell script, in the order in which they are written.

    ``variables`` are the values known before the script starts; a variable that is neither there nor assigned in the
    script is unknown.
    """
    if len(source) > MAX_SOURCE:
        return Script(source, (), errors=True)
    text = source_of(source)
    tree = _parser().parse(text.raw)
    walk = _Walk(text, dict(variables or {}))
    walk.statements(tree.root_node, _Place())
    commands = tuple(sorted(walk.commands, key=lambda command: command.span.start))
    errexit = any(_sets_errexit(command) for command in commands) or _shebang_errexit(source)
    return Script(
        source,
        commands,
        tuple(walk.functions),
        tree.root_node.has_error or walk.skipped,
        errexit,
        walk.variables,
    )


@cache
def _parser() -> Parser:
    # Imported when first needed: reading a Dockerfile needs no shell.
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


@dataclass(frozen=True, slots=True)
class _Place:
    """What surrounds a statement. ``required``: the script succeeds only if this succeeds."""

    nesting: tuple[Nesting, ...] = ()
    connector: Connector = ""
    conditional: bool = False
    required: bool = True
    negated: bool = False
    function: str = ""
    depth: int = 0

    def at(self, connector: Connector, *, conditional: bool, required: bool) -> _Place:
        """The place of one of several statements; written out, since this is done for every one of them."""
        return _Place(self.nesting, connector, conditional, required, self.negated, self.function, self.depth)

    def inside(self, kind: Nesting, *, conditional: bool = False) -> _Place:
        """A place within a construct of that kind."""
        return replace(
            self,
            nesting=(*self.nesting, kind),
            connector="",
            conditional=self.conditional or conditional,
            required=self.required and not conditional,
            negated=False,
            depth=self.depth + 1,
        )


class _Walk:
    """Walks the tree once and collects commands, functions and known variables."""

    def __init__(self, source: Source, variables: dict[str, str | None]) -> None:
        self.source = source
        self.variables = variables
        self.commands: list[Command] = []
        self.functions: list[str] = []
        self.skipped = False

    def statements(self, node: Node, place: _Place) -> None:
        """The statements among a node's children, with what separates them."""
        self.sequence(node.children, place)

    def sequence(self, children: list[Node], place: _Place) -> None:
        """Statements one after the other: only the last one's success is the success of all."""
        statements = [child for child in children if child.is_named and child.type != "comment"]
        connector: Connector = place.connector
        for child in children:
            if child.type == "comment":
                continue
            if not child.is_named:
                connector = _SEPARATORS.get(child.type, connector)
                continue
            last = child.id == statements[-1].id
            inner = place.at(connector, conditional=place.conditional, required=place.required and last)
            self.statement(child, inner)
            connector = ";"

    def statement(self, node: Node, place: _Place, redirections: tuple[Redirection, ...] = ()) -> None:
        """One statement of any kind."""
        if place.depth > MAX_DEPTH:
            self.skipped = True
            return
        kind = node.type
        if kind in ("command", "test_command") or kind in _DECLARATIONS:
            self.command(node, place, redirections)
        elif kind in ("variable_assignment", "variable_assignments"):
            self.assignment(node, place)
        elif kind == "list":
            self.chain(node, place, redirections)
        elif kind == "pipeline":
            self.pipeline(node.children, place, redirections)
        elif kind == "redirected_statement":
            self.redirected(node, place, redirections)
        elif kind == "negated_command":
            for child in node.named_children:
                self.statement(child, replace(place, negated=True, depth=place.depth + 1), redirections)
        elif kind in _GROUPS:
            self.statements(node, place.inside(_GROUPS[kind]))
        else:
            self.construct(node, place)

    def construct(self, node: Node, place: _Place) -> None:
        """if, for, while, case, function, and whatever the grammar has besides."""
        kind = node.type
        if kind == "if_statement":
            self.if_statement(node, place)
        elif kind in ("for_statement", "c_style_for_statement", "while_statement"):
            self.loop(node, place)
        elif kind == "case_statement":
            self.case(node, place)
        elif kind == "function_definition":
            self.function(node, place)
        elif kind in ("ERROR", "program", "do_group", "else_clause", "elif_clause"):
            self.statements(node, replace(place, conditional=True, required=False, depth=place.depth + 1))
        else:
            self.substitutions(node, place)

    def chain(self, node: Node, place: _Place, redirections: tuple[Redirection, ...] = ()) -> None:
        """``a && b || c``: the grammar nests to the left, so that the left side is walked in a loop."""
        parts: list[tuple[Connector, Node]] = []
        while node.type == "list":
            left, operator, right = node.children[0], node.children[1], node.children[-1]
            parts.append(("||" if operator.type == "||" else "&&", right))
            node = left
        parts.append((place.connector, node))
        flags: list[tuple[bool, bool]] = []
        required = place.required
        for connector, _ in parts[:-1]:
            flags.append((not required or connector == "||", required and connector != "||"))
            required = required and connector != "||"
        flags.append((False, required))
        for index, ((connector, part), (conditional, needed)) in enumerate(
            zip(reversed(parts), reversed(flags), strict=True)
        ):
            inner = place.at(connector, conditional=place.conditional or conditional, required=needed)
            self.statement(part, inner, redirections if index == len(parts) - 1 else ())

    def pipeline(self, children: list[Node], place: _Place, redirections: tuple[Redirection, ...]) -> None:
        """``a | b``: all parts run; what the last one says counts."""
        connector = place.connector
        for child in children:
            if child.is_named:
                self.statement(child, replace(place, connector=connector, depth=place.depth + 1), redirections)
                redirections = ()
            elif child.type in ("|", "|&"):
                connector = "|"

    def redirected(self, node: Node, place: _Place, outer: tuple[Redirection, ...]) -> None:
        """A statement with redirections; a heredoc's node also holds what follows it on its line."""
        redirections: list[Redirection] = list(outer)
        following: list[Node] = []
        for child in node.children:
            if child.type in REDIRECTS:
                redirection(child, self.source, self.variables, redirections, following)
        body = next((child for child in node.named_children if child.type not in REDIRECTS), None)
        if body is not None:
            self.statement(body, replace(place, depth=place.depth + 1), tuple(redirections))
        elif redirections:
            self.emit((), (), tuple(redirections), node, place)
        for child in node.children:
            if child.type in REDIRECTS:
                self.substitutions(child, place)
        connector: Connector = "|"
        for child in following:
            if not child.is_named:
                connector = "|" if child.type in ("|", "|&") else "||" if child.type == "||" else "&&"
                continue
            conditional = connector == "||" or (connector == "&&" and not place.required)
            self.statement(
                child,
                replace(
                    place,
                    connector=connector,
                    conditional=place.conditional or conditional,
                    depth=place.depth + 1,
                ),
            )

    def if_statement(self, node: Node, place: _Place) -> None:
        """The first condition always runs; the branches may not."""
        condition = place.inside("if")
        branch = place.inside("if", conditional=True)
        children = node.children
        then = next((i for i, child in enumerate(children) if child.type == "then"), len(children))
        self.sequence(children[1:then], replace(condition, required=False))
        for child in children[then:]:
            if child.type in ("elif_clause", "else_clause"):
                self.statements(child, branch)
        self.sequence([c for c in children[then:] if c.type not in ("elif_clause", "else_clause")], branch)

    def loop(self, node: Node, place: _Place) -> None:
        """The condition of while runs at least once; a body may not run at all."""
        kind: Nesting = "while" if node.type == "while_statement" else "for"
        body = place.inside(kind, conditional=True)
        if kind == "for":
            for child in node.named_children:
                if child.type == "variable_name":
                    self.variables[self.source.of(child)] = None
        for child in node.named_children:
            if child.type in ("do_group", "compound_statement"):
                self.forget(child)
                self.statements(child, body)
            elif kind == "while":
                self.statement(child, replace(place.inside(kind), required=False))
            else:
                self.substitutions(child, place)

    def forget(self, node: Node) -> None:
        """Variables assigned in a loop are unknown in all of it, since a later round sees an earlier one's."""
        stack = [node]
        while stack:
            current = stack.pop()
            if current.type == "variable_assignment":
                self.variables[self.source.of(current.children[0])] = None
            stack += current.named_children

    def case(self, node: Node, place: _Place) -> None:
        """Any item may be the one that runs."""
        for child in node.named_children:
            if child.type != "case_item":
                self.substitutions(child, place)
                continue
            closing = next((i for i, c in enumerate(child.children) if c.type == ")"), 0)
            self.sequence(child.children[closing + 1 :], place.inside("case", conditional=True))

    def function(self, node: Node, place: _Place) -> None:
        """A function's body runs only when it is called."""
        names = [child for child in node.named_children if child.type == "word"]
        name = self.source.of(names[0]) if names else ""
        self.functions.append(name)
        inner = replace(place.inside("function", conditional=True), function=name)
        for child in node.named_children:
            if child.type != "word":
                self.statements(child, inner)

    def command(self, node: Node, place: _Place, redirections: tuple[Redirection, ...]) -> None:
        """A simple command, ``[ test ]``, or ``export`` and its kin."""
        words: list[ShellWord] = []
        assignments: list[Assignment] = []
        own: list[Redirection] = list(redirections)
        following: list[Node] = []
        for child in node.children:
            if child.type == "variable_assignment":
                assignments.append(one_assignment(child, self.source, self.variables))
            elif child.type in REDIRECTS:
                redirection(child, self.source, self.variables, own, following)
            elif child.type == "command_name":
                words += words_of(child.children[0] if child.child_count == 1 else child, self.source, self.variables)
            elif node.type == "test_command" and child.is_named:
                words += leaves(child, self.source, self.variables)
            elif child.is_named or node.type == "test_command" or node.type in _DECLARATIONS:
                words += plain(child, self.source, self.variables)
        self.emit(tuple(words), tuple(assignments), tuple(own), node, place)
        if node.type == "declaration_command":
            self.remember(assignments, place)
        self.substitutions(node, place)

    def assignment(self, node: Node, place: _Place) -> None:
        """Assignments with no command."""
        nodes = [node] if node.type == "variable_assignment" else node.named_children
        found = [
            one_assignment(child, self.source, self.variables) for child in nodes if child.type == "variable_assignment"
        ]
        self.emit((), tuple(found), (), node, place)
        self.remember(found, place)
        self.substitutions(node, place)

    def remember(self, assignments: list[Assignment], place: _Place) -> None:
        """Note the values, where they are certain."""
        certain = not place.conditional and "subshell" not in place.nesting and "substitution" not in place.nesting
        for assignment in assignments:
            self.variables[assignment.name] = assignment.value.value if certain else None

    def substitutions(self, node: Node, place: _Place) -> None:
        """The commands in ``$(...)``, backquotes and ``<(...)`` anywhere below a node."""
        if not _SUBSTITUTED.search(self.source.of(node)):
            return
        stack = list(reversed(node.named_children))
        inner = replace(place.inside("substitution"), required=False)
        while stack:
            current = stack.pop()
            if current.type in _SUBSTITUTIONS:
                if inner.depth > MAX_DEPTH:
                    self.skipped = True
                    continue
                self.sequence(current.children, inner)
                continue
            stack += reversed(current.named_children)

    def emit(
        self,
        words: tuple[ShellWord, ...],
        assignments: tuple[Assignment, ...],
        redirections: tuple[Redirection, ...],
        node: Node,
        place: _Place,
    ) -> None:
        """Add one command."""
        self.commands.append(
            Command(
                words,
                assignments,
                redirections,
                place.connector,
                place.nesting,
                self.source.span(node),
                place.conditional,
                place.negated,
                place.function,
            )
        )


def _sets_errexit(command: Command) -> bool:
    if command.name != "set" or command.nesting:
        return False
    values = [value or "" for value in command.arguments]
    return "errexit" in values or any(v.startswith("-") and not v.startswith("--") and "e" in v for v in values)


def _shebang_errexit(source: str) -> bool:
    first = source.split("\n", 1)[0]
    return first.startswith("#!") and any(
        word.startswith("-") and not word.startswith("--") and "e" in word for word in first.split()[1:]
    )
