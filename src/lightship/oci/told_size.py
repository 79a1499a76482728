"""How large a layer is, from its last bytes: what a registry can be asked without pulling it."""

from __future__ import annotations

from lightship.oci.inflate import Compression
from lightship.oci.stored import StoredLayer

_RECORD = 4
"""Bytes of ISIZE at the end of a gzip file: its length before compression modulo 2^32 (RFC 1952, 2.3.1)."""
_LARGEST = (1 << 32) // 16
"""Compressed bytes from which on a layer may well have passed 2^32 before it was compressed."""


def told_sizes(layer: StoredLayer) -> tuple[int | None, int | None]:
    """Bytes compressed and plain; None for what is not told. Raises InputError.

    zstd need not record its length, and gzip records that of its last member alone: where that is less than what was
    made of it, there are more (as in eStargz), and nothing is said.
    """
    size = layer.size if layer.remote else layer.fetch().size
    how = _by_type(layer.media_type) if layer.remote else layer.fetch().compression()
    if not how:
        return None, size
    if size is None or how != "gzip" or not _RECORD < size < _LARGEST:
        return size, None
    plain = int.from_bytes(layer.end(_RECORD), "little")
    # Deflate adds at most 5 bytes to each 16 KiB that it cannot make smaller, gzip its head and end.
    return size, plain if plain + plain // 3000 + 64 >= size else None


def _by_type(media_type: str) -> Compression:
    """As the media type says: https://github.com/opencontainers/image-spec/blob/main/layer.md#distributable-format."""
    if media_type.endswith("gzip"):
        return "gzip"
    return "zstd" if media_type.endswith("zstd") else ""
