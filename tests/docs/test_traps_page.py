"""docs/reference/traps.md: every case that it names is in the corpus, and every section names some."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/reference/traps.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.split("\n") if line.startswith("| ") and not line.startswith("| by hand")]


def test_every_row_names_cases_that_are_there() -> None:
    assert len(ROWS) > 40
    for row in ROWS:
        named = re.findall(r"`([a-z]+/[a-z0-9_]+)`", row.rstrip(" |").rpartition("|")[2])
        assert named, row
        for name in named:
            assert (ROOT / "tests/e2e" / name / "case.toml").is_file(), name
