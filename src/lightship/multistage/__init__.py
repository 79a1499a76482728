"""From evidence to Dockerfiles: roots, partition, copies, candidates, emission.

Invariant: the original's lines are in the new file, in their order and byte for byte; only the FROM line gets a name.
Absent by intent: building anything. What comes out here is a proposal until it was built and compared.
"""

from lightship.multistage.metadata import from_config, healthcheck
from lightship.multistage.model import Candidate, DroppedPackage, Hunk, KeptPackage, RuntimeKind, Trims
from lightship.multistage.needs import Needs, needs_of
from lightship.multistage.on_base import RuntimeBase, on_base
from lightship.multistage.on_distroless import distroless_names
from lightship.multistage.on_scratch import on_scratch
from lightship.multistage.split import Division, divide
from lightship.multistage.toolchains import idle_toolchains
from lightship.multistage.variants import is_slim, slim_names

__all__ = [
    "Candidate",
    "Division",
    "DroppedPackage",
    "Hunk",
    "KeptPackage",
    "Needs",
    "RuntimeBase",
    "RuntimeKind",
    "Trims",
    "distroless_names",
    "divide",
    "from_config",
    "healthcheck",
    "idle_toolchains",
    "is_slim",
    "needs_of",
    "on_base",
    "on_scratch",
    "slim_names",
]
