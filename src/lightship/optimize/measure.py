"""An opened image as figures."""

from __future__ import annotations

from lightship.oci import Image
from lightship.optimize.model import Measurement


def measure(
    image: Image,
    reference: str,
    *,
    base: str = "",
    build_seconds: float | None = None,
    compressed: int | None = None,
) -> Measurement:
    """The figures of an image: all of them counted from its layers, none taken from the engine's own bookkeeping.

    Engines' size fields differ from each other by some percent; sums over layers do not. Compressing takes longest by
    far, so its result is handed in by those who need it.
    """
    config = image.config
    files = sum(located.entry.kind != "dir" for _, located in image.rootfs().items())
    return Measurement(
        reference=reference,
        size=sum(layer.size for layer in image.layers),
        compressed=compressed,
        layers=len(image.layers),
        files=files,
        user=config.user or "root",
        ports=config.exposed_ports,
        base=base,
        build_seconds=build_seconds,
    )
