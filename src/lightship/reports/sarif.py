"""SARIF 2.1.0, which code hosts show beside the lines: what every log of ours has in common.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from lightship import __version__

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def log(rules: Sequence[dict[str, object]], files: Sequence[str], results: Sequence[dict[str, object]]) -> str:
    """A log of one run: the rules that its results are of, the files that were looked at, the results."""
    driver = {
        "name": "lightship",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri(name)}} for name in files],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def uri(name: str) -> str:
    """A path as a relative reference."""
    return quote(PurePath(name).as_posix(), safe="/", errors="surrogateescape")


def unicode(text: str) -> str:
    """The text without lone surrogates, which strict readers of JSON refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
