"""Observations in, verdict out; one file per comparator. Starts nothing and reads no files.

``ladder.COMPARATORS`` is the list of what is compared; ``allowed.BUILT_IN`` of the files that may differ.
"""

from lightship.verify.allowed import Allowance
from lightship.verify.ladder import compare
from lightship.verify.verdict import Allowed, Difference, LevelResult, Verdict

__all__ = ["Allowance", "Allowed", "Difference", "LevelResult", "Verdict", "compare"]
