"""All that is known of one built original: what each instruction did, who owns each path, what was seen of it.

Invariant: nothing here is guessed; what the layers and databases do not tell is refused or left unknown.
Absent by intent: decisions about what to do with it (``multistage``) and looking at containers (``probes``).
"""

from lightship.evidence.gather import gather, runs_only_package_manager
from lightship.evidence.model import Effect, Evidence

__all__ = ["Effect", "Evidence", "gather", "runs_only_package_manager"]
