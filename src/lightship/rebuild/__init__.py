"""What a rebuild costs after the edits that people make: steps run, bytes of new layers, seconds. On a real engine.

    for row in rebuild_costs(engine, RebuildOptions(path), progress):
        print(row.edit.code, row.steps_run, row.new_bytes)

Everything happens in a copy of the build context; the user's files are read and never written.
"""

from lightship.rebuild.edits import CODES, Change, changes_for
from lightship.rebuild.measure import RebuildOptions, rebuild_costs
from lightship.rebuild.model import RebuildCost

__all__ = ["CODES", "Change", "RebuildCost", "RebuildOptions", "changes_for", "rebuild_costs"]
