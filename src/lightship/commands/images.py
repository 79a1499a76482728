"""Images that commands look into: archives, layouts, registries, and the stores of engines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci import Entry, Image, open_image, parse_source

if TYPE_CHECKING:
    from lightship.engines.protocol import Engine
    from lightship.inspection import Inspection

DAEMONS = ("docker-daemon:", "containers-storage:")
"""skopeo's prefixes for the stores of engines; a plain name means the same."""


@dataclass(frozen=True, slots=True)
class Looking:
    """How to look. ``check`` compares digests with bytes; ``known`` may answer for images that were seen before."""

    platform: str = "linux/amd64"
    engine: str | None = None
    duplicates: bool = False
    compress: bool = False
    check: bool = False
    known: bool = True
    verbose: bool = False


def add_opening_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """How images are opened; gives the group for more."""
    group = parser.add_argument_group("looking")
    group.add_argument("--platform", default="linux/amd64", metavar="OS/ARCH", help="of an image with several")
    group.add_argument("--engine", metavar="NAME", help="docker, podman or buildah (default: the first that works)")
    group.add_argument("--check-digests", action="store_true", help="compare the digests of layers with their bytes")
    return group


def add_looking_arguments(parser: argparse.ArgumentParser) -> None:
    """How images are opened and read."""
    group = add_opening_arguments(parser)
    group.add_argument("--duplicates", action="store_true", help="also look for equal files: reads all that may be")
    group.add_argument("--compressed", action="store_true", help="also the compressed size, where layers are plain")
    group.add_argument("--no-cache", action="store_true", help="look again at what was seen before, remember nothing")


def looking(arguments: argparse.Namespace) -> Looking:
    """What the arguments ask for."""
    return Looking(
        platform=arguments.platform,
        engine=arguments.engine,
        check=arguments.check_digests,
        duplicates=getattr(arguments, "duplicates", False),
        compress=getattr(arguments, "compressed", False),
        known=not getattr(arguments, "no_cache", False),
        verbose=getattr(arguments, "verbose", False),
    )


def inspected(reference: str, how: Looking) -> Inspection:
    """The inspection of the image that a path or a name leads to. Raises InputError, UsageError, EngineError."""
    from lightship.inspection.known import KnownImages, KnownLayers, key_of
    from lightship.oci.cache import cache_directory

    path = cache_directory() / "images.sqlite" if how.known else None
    known, layers = KnownImages(path), KnownLayers(path)
    options = (how.duplicates, how.compress, how.check)
    with ExitStack() as stack:
        if (source := parse_source(reference)) is not None:
            # What a registry sends is compared with its digests always.
            trusted = not how.check and source.kind != "registry"
            image = stack.enter_context(
                open_image(
                    reference,
                    platform=how.platform,
                    trusted=trusted,
                    wanted=_wanted,
                    memory=layers,
                    credential_helper=credential_helper,
                )
            )
            key = key_of("files", *image.identity(), *options)
            found = known.find(key)
        else:
            engine = stack.enter_context(_engine(how))
            name = in_store(engine, reference)
            key = key_of("store", engine.name, name, *options)
            found = known.find(key)
            if found is None:
                image = stack.enter_context(exported(engine, name))
        if found is None:
            from lightship.inspection.look import look_inside

            found = look_inside(image, reference, duplicates=how.duplicates, compress=how.compress)
            known.keep(key, found)
    return replace(found, reference=reference)


@contextmanager
def opened(reference: str, how: Looking) -> Iterator[Image]:
    """The image itself, open. Raises InputError, UsageError, EngineError."""
    with ExitStack() as stack:
        if (source := parse_source(reference)) is not None:
            trusted = not how.check and source.kind != "registry"
            yield stack.enter_context(
                open_image(
                    reference,
                    platform=how.platform,
                    trusted=trusted,
                    wanted=_wanted,
                    credential_helper=credential_helper,
                )
            )
            return
        engine = stack.enter_context(_engine(how))
        yield stack.enter_context(exported(engine, in_store(engine, reference)))


def in_store(engine: Engine, reference: str) -> str:
    """The engine's own name for an image, pulled when it is not there. Raises InputError."""
    plain = reference
    for prefix in DAEMONS:
        plain = plain.removeprefix(prefix)
    name = engine.resolve(plain)
    if name is None:
        raise InputError(
            "no such image",
            where=reference,
            why=said("there is no such file, and {name} neither has nor finds an image of that name", name=engine.name),
            help="write the path of an archive or layout, a prefixed name (registry:, oci:), or one the engine knows",
        )
    return name


@contextmanager
def exported(engine: Engine, name: str) -> Iterator[Image]:
    """An image of an engine's store, written to a temporary directory and open."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with (
        TemporaryDirectory(prefix=f"lightship-{engine.run_id}-") as directory,
        open_image(engine.export(name, Path(directory)), trusted=True) as image,
    ):
        yield image


def credential_helper(name: str, server: str) -> tuple[str, str] | None:
    """What a credential helper has for a server; see ``engines.credential_helper``."""
    # Imported when a login file names a helper: what starts programs is a fifth of the start-up.
    from lightship.engines.credential_helper import ask_credential_helper

    return ask_credential_helper(name, server)


def _wanted(entry: Entry) -> int:
    # Imported when the first entry is asked about: an image that is known needs none of it.
    from lightship.inspection.wanted import wanted

    return wanted(entry)


@contextmanager
def _engine(how: Looking) -> Iterator[Engine]:
    from lightship.commands.engine import opened_engine

    with opened_engine(how.engine, verbose=how.verbose) as engine:
        yield engine
