"""How large an image is for a registry, and for whoever pulls it."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.oci.image import Image
from lightship.oci.threads import in_threads

_LEVEL = 3
"""isal's best; gzip's default level 6 gives files that are some percent smaller."""

_PIECE = 4 << 20
"""Each piece is compressed by itself, so that both processors work at one large layer; costs well below 0.1 %."""


def compressed_size(image: Image) -> int:
    """Bytes of all layers as a registry stores them: gzip-compressed, equal layers once. Raises InputError.

    A layer that the source keeps compressed counts as it is; a plain one is compressed here, and not kept.
    """
    sizes: dict[str, int] = {}
    plain: list[int] = []
    for index, layer in enumerate(image.layers):
        if layer.compressed_size is not None:
            sizes[layer.diff_id] = layer.compressed_size
        elif layer.diff_id not in sizes:
            sizes[layer.diff_id] = 0
            plain.append(index)
    pieces = [piece for index in plain for piece in _pieces(image, index)]
    return sum(sizes.values()) + sum(in_threads(_compressed, pieces))


def _pieces(image: Image, index: int) -> Iterator[tuple[Image, int, int]]:
    for at in range(0, image.layers[index].size, _PIECE):
        yield image, index, at


def _compressed(piece: tuple[Image, int, int]) -> int:
    from isal import isal_zlib

    image, index, at = piece
    return len(isal_zlib.compress(image.blob(index).read(at, _PIECE), _LEVEL, wbits=-15))
