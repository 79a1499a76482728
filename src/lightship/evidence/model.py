"""All that is known of one built original, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.distros import Installed
from lightship.dockerfile import Dockerfile, Instruction
from lightship.oci import Image, ImageConfig, Rootfs
from lightship.semantic import Stage


@dataclass(frozen=True, slots=True)
class Effect:
    """What one instruction of the stage really did to the file system.

    ``layer`` is the index of the layer it made, None when it made none. Paths have no leading slash.
    ``packages_only`` says that the instruction did nothing but run the distribution's package manager, so that
    every path it made belongs to that package manager; ``runs_packages`` that it ran it, among other things perhaps.
    """

    instruction: Instruction
    layer: int | None
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    size: int = 0
    packages_only: bool = False
    runs_packages: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """The original, read, built and opened.

    ``base_layers`` is how many of the image's layers come from the base image; ``base_files`` the file system that
    they make. ``installed`` and ``base_installed`` say what their package managers know (their ``manager`` is "" where
    there is none).
    """

    dockerfile: Dockerfile
    stage: Stage
    image: Image
    files: Rootfs
    base_config: ImageConfig
    base_files: Rootfs
    base_layers: int
    effects: tuple[Effect, ...]
    installed: Installed
    base_installed: Installed

    @property
    def config(self) -> ImageConfig:
        """The image's configuration."""
        return self.image.config
