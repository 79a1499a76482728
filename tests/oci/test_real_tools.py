"""What real tools write: engines' own archives, and every form that skopeo knows."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lightship.engines.protocol import BuildRequest, Engine
from lightship.oci import changes, open_image
from oci.archives import directory, docker_archive, file, hardlink, symlink, tar

DOCKERFILE = """\
FROM scratch
COPY one /d/one
COPY two /d/two
COPY one /d/two
ENV A=b
ENTRYPOINT ["/d/one"]
"""


@pytest.mark.engine
def test_an_image_that_an_engine_built(engine: Engine, tmp_path: Path) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "one").write_text("1")
    (context / "two").write_text("two")
    (context / "one").chmod(0o755)
    (tmp_path / "out").mkdir()
    built = engine.build(BuildRequest(DOCKERFILE, context), lambda *_: None)
    try:
        path = engine.export(built.image, tmp_path / "out")
    finally:
        engine.remove_image(built.image)
    for trusted in (True, False):
        with open_image(path, trusted=trusted) as image:
            assert image.config.entrypoint == ("/d/one",)
            assert image.config.variable("A") == "b"
            assert len(image.layers) == 3
            assert "d/two" in changes(image, 1).added
            assert "d/two" in changes(image, 2).changed
            rootfs = image.rootfs()
            assert rootfs.read("d/two") == b"1"
            assert rootfs["d/two"].layer == 2
            assert rootfs.is_executable("/d/one")


@pytest.mark.parametrize("compressed", ["plain", "gzip", "zstd"])
def test_every_form_that_skopeo_writes(tmp_path: Path, compressed: str) -> None:
    skopeo = shutil.which("skopeo")
    if skopeo is None and os.environ.get("LIGHTSHIP_REQUIRE_ENGINES") == "1":
        pytest.fail("skopeo is required")
    if skopeo is None:
        pytest.skip("no skopeo on this machine")
    layers = [
        tar([directory("d"), file("d/a", b"a" * 100_000), symlink("l", "d/a"), hardlink("h", "d/a")]),
        tar([file("d/.wh.a"), file("n" * 150, b"new")]),
    ]
    source = docker_archive(tmp_path / "source.tar", layers)
    forms = {
        "docker-archive": f"docker-archive:{tmp_path}/d.tar:name:tag",
        "oci": f"oci:{tmp_path}/layout:tag",
        "oci-archive": f"oci-archive:{tmp_path}/o.tar:tag",
        "dir": f"dir:{tmp_path}/dir",
    }
    more = {
        "plain": [],
        "gzip": ["--dest-compress"],
        "zstd": ["--dest-compress", "--dest-compress-format=zstd", "--format=oci"],  # Docker's manifests know no zstd
    }[compressed]
    expected = [layer.entries for layer in open_image(source).layers]
    for form, target in forms.items():
        options = more if form == "dir" else []
        command = [skopeo, "--insecure-policy", "copy", *options, f"docker-archive:{source}", target]
        subprocess.run(command, check=True, capture_output=True)
        for name in (target, target.split(":")[1]):
            with open_image(name) as image:
                assert [layer.entries for layer in image.layers] == expected
                assert image.rootfs().read("h") == b"a" * 100_000
                assert image.rootfs().names("d") == ()
