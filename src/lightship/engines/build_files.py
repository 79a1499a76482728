"""The files of one build, kept outside of the user's context: the Dockerfile's text and its ignore file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lightship.dockerfile import parse
from lightship.engines import ours
from lightship.engines.protocol import BuildRequest
from lightship.errors import BuildError, InputError
from lightship.messages import said
from lightship.text import Lines, encode

MOUNTS_FILES = (Path("/etc/containers/mounts.conf"), Path("/usr/share/containers/mounts.conf"))


@dataclass(frozen=True, slots=True)
class BuildFiles:
    """Where the Dockerfile's text is; ``ignore`` is the file's own ignore file, None when the context's counts."""

    dockerfile: Path
    ignore: Path | None
    image_id: Path
    mounts: Path
    """A copy of containers-mounts.conf(5). Buildah notes its path in the working containers of the build, which is how
    those that a killed build left are known as ours."""


@contextmanager
def build_files(request: BuildRequest, run_id: ours.RunId) -> Iterator[BuildFiles]:
    """Files for one build, removed afterwards.

    An ignore file named ``<Dockerfile name>.dockerignore`` wins over ``.dockerignore``; it lies beside our copy under
    the copy's name, where BuildKit looks for it, and is named to Buildah with ``--ignorefile``.
    Source: https://docs.docker.com/build/concepts/context/#filename-and-location
    """
    if not request.context.is_dir():
        raise InputError("the build context is not a folder", where=str(request.context))
    folder = ours.folder(run_id)
    try:
        dockerfile = folder / "Dockerfile"
        dockerfile.write_bytes(encode(request.dockerfile))
        twin = own_ignore_file(request)
        rules = encode(request.ignore) if request.ignore is not None else twin.read_bytes() if twin else None
        ignore = folder / "Dockerfile.dockerignore" if rules is not None else None
        if rules is not None and ignore:
            ignore.write_bytes(rules)
        mounts = folder / "mounts.conf"
        mounts.write_bytes(b"".join(path.read_bytes() for path in MOUNTS_FILES if path.is_file()))
        yield BuildFiles(dockerfile, ignore, folder / "image-id", mounts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own_ignore_file(request: BuildRequest) -> Path | None:
    """The Dockerfile's own ignore file, where there is one."""
    if request.dockerfile_path is None:
        return None
    twin = request.dockerfile_path.with_name(f"{request.dockerfile_path.name}.dockerignore")
    return twin if twin.is_file() else None


def refuse_heredocs(request: BuildRequest, engine: str, why: str) -> None:
    """Raise BuildError at the first heredoc: an engine that does not know them builds something else, silently."""
    for instruction in parse(request.dockerfile).instructions:
        inner = instruction.inner or instruction
        if not inner.heredocs and not instruction.heredocs:
            continue
        line = Lines(request.dockerfile).line(instruction.line)
        raise BuildError(
            said("{engine} cannot build a heredoc", engine=engine),
            where=f"{request.dockerfile_path or request.context / 'Dockerfile'}:{instruction.line}",
            excerpt=f"{instruction.line:4} | {line}",
            why=why,
            help="use --engine docker, a newer Buildah or Podman, or write the command without a heredoc",
        )
