"""When a base image's OS packages of Python count: as soon as the project's own files come to the system's Python."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lightship.closure.model import Closure, Reason
from lightship.optimize.relevance import _runs_system_python

OWNED = {"usr/bin/python3.11", "usr/bin/supervisord"}
SYSTEM = "usr/bin/python3.11"


def runs(*reasons: Reason) -> bool:
    evidence: Any = SimpleNamespace(
        installed=SimpleNamespace(owner=lambda path: path if path in OWNED else None),
        files=SimpleNamespace(resolve=lambda path: SYSTEM if path == "usr/bin/python3" else path),
    )
    closure = Closure(reasons={SYSTEM: reasons[0]} if reasons else {}, others={SYSTEM: reasons[1:]})
    needs: Any = SimpleNamespace(closure=closure)
    return _runs_system_python(evidence, needs)


BY_PACKAGE = Reason("shebang", "usr/bin/supervisord", "/usr/bin/python3")
BY_PROJECT = Reason("shebang", "app/tool", "/usr/bin/python3")
BY_COMMAND = Reason("root", name="python3")
ITS_PACKAGE_IS_SHIPPED = Reason("tree", name=SYSTEM)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((), False),
        ((BY_PACKAGE,), False),
        ((ITS_PACKAGE_IS_SHIPPED, BY_PACKAGE), False),
        ((BY_PROJECT,), True),
        ((BY_PACKAGE, BY_PROJECT), True),
        ((BY_COMMAND,), True),
    ],
)
def test_who_comes_to_the_systems_python(reasons: tuple[Reason, ...], expected: bool) -> None:
    assert runs(*reasons) is expected
