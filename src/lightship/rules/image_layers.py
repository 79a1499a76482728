"""What each instruction of a Dockerfile added to the image that was built from it."""

from __future__ import annotations

from dataclasses import replace

from lightship.dockerfile import Instruction
from lightship.errors import UnknownError
from lightship.evidence.history import layers_of
from lightship.oci import Image, ImageConfig, changes
from lightship.rules.image import RecordedImage
from lightship.semantic import StageGraph


def from_image(image: Image, graph: StageGraph) -> RecordedImage:
    """The bytes that the instructions of the target, and of the stages that it stands on, added.

    Raises UnknownError when the image's history does not end with these instructions.
    """
    stages = graph.chain(graph.target) if graph.target is not None else ()
    instructions = [instruction for stage in stages for instruction in stage.instructions]
    layers = {
        instruction.line: _sizes(image, layer)
        for instruction, layer in _aligned(instructions, image.config)
        if layer is not None
    }
    platform = f"{image.config.os}/{image.config.architecture}" if image.config.architecture else ""
    return RecordedImage(platform=platform, layers=layers)


def _aligned(instructions: list[Instruction], config: ImageConfig) -> tuple[tuple[Instruction, int | None], ...]:
    """Each instruction with its layer. The base image is whatever stands before: its length is found by trying."""
    problem: UnknownError | None = None
    for own in range(min(len(instructions), len(config.history)), -1, -1):
        before = config.history[: len(config.history) - own]
        layers = sum(not entry.empty_layer for entry in before)
        base = replace(config, history=before, diff_ids=config.diff_ids[:layers])
        try:
            return layers_of(instructions, config, base)
        except UnknownError as error:
            problem = problem or error
    raise problem or UnknownError("the image has no history")


def _sizes(image: Image, layer: int) -> dict[str, int]:
    """Every path that a layer added or changed, with its bytes."""
    change = changes(image, layer)
    files = image.rootfs(upto=layer + 1)
    found: dict[str, int] = {}
    for path in (*change.added, *change.changed):
        located = files.get(path)
        if located is not None:
            found[path] = located.entry.size
    return found
