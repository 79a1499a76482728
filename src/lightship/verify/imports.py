"""L5: every top-level module that the original could import can be imported."""

from __future__ import annotations

from lightship.evidence.observation import Observation
from lightship.messages import said
from lightship.verify.verdict import Allowed, Comparison, Difference, not_reached, settle

NEVER_SERVED = frozenset({"pip", "wheel", "ensurepip", "idlelib", "turtledemo", "lib2to3", "pkg_resources._vendor"})
"""Modules that install packages or teach: an image may do without them."""


def compare_imports(original: Observation, candidate: Observation) -> Comparison:
    """Module by module, each with the interpreter that plays the same part in both images."""
    before = [(one.role, one.module) for one in original.imports if not one.error]
    if not before:
        return not_reached("nothing to import")
    after = {(one.role, one.module): one.error for one in candidate.imports}
    differences, doubts, allowed = [], [], []
    for role, module in before:
        error = after.get((role, module), "not asked")
        if not error:
            continue
        path = ("imports", module) if role == "program" else ("imports", role, module)
        difference = Difference(path, said("imports"), error)
        if module in NEVER_SERVED:
            allowed.append(Allowed(difference, said("an installer or a teaching aid: servers never import it")))
        elif error == "not asked":
            doubts.append(difference)
        else:
            differences.append(difference)
    return settle(said("{count} modules", count=len(before)), differences, doubts=doubts, allowed=allowed)
