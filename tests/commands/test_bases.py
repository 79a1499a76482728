"""Base images side by side: what a real registry tells of them without being pulled from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from inspection.images import full_archive
from lightship.cli import main
from lightship.oci import open_image
from lightship.oci.cache import cache_directory
from oci.archives import config_of, file, gzipped, oci_blobs, tar
from oci.test_registry import push, running_registry, serve_image, server

SCHEMA = Path(__file__).parents[2] / "docs/reference/schemas/bases-1.json"
# What no compressor makes smaller, and what shrinks to next to nothing.
LAYERS = [tar([file("etc/a", os.urandom(70_000))]), tar([file("etc/b", b"b" * 500_000)])]


@pytest.fixture(autouse=True)
def nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


def document(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    value = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(value)
    bases: list[dict[str, object]] = value["bases"]
    return bases


def test_sizes_come_without_the_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_of(LAYERS[:1]) | {"config": {"User": "7", "Labels": {"io.lightship.stand-in": "true"}}}
    both, small = oci_blobs(LAYERS), oci_blobs(LAYERS[:1], config=config)
    with running_registry(tmp_path) as host:
        for name, (blobs, manifest) in (("full", both), ("slim", small)):
            push(host, f"library/{name}", blobs, {"1": manifest})
        names = [f"{host}/library/full:1", f"{host}/library/slim:1"]
        assert main(["bases", *names, "--json"]) == 0
        told = document(capsys)
        assert not cache_directory().exists()  # nothing was pulled
        assert [one["size"] for one in told] == [sum(map(len, LAYERS)), len(LAYERS[0])]
        assert [one["compressed"] for one in told] == [
            sum(len(gzipped(layer)) for layer in LAYERS),
            len(gzipped(LAYERS[0])),
        ]
        assert (told[1]["user"], told[1]["is_root"], told[1]["stand_in"]) == ("7", False, True)
        # What the layers themselves show is the same.
        assert main(["bases", "--look", *names, "--json"]) == 0
        looked = document(capsys)
        for a, b in zip(told, looked, strict=True):
            assert [a[key] for key in ("size", "compressed", "layers", "user")] == [
                b[key] for key in ("size", "compressed", "layers", "user")
            ]
            assert b["contents"] is not None
        assert main(["bases", *names, f"{host}/library/none:1"]) == 4
        printed = capsys.readouterr().out
        assert "Not seen" in printed
        assert "no such image" in printed
        assert "stand-ins, not the official images" in printed


def test_a_registry_that_gives_only_whole_layers(capsys: pytest.CaptureFixture[str]) -> None:
    blobs, manifest = oci_blobs(LAYERS)
    with server(lambda request: serve_image(blobs, manifest, request)) as host:
        assert main(["bases", f"{host}/app", "--json"]) == 0
        assert document(capsys)[0]["size"] is None
        assert main(["bases", f"{host}/app"]) == 0
        assert "not told without reading the layers" in capsys.readouterr().out


def test_archives_and_layouts_stand_beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = full_archive(tmp_path / "image.tar")
    with open_image(archive) as image:
        size = sum(layer.size for layer in image.layers)
    assert main(["bases", str(archive), "--json"]) == 0
    (found,) = document(capsys)
    assert (found["size"], found["compressed"], found["contents"]) == (size, None, None)


def test_a_file_of_many_members_tells_no_size(tmp_path: Path) -> None:
    """As eStargz makes them: the end speaks of the last member alone."""
    blobs, manifest = oci_blobs(LAYERS, pack=lambda layer: gzipped(layer[:1024]) + gzipped(layer[1024:]) + gzipped(b""))
    with (
        server(lambda request: serve_image(blobs, manifest, request)) as host,
        open_image(f"registry:{host}/app") as image,
    ):
        assert [size for _, size in (image.told_sizes(0), image.told_sizes(1))] == [None, None]
