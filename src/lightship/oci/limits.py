"""How much an image may ask of us before it is refused: what bounds memory and time on hostile input.

What an image can make this room hold in memory at once is at most

    METADATA_LIMIT (accounted bytes of all entries) + DOCUMENT_LIMIT (per JSON document)
    + THREADS x ((3 + AHEAD) x CHUNK + EXTENSION_LIMIT + ZSTD_WINDOW_LIMIT)

however large its layers are. Measured: 31,000 entries with their merged root file system and all changes take 25 MB
more than an interpreter that has imported this room.
"""

from __future__ import annotations

from lightship.errors import InputError
from lightship.messages import said

CHUNK = 512 << 10
"""Bytes read, or inflated, at a time."""

THREADS = 2
"""Layers that are read at the same time, at most; fewer when the machine has fewer processors."""

AHEAD = 2
"""Pieces of a compressed layer that are inflated before they are asked for."""

METADATA_LIMIT = 1 << 30
"""Accounted bytes of all entries of an image: about 2.5 million files."""

ENTRY_COST = 400
"""What one entry is accounted for beside its names: an ``Entry``, its numbers, its places in two dictionaries."""

EXTENSION_LIMIT = 1 << 20
"""Bytes of one PAX header, long name or sparse map; Go's archive/tar, hence Docker, has the same limit."""

KEPT_LIMIT = 32 << 20
"""Bytes of files that are kept from one compressed layer while it passes."""

PATH_LIMIT = 4096
"""Bytes of a path, PATH_MAX of Linux."""

DOCUMENT_LIMIT = 16 << 20
"""Bytes of a manifest, index or image config; registries refuse manifests of 4 MiB."""

LAYER_COUNT_LIMIT = 10_000
"""Layers of an image; Docker itself stops at 127."""

ZSTD_WINDOW_LIMIT = 128 << 20
"""Bytes of a zstd window, the default limit of zstd(1)."""

BOMB_SIZE = 4 << 30
"""Up to here a compressed layer may inflate to whatever it likes."""

BOMB_RATIO = 250
"""Past ``BOMB_SIZE``, how many times its own size a compressed layer may have; deflate can reach 1032."""

BODY_LIMIT = 256 << 20
"""Bytes of a file that is read into memory whole, unless the caller says otherwise."""


class Budget:
    """What the entries of one image have taken of ``METADATA_LIMIT`` so far; shared by the threads that read it."""

    __slots__ = ("left",)

    def __init__(self, limit: int = METADATA_LIMIT) -> None:
        self.left = limit

    def take(self, size: int, where: str) -> None:
        """Account ``size`` bytes. Raises InputError when nothing is left."""
        # Not locked: two threads may lose an update now and then, and the limit is round anyway.
        self.left -= size
        if self.left < 0:
            raise InputError(
                "the image has too many files",
                where=where,
                why=said(
                    "their names and attributes take more than {metadata_limit} MiB",
                    metadata_limit=METADATA_LIMIT >> 20,
                ),
                help="split the image, or look whether the archive is what you think it is",
            )
