"""The rooms below on a real image archive: its merged root file system is a file tree like any other."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

from elf.trees import elf
from lightship import distros
from lightship.closure import closure, elf_needs, libc_runtime, library_problems, roots
from lightship.oci import open_image

LOADER = "/lib64/ld-linux-x86-64.so.2"
STATUS = "Package: libx\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"


def _layer(files: dict[str, tuple[bytes | str, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, (content, mode) in files.items():
            member = tarfile.TarInfo(name)
            member.mode = mode
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _image(path: Path, layers: list[bytes], config: dict[str, object]) -> None:
    names = [f"{at}/layer.tar" for at in range(len(layers))]
    digests = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]
    whole = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": digests},
    }
    manifest = [{"Config": "config.json", "RepoTags": ["x:1"], "Layers": names}]
    with tarfile.open(path, mode="w") as archive:
        for name, content in (
            *zip(names, layers, strict=True),
            ("config.json", json.dumps(whole).encode()),
            ("manifest.json", json.dumps(manifest).encode()),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_an_image_archive(tmp_path: Path) -> None:
    base = {
        "lib": ("usr/lib", 0o777),
        "lib64/ld-linux-x86-64.so.2": (elf(), 0o755),
        "usr/lib/libc.so.6": (elf(soname="libc.so.6"), 0o755),
        "usr/lib/libx.so.1": (elf(soname="libx.so.1"), 0o644),
        "usr/bin/server": (elf(interpreter=LOADER, needed=("libx.so.1", "libc.so.6")), 0o755),
        "etc/os-release": (b"ID=debian\n", 0o644),
        "etc/passwd": (b"root:x:0:0::/root:/bin/sh\n", 0o644),
        "var/lib/dpkg/status": (STATUS.encode(), 0o644),
        "var/lib/dpkg/info/libx:amd64.list": (b"/.\n/lib\n/lib/libx.so.1\n", 0o644),
    }
    top = {
        "app/start": (b"#!/usr/bin/server\n", 0o755),
        "usr/lib/.wh.libx.so.1": (b"", 0o644),
        "usr/lib/libx.so.1": ("libx.so.1.9", 0o777),
        "usr/lib/libx.so.1.9": (elf(soname="libx.so.1", needed=("libgone.so.2",)), 0o644),
    }
    archive = tmp_path / "image.tar"
    _image(archive, [_layer(base), _layer(top)], {"Cmd": ["/app/start"], "Env": ["PATH=/usr/bin"]})
    with open_image(f"docker-archive:{archive}") as image:
        files = image.rootfs()
        found = closure(files, roots(image.config, files), image.config)
        assert found.certain == {
            "app/start",
            "usr/bin/server",
            "lib",
            "lib64/ld-linux-x86-64.so.2",
            "usr/lib/libc.so.6",
            "usr/lib/libx.so.1",
            "usr/lib/libx.so.1.9",
        }
        assert [gone.name for gone in found.unresolved] == ["libgone.so.2"]
        needs = elf_needs(files, files, image.config)
        assert needs["libx.so.1"].paths == ("usr/lib/libx.so.1.9",)
        problems = library_problems(files, ["usr/bin/server", "app/start"], image.config)
        assert problems == (("usr/bin/server", "libgone.so.2"),)
        assert "etc/passwd" in libc_runtime(files)
        installed = distros.installed(files)
        assert installed.release.id == "debian"
        assert (owner := installed.owner("/lib/libx.so.1")) and owner.name == "libx"
