"""All facts of one image as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lightship.closure.libraries import library_problems
from lightship.closure.surroundings import Surroundings, surroundings
from lightship.distros import installed
from lightship.elf import FileTree
from lightship.evidence.observation import FileFact, ImageFacts, Mention, OsPackage
from lightship.oci.model import ImageConfig
from lightship.probes.facts.accounts import accounts, groups
from lightship.probes.facts.files import files_of
from lightship.probes.facts.languages import language_packages
from lightship.probes.facts.port import wants_port
from lightship.probes.facts.programs import library_calls, mentions, own_settings, own_texts, programs, scripts
from lightship.probes.facts.python import pythons
from lightship.probes.facts.routes import routes
from lightship.probes.facts.taken_for_granted import taken_for_granted
from lightship.probes.facts.writing import writes_files


def image_facts(config: ImageConfig, rootfs: FileTree, *, digests: bool = True, asked: bool = True) -> ImageFacts:
    """The facts of an image with this configuration and these files.

    ``digests`` False leaves the files' content unread (quick, for a first look): contents are then not compared.
    ``asked`` False leaves out what only an original is asked for: what its source calls, serves and writes.
    """
    around = surroundings(rootfs, config)
    database = installed(around.paths)
    owner: Callable[[str], str] = lambda path: found.name if (found := database.owner(path)) else ""  # noqa: E731
    files = files_of(rootfs, owner, digests=digests)
    packages, places = language_packages(rootfs, files)
    console = scripts(around, places)
    there = programs(around)
    node = around.program("node")
    own = tuple(own_texts(around, files)) if asked else ()
    return ImageFacts(
        config=config,
        files=files,
        packages=packages,
        os_packages=tuple(OsPackage(one.name, one.version) for one in database.packages) if database.manager else None,
        scripts=console,
        pythons=pythons(around, config, files, places),
        node=f"/{node}" if node else "",
        node_modules=places.node_roots,
        accounts=accounts(around),
        groups=groups(around),
        surroundings=taken_for_granted(around, files),
        library_problems=library_problems(rootfs, _loadable(files), config),
        programs=tuple(sorted(there)),
        mentions=_called(around, config, files, own, there) if asked else (),
        routes=routes(around, files) if asked else (),
        writes=writes_files(around, own),
        wants_port=wants_port(around, config, own),
        unread=(f"OS packages: {database.problem}",) if database.problem else (),
    )


def _called(
    around: Surroundings,
    config: ImageConfig,
    files: Mapping[str, FileFact],
    own: tuple[str, ...],
    there: frozenset[str],
) -> tuple[Mention, ...]:
    found = mentions(around, config, own, own_settings(files), there)
    known = {one.program for one in found}
    return (*found, *(one for one in library_calls(around, files, there) if one.program not in known))


def _loadable(files: Mapping[str, FileFact]) -> Iterator[str]:
    """What the program can reach: all that may be loaded or started, since names can be built at run time."""
    return (
        path
        for path, fact in files.items()
        if fact.kind in ("file", "hardlink") and (fact.shape or fact.owner or fact.mode & 0o111)
    )
