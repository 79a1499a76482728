"""Bills of materials of an image: what ``lightship inspect`` found, in the words of the standards, a file each.

The libraries come with ``pip install 'lightship[sbom]'``. The same image gives the same document, byte for byte: its
time is the image's own (or SOURCE_DATE_EPOCH), its number is made of the digest.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from lightship.errors import UsageError
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.inspection import Inspection

FORMATS: tuple[str, ...] = ("cyclonedx", "spdx")
"""The names of ``--format``; each is a module of this folder with a function ``render``."""


class _Format(Protocol):
    def render(self, image: Inspection) -> str:
        """The document, without a line end at its end."""
        ...


def render(name: str, image: Inspection) -> str:
    """The bill of materials in the format of that name. Raises UsageError when its library is not installed."""
    try:
        module = import_module(f"{__name__}.{name}_format")
    except ModuleNotFoundError as error:
        raise UsageError(
            "the library for bills of materials is not installed",
            why=said("there is no module {name}", name=error.name),
            help="pip install 'lightship[sbom]'",
        ) from None
    return cast(_Format, module).render(image)
