"""The main job: the smallest multi-stage Dockerfile that was built and shown to do the same.

Invariant: nothing of the user's is written here; a text is called improved only with a verdict beside it.
Absent by intent: printing (``reports``) and writing files (``commands``).
"""

from lightship.optimize.compare import CompareOptions, measure_all
from lightship.optimize.contents import Contents, PackageRow, Part
from lightship.optimize.measure import measure
from lightship.optimize.model import IgnoreFile, Measurement, Optimization, Options, Progress, Trial
from lightship.optimize.run import optimize
from lightship.optimize.tree import Tree

__all__ = [
    "CompareOptions",
    "Contents",
    "IgnoreFile",
    "Measurement",
    "Optimization",
    "Options",
    "PackageRow",
    "Part",
    "Progress",
    "Tree",
    "Trial",
    "measure",
    "measure_all",
    "optimize",
]
