"""Which modules an installed library imports, of those whose names stand in its text.

A project's own source is searched as text (``imports``): it is small, and what is found too much costs little. A
library names installers in its manuals and error messages far more often than it imports one, so its source is parsed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from itertools import pairwise

# A file with one of these may import what stands anywhere in it as a string.
_DYNAMIC = re.compile(rb"import_module|__import__|exec_module|run_module|\bexec\(|\beval\(")
# Calls that take the name of a module or of a distribution, whoever wrote them.
_TAKES_A_NAME = re.compile(r"import|module|require|distribution|version|metadata|entry_?point|spec", re.IGNORECASE)
# What only tells somebody something.
_TELLS = re.compile(r"print|warn|log|debug|info|error|echo|exception|critical|deprecat|message", re.IGNORECASE)


def asked_for(content: bytes, modules: Collection[str]) -> frozenset[str] | None:
    """Those of ``modules`` that this Python source imports, or starts with ``-m``; None when it cannot be parsed."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = frozenset(modules)
    return frozenset(_asked(tree, names, dynamic=_DYNAMIC.search(content) is not None))


def _asked(tree: ast.AST, names: frozenset[str], *, dynamic: bool) -> Iterator[str]:
    option = re.compile(r"(?<![\w-])-m[ \t]*(" + "|".join(map(re.escape, sorted(names))) + r")\b")
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from names & {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from names & {(node.module or "").partition(".")[0]}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if dynamic:
                yield from names & {node.value.partition(".")[0]}
            yield from option.findall(node.value)
        elif isinstance(node, ast.Call):
            yield from _after_m(node.args, names)
            if _TAKES_A_NAME.search(_called(node)):
                yield from names & {text.partition(".")[0] for text in _texts(node)}
        elif isinstance(node, ast.List | ast.Tuple):
            yield from _after_m(node.elts, names)
        if not _only_tells(node):
            waiting += _told_apart(node)


def _told_apart(node: ast.AST) -> Iterator[ast.AST]:
    """What is inside of a node, without texts that are only compared with others or look something up."""
    looked_up: tuple[ast.expr, ...] = ()
    if isinstance(node, ast.Compare):
        looked_up = (node.left, *node.comparators)
    elif isinstance(node, ast.Subscript):
        looked_up = (node.slice,)
    for child in ast.iter_child_nodes(node):
        if not (child in looked_up and isinstance(child, ast.Constant)):
            yield child


def _only_tells(node: ast.AST) -> bool:
    """Whether nothing in it can import: a text that stands alone, an exception's message, a line for a log."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call) and all(map(_is_text, node.exc.args))
    if isinstance(node, ast.Call):
        return _TELLS.search(_called(node).rpartition(".")[2]) is not None and all(map(_is_text, node.args))
    return False


def _is_text(node: ast.expr) -> bool:
    """A text, or values put into one; no call among them."""
    return not any(isinstance(inner, ast.Call) for inner in ast.walk(node))


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


def _texts(node: ast.Call) -> Iterator[str]:
    for argument in (*node.args, *(one.value for one in node.keywords)):
        for inner in ast.walk(argument):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield inner.value


def _after_m(items: list[ast.expr], names: frozenset[str]) -> Iterator[str]:
    """``"-m", "pip"`` behind one another."""
    for first, second in pairwise(items):
        if isinstance(first, ast.Constant) and first.value == "-m" and isinstance(second, ast.Constant):
            yield from names & {str(second.value).partition(".")[0]}
