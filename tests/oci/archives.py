"""Images made by hand: layers from members, archives and layouts around them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import zstandard

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
Member = tuple[tarfile.TarInfo, bytes]
Pack = Callable[[bytes], bytes]


def file(name: str, content: bytes = b"", mode: int = 0o644, **fields: Any) -> Member:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), mode
    for key, value in fields.items():
        setattr(info, key, value)
    return info, content


def directory(name: str, mode: int = 0o755, **fields: Any) -> Member:
    return file(name, b"", mode, type=tarfile.DIRTYPE, **fields)


def symlink(name: str, target: str) -> Member:
    return file(name, type=tarfile.SYMTYPE, linkname=target)


def hardlink(name: str, target: str) -> Member:
    return file(name, type=tarfile.LNKTYPE, linkname=target)


def tar(members: Iterable[Member], format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def config_of(layers: Iterable[bytes], **more: Any) -> dict[str, Any]:
    return {
        "os": "linux",
        "architecture": "amd64",
        "config": {"Cmd": ["true"], "Env": ["PATH=/bin"]},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
    } | more


def plain(content: bytes) -> bytes:
    return content


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


def docker_archive(
    path: Path, layers: list[bytes], *, pack: Pack = plain, config: Any = None, names: tuple[str, ...] = ("x:1",)
) -> Path:
    """The layout that `docker save` wrote before version 25."""
    raw = json.dumps(config_of(layers) if config is None else config).encode()
    config_name = f"{digest(raw)[7:]}.json"
    paths = [f"{index:064x}/layer.tar" for index in range(len(layers))]
    manifest = [{"Config": config_name, "RepoTags": list(names), "Layers": paths}]
    blobs = dict(zip(paths, map(pack, layers), strict=True))
    path.write_bytes(
        tar(file(n, c) for n, c in ({config_name: raw} | blobs | {"manifest.json": _json(manifest)}).items())
    )
    return path


def oci_blobs(layers: list[bytes], *, pack: Pack = gzipped, config: Any = None) -> tuple[dict[str, bytes], str]:
    """The blobs of an OCI image by digest, and the digest of its manifest."""
    raw = _json(config_of(layers) if config is None else config)
    packed = [pack(layer) for layer in layers]
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": digest(raw),
                "size": len(raw),
            },
            "layers": [{"mediaType": GZIP, "digest": digest(blob), "size": len(blob)} for blob in packed],
        }
    )
    return {digest(blob): blob for blob in (*packed, raw, manifest)}, digest(manifest)


def oci_layout(path: Path, blobs: Mapping[str, bytes], descriptors: list[dict[str, Any]]) -> Path:
    for name, content in _layout_files(blobs, descriptors).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def oci_archive(path: Path, blobs: Mapping[str, bytes], descriptors: list[dict[str, Any]]) -> Path:
    path.write_bytes(tar(file(name, content) for name, content in _layout_files(blobs, descriptors).items()))
    return path


def descriptor(digest_: str, name: str = "", **more: Any) -> dict[str, Any]:
    annotations = {"org.opencontainers.image.ref.name": name} if name else {}
    media_type = "application/vnd.oci.image.manifest.v1+json"
    return {"mediaType": media_type, "digest": digest_, "size": 1, "annotations": annotations} | more


def _layout_files(blobs: Mapping[str, bytes], descriptors: list[dict[str, Any]]) -> dict[str, bytes]:
    return {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": _json({"schemaVersion": 2, "manifests": descriptors}),
    } | {f"blobs/{name.replace(':', '/')}": content for name, content in blobs.items()}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
