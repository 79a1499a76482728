"""Makes ``tools/`` importable, and asks once whether this machine has stand-ins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def port(root: Path) -> int:
    """The local registry's port, on a machine that serves the minimal set of stand-ins."""
    if os.geteuid() != 0:
        pytest.skip("stand-ins need root")
    from stand_ins.places import read_state

    state = read_state()
    if not state.get("built"):
        pytest.skip("no stand-ins here: Docker Hub answers, or `make bases` has not run")
    subprocess.run([sys.executable, root / "tools" / "bases"], check=True, capture_output=True, text=True)
    return int(read_state()["port"])
