"""What an image is: its configuration, its layers, and the entries of each layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["file", "dir", "symlink", "hardlink", "char", "block", "fifo"]

WHITEOUT_PREFIX = ".wh."
OPAQUE_WHITEOUT = ".wh..wh..opq"


@dataclass(frozen=True, slots=True)
class Entry:
    """One member of a layer's tar archive.

    ``path`` has no leading or trailing slash and no ``.`` or ``..`` parts; the root directory itself is "".
    ``link`` is the target as written (symlink) or a path like ``path`` (hardlink), else "".
    ``offset`` is where the body starts in the *uncompressed* layer, ``size`` the file's length in bytes.
    ``sparse`` is None for a file that lies whole in the layer; else the (offset, length) pairs of its data: their bytes
    follow each other from ``offset`` on, and what is between them is zeros.
    Source: https://github.com/opencontainers/image-spec/blob/main/layer.md
    """

    path: str
    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    link: str = ""
    offset: int = 0
    xattrs: tuple[tuple[str, bytes], ...] = ()
    sparse: tuple[tuple[int, int], ...] | None = None

    @property
    def stored(self) -> int:
        """How many bytes of the layer the body takes, padding not counted."""
        return self.size if self.sparse is None else sum(length for _, length in self.sparse)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def is_whiteout(self) -> bool:
        """Whether the entry removes something of a lower layer instead of adding something."""
        return self.name.startswith(WHITEOUT_PREFIX)


@dataclass(frozen=True, slots=True)
class Layer:
    """One file system change set.

    ``size`` is the length of the uncompressed archive in bytes; ``compressed_size`` that of the compressed one, None
    when the source keeps it plain. ``digest`` is that of the bytes as the source keeps them, "" when it names none.
    """

    diff_id: str
    digest: str
    media_type: str
    size: int
    compressed_size: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class History:
    """One line of an image's history; ``empty_layer`` says that it made no layer."""

    created_by: str
    empty_layer: bool
    comment: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """HEALTHCHECK; ``test`` is ("NONE",), ("CMD", ...) or ("CMD-SHELL", text); times are ns, 0 = default."""

    test: tuple[str, ...]
    interval: int = 0
    timeout: int = 0
    start_period: int = 0
    start_interval: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """What a container started from the image gets when nobody says otherwise.

    ``entrypoint``, ``cmd``, ``shell`` and ``healthcheck`` are None when the image does not set them.
    """

    architecture: str = ""
    os: str = ""
    variant: str = ""
    user: str = ""
    working_dir: str = ""
    stop_signal: str = ""
    entrypoint: tuple[str, ...] | None = None
    cmd: tuple[str, ...] | None = None
    shell: tuple[str, ...] | None = None
    env: tuple[tuple[str, str], ...] = ()
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    onbuild: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    healthcheck: Healthcheck | None = None
    created: str = ""
    author: str = ""
    diff_ids: tuple[str, ...] = ()
    history: tuple[History, ...] = ()
    raw: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def variable(self, name: str) -> str | None:
        """The value of an environment variable, or None."""
        return dict(self.env).get(name)
