"""A Dockerfile's tree and stages as plain data: the schema ``lightship.read/1``, see docs/reference/read.md."""

from __future__ import annotations

from typing import Any

from lightship.dockerfile import Comment, Dockerfile, Heredoc, Instruction, Problem, Word
from lightship.semantic.model import CopyEdge, Scope, Stage, StageGraph
from lightship.text import Lines, Span

SCHEMA = "lightship.read/1"


def tree(name: str, dockerfile: Dockerfile, graph: StageGraph) -> dict[str, Any]:
    """Everything that was read of a file, in values that JSON has."""
    stage_of = {
        instruction.span.start: stage.index
        for stage in graph.stages
        for instruction in (stage.from_instruction, *stage.instructions)
    }
    lines = Lines(dockerfile.text)
    return {
        "schema": SCHEMA,
        "file": name,
        "escape": dockerfile.escape,
        "directives": [
            {"name": one.name, "value": one.value, "span": _span(one.span)} for one in dockerfile.directives
        ],
        "instructions": [
            {**_instruction(one), "stage": stage_of.get(one.span.start)} for one in dockerfile.instructions
        ],
        "comments": [_comment(one) for one in dockerfile.items if isinstance(one, Comment)],
        "global_args": dict(graph.global_args),
        "stages": [_stage(one, graph) for one in graph.stages],
        "edges": [_edge(one) for one in graph.edges],
        "target": graph.target.index if graph.target else None,
        "problems": [_problem(one, lines) for one in (*dockerfile.problems, *graph.problems)],
    }


def _span(span: Span) -> list[int]:
    return [span.start, span.end]


def _instruction(instruction: Instruction) -> dict[str, Any]:
    return {
        "keyword": instruction.keyword,
        "line": instruction.line,
        "end_line": instruction.end_line,
        "span": _span(instruction.span),
        "flags": [
            {"name": one.name, "value": one.value, "text": one.text, "span": _span(one.span)}
            for one in instruction.flags
        ],
        "words": [_word(one) for one in instruction.words],
        "arguments": instruction.arguments,
        "exec_form": None if instruction.exec_form is None else list(instruction.exec_form),
        "heredocs": [_heredoc(one) for one in instruction.heredocs],
        "inner": _instruction(instruction.inner) if instruction.inner else None,
        "comments": [_comment(one) for one in instruction.comments],
    }


def _word(word: Word) -> dict[str, Any]:
    return {"text": word.text, "value": word.value, "span": _span(word.span)}


def _comment(comment: Comment) -> dict[str, Any]:
    return {"value": comment.value, "span": _span(comment.span)}


def _heredoc(heredoc: Heredoc) -> dict[str, Any]:
    return {
        "name": heredoc.name,
        "content": heredoc.content,
        "expand": heredoc.expand,
        "chomp": heredoc.chomp,
        "file_descriptor": heredoc.file_descriptor,
        "span": _span(heredoc.span),
        "content_span": _span(heredoc.content_span),
    }


def _stage(stage: Stage, graph: StageGraph) -> dict[str, Any]:
    return {
        "index": stage.index,
        "name": stage.name,
        "base": {
            "kind": stage.base.kind,
            "reference": stage.base.reference,
            "written": stage.base.written,
            "stage": stage.base.stage,
        },
        "platform": stage.platform,
        "line": stage.from_instruction.line,
        "span": _span(stage.span),
        "needed": stage in graph.needed,
        "end": _scope(stage.end),
    }


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "env": dict(scope.env),
        "args": dict(scope.args),
        "complete": scope.complete,
        "workdir": scope.workdir,
        "user": scope.user,
        "shell": list(scope.shell),
    }


def _edge(edge: CopyEdge) -> dict[str, Any]:
    return {
        "into": edge.into,
        "source": edge.source,
        "reference": edge.reference,
        "kind": edge.kind,
        "line": edge.instruction.line,
    }


def _problem(problem: Problem, lines: Lines) -> dict[str, Any]:
    line, column = lines.position(problem.span.start)
    return {
        "code": problem.code,
        "severity": problem.severity,
        "source": problem.source,
        "message": problem.message,
        "help": problem.help,
        "line": line,
        "column": column,
        "span": _span(problem.span),
    }
