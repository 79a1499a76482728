"""The image that a Dockerfile was built into, as far as rules want to know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lightship.errors import InputError

if TYPE_CHECKING:
    from lightship.rules.image import RecordedImage
    from lightship.semantic import StageGraph


def image_facts(reference: str, engine_name: str | None, graph: StageGraph) -> RecordedImage:
    """What each instruction of the target added to an image: an archive, a layout, or a name that an engine knows.

    Raises InputError, EngineError, and UnknownError when the image's history does not follow the Dockerfile.
    """
    # Imported here: reading images is most of the time of a run that needs none.
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from lightship.commands.engine import opened_engine
    from lightship.engines.credential_helper import ask_credential_helper
    from lightship.oci import open_image
    from lightship.oci.source import parse_source
    from lightship.rules.image_layers import from_image

    if parse_source(reference) is not None:
        with open_image(reference, credential_helper=ask_credential_helper) as image:
            return from_image(image, graph)
    with (
        opened_engine(engine_name, verbose=False) as engine,
        TemporaryDirectory(prefix=f"lightship-{engine.run_id}-") as directory,
    ):
        name = engine.resolve(reference)
        if name is None:
            help_ = "write the path of an archive, or a name that the engine knows"
            raise InputError("no such image", where=reference, help=help_)
        with open_image(engine.export(name, Path(directory)), trusted=True) as image:
            return from_image(image, graph)
