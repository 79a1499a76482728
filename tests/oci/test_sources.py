"""Where images come from: archives, layouts, skopeo's dir:, names and platforms."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest

from lightship.errors import InputError, UsageError
from lightship.oci import compressed_size, open_image, parse_source
from lightship.oci.source import Source
from oci.archives import (
    Pack,
    config_of,
    descriptor,
    digest,
    docker_archive,
    file,
    gzipped,
    oci_archive,
    oci_blobs,
    oci_layout,
    plain,
    tar,
    zstd,
)

LAYERS = [tar([file("etc/a", b"one" * 1000), file("b")]), tar([file("etc/a", b"two" * 1000)])]


def gzip_members(content: bytes) -> bytes:
    return gzip.compress(content[:700]) + gzip.compress(content[700:]) + bytes(100)


def zstd_frames(content: bytes) -> bytes:
    skippable = b"\x51\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"chunk"
    return skippable + zstd(content[:700]) + skippable + zstd(content[700:]) + skippable


PACKS = [plain, gzipped, gzip_members, zstd, zstd_frames, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("trusted", [True, False])
def test_a_docker_archive(tmp_path: Path, pack: Pack, trusted: bool) -> None:
    path = docker_archive(tmp_path / "i.tar", LAYERS, pack=pack)
    with open_image(path, trusted=trusted) as image:
        assert image.reference == "x:1"
        assert image.config.cmd == ("true",)
        assert [layer.size for layer in image.layers] == [len(layer) for layer in LAYERS]
        assert image.rootfs().read("etc/a") == b"two" * 1000
        assert b"".join(image.open_layer(0)) == LAYERS[0]
        packed = [None if pack is plain else len(pack(layer)) for layer in LAYERS]
        assert [layer.compressed_size for layer in image.layers] == packed
        if pack is not plain:
            assert compressed_size(image) == sum(size or 0 for size in packed)


@pytest.mark.parametrize("pack", [gzipped, zstd])
def test_a_compressed_archive(tmp_path: Path, pack: Pack) -> None:
    path = docker_archive(tmp_path / "i.tar", LAYERS)
    path.write_bytes(pack(path.read_bytes()))
    assert open_image(path).rootfs().read("etc/a") == b"two" * 1000


@pytest.mark.parametrize("pack", [gzipped, zstd, plain])
def test_a_layout_and_an_archive_of_it(tmp_path: Path, pack: Pack) -> None:
    blobs, manifest = oci_blobs(LAYERS, pack=pack)
    layout = oci_layout(tmp_path / "layout", blobs, [descriptor(manifest, "v1")])
    archive = oci_archive(tmp_path / "a.tar", blobs, [descriptor(manifest, "v1")])
    for source in (
        layout,
        f"oci:{layout}",
        f"oci:{layout}:v1",
        archive,
        f"oci-archive:{archive}",
        f"oci-archive:{archive}:v1",
    ):
        image = open_image(source)
        assert image.manifest_digest == manifest
        assert image.layers[0].digest == digest(pack(LAYERS[0]))
        assert image.rootfs().read("etc/a") == b"two" * 1000


def test_equal_layers_linked_to_each_other(tmp_path: Path) -> None:
    from oci.archives import symlink

    raw = json.dumps(config_of([LAYERS[0], LAYERS[0]])).encode()
    manifest = [{"Config": "c.json", "RepoTags": None, "Layers": ["1/layer.tar", "2/layer.tar"]}]
    members = [
        file("c.json", raw),
        file("1/layer.tar", LAYERS[0]),
        symlink("2/layer.tar", "../1/layer.tar"),
        file("manifest.json", json.dumps(manifest).encode()),
    ]
    (tmp_path / "i.tar").write_bytes(tar(members))
    image = open_image(tmp_path / "i.tar")
    assert len(image.layers) == 2
    assert compressed_size(image) < len(LAYERS[0])


def test_the_platform_is_chosen_through_nested_indexes(tmp_path: Path) -> None:
    amd, amd_manifest = oci_blobs(LAYERS)
    arm, arm_manifest = oci_blobs(LAYERS[:1], config=config_of(LAYERS[:1], architecture="arm64"))
    attestation = descriptor(digest(b"none"), platform={"os": "unknown", "architecture": "unknown"})
    inner = json.dumps(
        {
            "manifests": [
                attestation,
                descriptor(amd_manifest, platform={"os": "linux", "architecture": "amd64"}),
                descriptor(arm_manifest, platform={"os": "linux", "architecture": "arm64", "variant": "v8"}),
            ]
        }
    ).encode()
    layout = oci_layout(tmp_path / "l", {**amd, **arm, digest(inner): inner}, [descriptor(digest(inner), "v1")])
    assert len(open_image(layout).layers) == 2
    assert len(open_image(layout, platform="linux/arm64").layers) == 1
    with pytest.raises(InputError, match="no image for linux/s390x") as caught:
        open_image(layout, platform="linux/s390x")
    assert "linux/amd64, linux/arm64" in caught.value.help
    with pytest.raises(UsageError, match="not a platform"):
        open_image(layout, platform="arm64")


def test_skopeo_dir(tmp_path: Path) -> None:
    blobs, manifest = oci_blobs(LAYERS)
    for name, content in blobs.items():
        (tmp_path / name[7:]).write_bytes(content)
    (tmp_path / "manifest.json").write_bytes(blobs[manifest])
    assert open_image(tmp_path).rootfs().read("etc/a") == b"two" * 1000
    assert open_image(f"dir:{tmp_path}").manifest_digest == manifest


def test_several_images_in_an_archive_must_be_named(tmp_path: Path) -> None:
    raws = [json.dumps(config_of(LAYERS[:count])).encode() for count in (1, 2)]
    manifest = [
        {"Config": "1.json", "RepoTags": ["docker.io/library/a:1"], "Layers": ["l1"]},
        {"Config": "2.json", "RepoTags": ["b:2"], "Layers": ["l1", "l2"]},
    ]
    members = [("1.json", raws[0]), ("2.json", raws[1]), ("l1", LAYERS[0]), ("l2", LAYERS[1])]
    members.append(("manifest.json", json.dumps(manifest).encode()))
    path = tmp_path / "two.tar"
    path.write_bytes(tar(file(name, content) for name, content in members))
    assert len(open_image(f"docker-archive:{path}:a:1").layers) == 1
    assert len(open_image(f"docker-archive:{path}:b:2").layers) == 2
    with pytest.raises(InputError, match="holds 2 images"):
        open_image(path)
    with pytest.raises(InputError, match="no image c:3"):
        open_image(f"docker-archive:{path}:c:3")


def test_notation(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"")
    (tmp_path / "odd:name").write_bytes(b"")
    assert parse_source("python:3.11") is None
    assert parse_source("docker-daemon:python:3.11") is None
    assert parse_source("docker://host:1/a:b") == Source("registry", "host:1/a:b")
    assert parse_source("registry:host/a") == Source("registry", "host/a")
    assert parse_source(f"{tmp_path}/a.tar") == Source("docker-archive", f"{tmp_path}/a.tar")
    assert parse_source(f"docker-archive:{tmp_path}/a.tar:h:5/n:t") == Source(
        "docker-archive", f"{tmp_path}/a.tar", "h:5/n:t"
    )
    assert parse_source(f"oci-archive:{tmp_path}/odd:name:v1") == Source("oci-archive", f"{tmp_path}/odd:name", "v1")
    with pytest.raises(InputError, match="holds no image"):
        parse_source(str(tmp_path))
    with pytest.raises(UsageError, match="names nothing"):
        parse_source("oci:")
    with pytest.raises(InputError, match="no such file"):
        open_image(f"oci:{tmp_path}/none")
