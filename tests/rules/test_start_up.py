"""What ``lightship check`` must not load before it needs it: start-up is most of the time of one small file."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("lightship.multistage", "lightship.distros", "lightship.oci", "lightship.elf", "lightship.engines", "rich")
LOADED = """
import sys
import lightship.cli, lightship.commands.check
print("\\n".join(sys.modules))
"""


def test_check_loads_nothing_heavy() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    found = [name for name in loaded if name.startswith(HEAVY) or name == "tree_sitter"]
    assert not found
