"""What a person names on the command line, as an image that an engine can start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lightship.engines.credential_helper import ask_credential_helper
from lightship.engines.protocol import BuildRequest, Engine, OnStep
from lightship.errors import InputError
from lightship.evidence.observation import ImageFacts
from lightship.messages import said
from lightship.oci import Image, open_image
from lightship.probes.facts import image_facts
from lightship.probes.loading import loadable
from lightship.text import decode

PREFIXES = ("docker-archive:", "oci:", "oci-archive:", "dir:", "registry:", "docker://")
"""Names that ``lightship.oci`` opens itself (containers-transports(5))."""


@dataclass(frozen=True, slots=True)
class Target:
    """One image to verify: ``image`` is its name for the engine, ``facts`` what its files tell."""

    reference: str
    image: str
    facts: ImageFacts
    build_seconds: float | None = None
    """None when nothing had to be built."""


def open_target(
    reference: str,
    engine: Engine,
    directory: Path,
    *,
    build: BuildRequest | None = None,
    on_step: OnStep = lambda step: None,
) -> Target:
    """The image that a path or a name leads to, in the engine's store, with its facts.

    A text file is a Dockerfile and is built: ``build`` says how (its text and path are replaced; its context only when
    it is "."). Archives and layouts are loaded. ``directory`` is for temporary files. Raises InputError when there is
    no such thing, BuildError, EngineError. What it makes in the engine's store is of the engine's run: ``clean``.
    """
    path = Path(reference)
    if reference.startswith(PREFIXES) or path.is_dir() or (path.is_file() and not is_text(path)):
        with open_image(reference, credential_helper=ask_credential_helper) as image:
            return _loaded(reference, image, engine, directory, on_step)
    if path.is_file():
        return _built(path, engine, directory, build, on_step)
    name = engine.resolve(reference)
    if name is None:
        raise InputError(
            "no such Dockerfile, archive or image",
            where=reference,
            why=said("there is no such file, and {name} neither has nor finds an image of that name", name=engine.name),
            help="write a path, or an image reference that the engine can pull",
        )
    return Target(reference, name, facts_in_store(engine, name, directory))


def facts_in_store(engine: Engine, image: str, directory: Path) -> ImageFacts:
    """The facts of an image in the engine's store."""
    place = _place(directory)
    archive = engine.export(image, place)
    try:
        with open_image(archive, trusted=True) as opened:
            return image_facts(opened.config, opened.rootfs())
    finally:
        if archive.is_file():
            archive.unlink()


def _built(path: Path, engine: Engine, directory: Path, build: BuildRequest | None, on_step: OnStep) -> Target:
    text = decode(path.read_bytes())
    request = build or BuildRequest(text, path.parent)
    context = path.parent if request.context == Path() else request.context
    built = engine.build(replace(request, dockerfile=text, dockerfile_path=path, context=context), on_step)
    return Target(str(path), built.image, facts_in_store(engine, built.image, directory), built.seconds)


def _loaded(reference: str, image: Image, engine: Engine, directory: Path, on_step: OnStep) -> Target:
    """Engines load archives in different ways; all of them build, so an archive is made an image by a build."""
    context = _place(directory)
    rootfs = image.rootfs()
    dockerfile = loadable(image.config, rootfs, context)
    built = engine.build(BuildRequest(dockerfile, context, network="none"), on_step)
    return Target(reference, built.image, image_facts(image.config, rootfs))


def _place(directory: Path) -> Path:
    place = directory / str(sum(1 for _ in directory.iterdir()))
    place.mkdir()
    return place


def is_text(path: Path) -> bool:
    """Archives begin with a tar header or a compressor's magic number: both have a NUL byte early."""
    with path.open("rb") as file:
        return b"\0" not in file.read(512)
