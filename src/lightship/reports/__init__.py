"""What people and programs get to see. One file per format; nothing here measures or decides.

The names below are imported when first asked for: ``lightship check`` needs ``reports.findings`` alone, and a table of
measurements brings the engines' modules along, which would be most of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightship.reports import json_report, optimizations
    from lightship.reports.optimization import optimization_text
    from lightship.reports.terminal import measurements, printed

__all__ = ["json_report", "measurements", "optimization_text", "optimizations", "printed"]

_MODULES = {
    "json_report": "json_report",
    "measurements": "terminal",
    "optimization_text": "optimization",
    "optimizations": "optimizations",
    "printed": "terminal",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES[name]}")
    return module if name == _MODULES[name] else getattr(module, name)
