"""What the program was found to need from outside its own files, as the split asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Needs:
    """Files of the original, by real path without a leading slash, each with the reason why running needs it.

    ``programs`` are executables that the image's command, its scripts or its source call; ``libraries`` shared
    libraries that files to be copied link to or open by name; ``called`` the bare names of all programs that are
    called, found or not.
    """

    programs: Mapping[str, str] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    called: frozenset[str] = frozenset()
