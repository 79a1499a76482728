"""An image as a source keeps it: a configuration, and where each layer's bytes are. What every source gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.blob import Blob
from lightship.oci.config import parse_config
from lightship.oci.document import is_digest, wrong
from lightship.oci.limits import LAYER_COUNT_LIMIT
from lightship.oci.model import ImageConfig


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """One layer before it is read.

    ``digest`` is what the source promises for its bytes, "" when it promises nothing.
    ``fetch`` gives the bytes; for a registry (``remote``) this is the download. ``size`` is theirs, None when unknown.
    ``end`` gives the last so many of them without the rest; b"" where only the whole is to be had.
    """

    digest: str
    media_type: str
    size: int | None
    fetch: Callable[[], Blob]
    remote: bool = False
    end: Callable[[int], bytes] = lambda count: b""


@dataclass(frozen=True, slots=True)
class StoredImage:
    """One image before its layers are read."""

    reference: str
    config: ImageConfig
    config_digest: str
    layers: tuple[StoredLayer, ...]
    manifest_digest: str = ""


def stored_image(
    reference: str,
    raw_config: bytes,
    layers: tuple[StoredLayer, ...],
    *,
    config_digest: str = "",
    manifest_digest: str = "",
) -> StoredImage:
    """The parts put together and compared. Raises InputError when they do not belong together.

    ``config_digest`` is what the source promises; a config is small, so that it is checked always.
    """
    where = f"{reference}, image config"
    actual = f"sha256:{hashlib.sha256(raw_config).hexdigest()}"
    if config_digest:
        check_digest(raw_config, config_digest, where)
    config = parse_config(raw_config, where)
    if len(config.diff_ids) != len(layers):
        raise wrong(
            where,
            said(
                "it names {count} layers, but the manifest has {count2}", count=len(config.diff_ids), count2=len(layers)
            ),
        )
    if len(layers) > LAYER_COUNT_LIMIT:
        raise wrong(
            where,
            said(
                "it has {count:,} layers, more than {layer_count_limit:,}",
                count=len(layers),
                layer_count_limit=LAYER_COUNT_LIMIT,
            ),
        )
    for diff_id in config.diff_ids:
        if not is_digest(diff_id):
            raise wrong(where, said("a diff ID is not a digest: {diff_id!r}", diff_id=diff_id[:80]))
    return StoredImage(reference, config, config_digest or actual, layers, manifest_digest)


def check_digest(raw: bytes, expected: str, where: str) -> None:
    """Raise InputError when bytes do not have the digest that was promised for them."""
    algorithm, _, promised = expected.partition(":")
    actual = hashlib.new(algorithm, raw).hexdigest()
    if actual != promised:
        raise lying(where, expected, f"{algorithm}:{actual}")


def lying(where: str, expected: str, actual: str) -> InputError:
    """The error for bytes that are not what the image says they are."""
    return InputError(
        "a digest does not match",
        where=where,
        why=said("promised {expected}, found {actual}", expected=expected, actual=actual),
        help="the image is damaged or was changed after it was made: fetch it again",
    )
