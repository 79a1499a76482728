"""Files of an image, written below a directory, and never outside it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.limits import CHUNK
from lightship.oci.rootfs import Located, Rootfs

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def extract(rootfs: Rootfs, paths: Iterable[str], target_dir: Path) -> tuple[str, ...]:
    """Write paths, and all that is below them, under ``target_dir``; gives the paths that were left out.

    Owners and setuid bits are not set: this is for looking, not for running. Device nodes and FIFOs are left out, as
    are hard links to nothing. Raises InputError when something in the target is in the way, OSError.
    """
    target_dir.mkdir(parents=True, exist_ok=True)
    root = os.open(target_dir, _FLAGS & ~os.O_NOFOLLOW)
    left: list[str] = []
    try:
        for path in paths:
            exact = path.strip("/")
            if exact not in rootfs and exact:
                raise InputError(
                    said("no such path in the image: {path}", path=path), help="look for it with lightship inspect"
                )
            for located in rootfs.walk(exact):
                if not _write(root, rootfs, located):
                    left.append(located.entry.path)
    finally:
        os.close(root)
    return tuple(left)


def _write(root: int, rootfs: Rootfs, located: Located) -> bool:
    entry = located.entry
    if entry.kind not in ("file", "dir", "symlink"):
        return False
    if not entry.path:
        return True
    parent = _open_parent(root, entry.path)
    try:
        if entry.kind == "dir":
            _make_directory(parent, entry.name, entry.mode)
        elif entry.kind == "symlink":
            _remove(parent, entry.name)
            os.symlink(entry.link, entry.name, dir_fd=parent)
        else:
            _write_file(parent, rootfs, located)
    except FileExistsError:
        raise InputError(
            "a directory is in the way", where=entry.path, help="extract into an empty directory"
        ) from None
    finally:
        os.close(parent)
    return True


def _open_parent(root: int, path: str) -> int:
    """The directory that a path lies in, made where missing, reached part by part through no symlink."""
    at = os.dup(root)
    for part in path.split("/")[:-1]:
        try:
            _make_directory(at, part, 0o755)
            following = os.open(part, _FLAGS, dir_fd=at)
        except (NotADirectoryError, OSError) as error:
            raise InputError(
                said("{part} is in the way", part=part),
                where=path,
                why=str(error.strerror),
                help="extract into an empty directory",
            ) from None
        finally:
            os.close(at)
        at = following
    return at


def _make_directory(parent: int, name: str, mode: int) -> None:
    try:
        os.mkdir(name, (mode & 0o777) | stat.S_IRWXU, dir_fd=parent)
    except FileExistsError:
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise


def _remove(parent: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError):
        raise FileExistsError(name) from None


def _write_file(parent: int, rootfs: Rootfs, located: Located) -> None:
    entry = located.entry
    _remove(parent, entry.name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(entry.name, flags, entry.mode & 0o777 | stat.S_IWUSR, dir_fd=parent)
    with os.fdopen(handle, "wb") as file:
        free = shutil.disk_usage(file.fileno()).free if entry.stored > CHUNK else entry.stored
        if entry.stored > free:
            raise OSError(28, "No space left on device", entry.path)
        for at, length in entry.sparse if entry.sparse is not None else ((0, entry.size),):
            file.seek(at)
            for offset in range(at, at + length, CHUNK):
                file.write(rootfs.read_at(entry.path, offset, min(CHUNK, at + length - offset)))
        file.truncate(entry.size)
