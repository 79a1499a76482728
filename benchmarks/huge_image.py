"""What `lightship inspect` takes for a huge image: the same number of files, once in few and once in many bytes.

    python benchmarks/huge_image.py [--files 500000] [--gigabytes 1 20] [--layers 10] [--folder DIRECTORY]

The archive is what `docker save` writes, with real headers. Bodies are holes of a sparse file: about 1 KiB a file is on
the disk, whatever the size. Each layer replaces a hundredth of the files of the one below it and removes another.
Memory may follow the number of files, never the bytes: the exit code is 1 when the last image takes a tenth more memory
than the first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from read_image import Run, measure, with_bytecode

GROWTH = 1.1
LARGE = 100
"""How many files of a layer share nearly all of its bytes."""


def main() -> int:
    """Make each image, look into it, remove it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=500_000)
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[1, 20])
    parser.add_argument("--layers", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=None, help="where there is room (default: the temporary one)")
    arguments = parser.parse_args()
    ours = str(Path(sys.executable).with_name("lightship"))
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        with_bytecode(scratch)
        measure([ours, "--version"])
        for gigabytes in arguments.gigabytes:
            path = Path(scratch) / "image.tar"
            write_image(path, files=arguments.files, layers=arguments.layers, size=int(gigabytes * 1e9))
            status = path.stat()
            runs.append(measure([ours, "inspect", str(path), "--no-cache"]))
            print(f"{arguments.files:,} files, {status.st_size / 1e9:.1f} GB", end="")
            print(f" ({status.st_blocks / 2e6:.1f} GB on the disk): {runs[-1].seconds:.1f} s,", end=" ")
            print(f"cpu {runs[-1].processor:.1f} s, peak {runs[-1].memory:.0f} MB", flush=True)
            path.unlink()
    return int(runs[-1].memory > GROWTH * runs[0].memory)


def write_image(path: Path, *, files: int, layers: int, size: int) -> None:
    """An archive of so many files in so many bytes, most of which are holes."""
    each = files // layers
    body = max((size // layers - each * 1024) // LARGE, 0) & -512
    diff_ids = [hashlib.sha256(f"{path} {index}".encode()).hexdigest() for index in range(layers)]
    config = json.dumps(
        {
            "os": "linux",
            "architecture": "amd64",
            "config": {"Cmd": ["true"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{one}" for one in diff_ids]},
        }
    ).encode()
    manifest = [{"Config": "config.json", "RepoTags": ["huge:1"], "Layers": [f"{one}/layer.tar" for one in diff_ids]}]
    with path.open("wb") as file:
        for name, content in (("config.json", config), ("manifest.json", json.dumps(manifest).encode())):
            file.write(header(name, len(content)) + content + bytes(-len(content) % 512))
        for index, one in enumerate(diff_ids):
            start = file.tell()
            file.seek(512, os.SEEK_CUR)
            _write_layer(file, index, each, body)
            end = file.tell()
            file.seek(start)
            file.write(header(f"{one}/layer.tar", end - start - 512))
            file.seek(end)
        file.truncate(file.tell() + 1024)


def _write_layer(file: BinaryIO, index: int, count: int, body: int) -> None:
    for name, length in _members(index, count, body):
        file.write(header(name, length))
        if length > 1 << 16:
            file.seek(length, os.SEEK_CUR)
        else:
            file.write(bytes(length + -length % 512))
    file.write(bytes(1024))


def _members(index: int, count: int, body: int) -> Iterator[tuple[str, int]]:
    gone = 2 * index % 100  # not what the layer below removes and replaces itself
    for number in range(count - LARGE):
        if index and number % 100 == gone:
            yield f"srv/layer{index - 1}/part{number // 200}/.wh.file{number}.txt", 0
        elif index and number % 100 == gone + 1:
            yield f"srv/layer{index - 1}/part{number // 200}/file{number}.txt", 300
        else:
            yield f"srv/layer{index}/part{number // 200}/file{number}.txt", 400
    for number in range(LARGE):
        yield f"srv/large/of{index}/data{number}.bin", body


def header(name: str, size: int) -> bytes:
    """A ustar header of a regular file."""
    start = (
        name.encode().ljust(100, b"\0")
        + b"0000644\0"
        + b"0000000\0" * 2
        + b"%011o\0" % size
        + b"%011o\0" % 1_700_000_000
    )
    rest = b"0".ljust(101, b"\0") + b"ustar\0" + b"00"
    whole = start + b" " * 8 + rest
    return (start + b"%06o\0 " % sum(whole) + rest).ljust(512, b"\0")


if __name__ == "__main__":
    sys.exit(main())
