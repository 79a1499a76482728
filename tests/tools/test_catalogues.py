"""tools/messages: which texts of the source it sees, and which it refuses."""

from __future__ import annotations

import ast
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "messages"


@pytest.fixture(scope="module")
def tool() -> Any:
    loader = SourceFileLoader("tools_messages", str(TOOL))
    spec = spec_from_loader("tools_messages", loader)
    assert spec is not None
    module = module_from_spec(spec)
    # Its dataclass looks its own module up.
    import sys

    sys.modules["tools_messages"] = module
    loader.exec_module(module)
    return module


def seen(tool: Any, source: str) -> tuple[set[str], list[str]]:
    found = tool.Source()
    tool._of_module(ast.parse(source), "room/file.py", found)
    return found.messages, list(found.problems)


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('said("{n} files", n=3)', {"{n} files"}),
        ('raise UsageError("no such file", where="a b", help="look")', {"no such file", "look"}),
        ('raise UsageError("one" if x else "two", why=why or "three")', {"one", "two", "three"}),
        ('def f():\n why = "it is a file"\n raise InputError("what", why=why)', {"what", "it is a file"}),
        ('def g():\n return "two words"\ndef f():\n raise InputError(g())', {"two words"}),
        ('WHY = "a reason"\ndef f():\n yield Left("usr/**", WHY)', {"a reason"}),
        ('def f():\n why = "theirs"\ndef g(why):\n raise InputError(why)', set()),
        ('parser.add_argument("--a", help="what it does", metavar="NAME")', {"what it does"}),
        ('settle(f"{a}: {b}")', set()),
        ('Fix((), True, line)\nline = f"COPY --from={stage} a a"', set()),
    ],
)
def test_messages_are_seen(tool: Any, source: str, messages: set[str]) -> None:
    assert seen(tool, source) == (messages, [])


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('raise UsageError(f"no file {name}")', "an f-string is no message"),
        ('def f():\n why = f"not {a}"\n raise UsageError("a", why=why)', "an f-string is no message"),
        ("said(text)", "something else than a constant"),
        ("f\"{said('a message')}!\"", "an f-string loses the message"),
        ('said("{a} is so", a="a text" if x else b)', "a is a text in a message"),
    ],
)
def test_what_no_catalogue_can_have_is_refused(tool: Any, source: str, problem: str) -> None:
    _, problems = seen(tool, source)
    assert len(problems) == 1 and problem in problems[0] and problems[0].startswith("room/file.py:")
