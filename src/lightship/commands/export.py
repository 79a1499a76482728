"""``lightship export``: files of an image, written to a folder or printed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.commands.images import add_opening_arguments, looking, opened
from lightship.errors import EXIT_OK, InputError, UsageError
from lightship.messages import said
from lightship.reports.translation import tr

if TYPE_CHECKING:
    from lightship.oci import Rootfs

STDOUT = "-"
_PIECE = 1 << 18
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``lightship export``."""
    parser.add_argument("image", metavar="IMAGE", help="an image, as for lightship inspect")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what of it, with all below (default: everything)")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FOLDER", help="a new or empty folder; - prints the one file PATH"
    )
    parser.add_argument(
        "--layers", type=int, metavar="N", help="the file system of the first N layers: what later ones delete is there"
    )
    add_opening_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the files. What is no file, folder or link is left out, and said."""
    with opened(arguments.image, looking(arguments)) as image:
        count = len(image.layers)
        upto = count if arguments.layers is None else arguments.layers
        if not 0 < upto <= count:
            raise UsageError(
                said("the image has {count} layers", count=count),
                where=f"--layers {upto}",
                help=said("write 1 to {count}", count=count),
            )
        rootfs = image.rootfs(upto)
        if arguments.output == STDOUT:
            _print(rootfs, arguments.paths)
        else:
            _write(rootfs, arguments.paths, Path(arguments.output))
    return EXIT_OK


def _print(rootfs: Rootfs, paths: list[str]) -> None:
    if len(paths) != 1:
        raise UsageError("only one file can be printed", where="-o -", help="name one PATH")
    found = rootfs.resolve(paths[0])
    if found is None or not rootfs.is_file(found):
        raise InputError("no such file in the image", where=paths[0], help="look for it with lightship inspect")
    for at in range(0, rootfs[found].entry.size, _PIECE):
        sys.stdout.buffer.write(rootfs.read_at(found, at, _PIECE))
    sys.stdout.buffer.flush()


def _write(rootfs: Rootfs, paths: list[str], folder: Path) -> None:
    from lightship.oci import extract

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("there is something already", where=str(folder), help="name a new or empty folder")
    exact = [_real(rootfs, path) for path in paths] or [""]
    left = extract(rootfs, exact, folder)
    print(tr("wrote {paths} to {folder}", paths=", ".join(f"/{path}" for path in exact), folder=folder))
    for path in left[:_SHOWN]:
        print(tr("left out: /{path} (a {kind})", path=path, kind=rootfs[path].entry.kind), file=sys.stderr)
    if len(left) > _SHOWN:
        print(tr("left out: {count} more", count=len(left) - _SHOWN), file=sys.stderr)


def _real(rootfs: Rootfs, path: str) -> str:
    """The path with the links of its folders followed; the last part stays a link where it is one."""
    found = rootfs.resolve_parent(path)
    if found is None or (found and found not in rootfs):
        raise InputError("no such path in the image", where=path, help="look for it with lightship inspect")
    return found
