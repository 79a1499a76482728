"""Every stand-in: what it is called, what it is made of, and in which set it is.

A recipe is data; adding an image is adding one entry here and a Dockerfile in ``images/``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from . import distroless, wheels
from .debian import make_debian

Maker = Callable[[Path], None]

NODE = "20.18.0"
PYTHON = "3.11.2"
GO = ("1.27.3", "1.21.13")
"""Releases that PyPI and Debian 12 have. The newest Go first: it is ``golang:latest``."""


@dataclass(frozen=True, slots=True)
class Tarball:
    """A file that an image's Dockerfile adds, and how it comes to be."""

    name: str
    make: Maker | None
    """None for CPython, which is compiled in a container: see `build.compile_cpython`."""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One stand-in image."""

    name: str
    """As a Dockerfile's FROM says it: ``debian:bookworm-slim``."""
    dockerfile: str
    base: str | None = None
    files: dict[str, Tarball] = field(default_factory=dict)
    """Name in the build context -> tarball."""
    version: str = ""
    aliases: tuple[str, ...] = ()
    """More tags of the same repository."""
    also: str = ""
    """A second repository that has the same image under the same tag."""
    minimal: bool = False

    @property
    def repository(self) -> str:
        """The path in the registry: Docker Hub's own images are under ``library/``."""
        name = self.name.rpartition(":")[0]
        return name if "/" in name else f"library/{name}"

    @property
    def tag(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def full_name(self) -> str:
        """With the registry that the official image is in."""
        return self.name if self.name.startswith("gcr.io/") else f"docker.io/{self.repository}:{self.tag}"


CPYTHON = Tarball("cpython.tar", None, PYTHON)
NODE_FILES = {"node.tar": Tarball("node.tar", partial(wheels.make_node, version=NODE), NODE)}


def _debian(name: str, *, slim: bool, aliases: tuple[str, ...] = ()) -> Recipe:
    tarball = Tarball(f"{name.replace(':', '-')}.tar", partial(make_debian, slim=slim))
    return Recipe(name, "debian", files={"rootfs.tar": tarball}, aliases=aliases, minimal=slim)


def _distroless(
    kind: str,
    base: str | None,
    tarball: Tarball,
    *,
    dockerfile: str = "distroless-layer",
    minimal: bool = False,
) -> tuple[Recipe, Recipe]:
    """An image that runs as root, and the one that does not."""
    name = f"gcr.io/distroless/{kind}-debian12"
    below = f"gcr.io/distroless/{base}-debian12:latest" if base else None
    # The name without the release is the current release: gcr.io/distroless/static.
    also = f"gcr.io/distroless/{kind}"
    root = Recipe(f"{name}:latest", dockerfile, below, {"layer.tar": tarball}, also=also, minimal=minimal)
    return root, Recipe(f"{name}:nonroot", "nonroot", root.name, also=also, minimal=minimal)


def _packages(kind: str, packages: tuple[str, ...]) -> Tarball:
    return Tarball(f"distroless-{kind}.tar", partial(distroless.make_layer, packages=packages))


def _golang(version: str, *, newest: bool) -> Recipe:
    minor, major = version.rpartition(".")[0], version.partition(".")[0]
    tags = [minor, f"{minor}-bookworm", f"{version}-bookworm"]
    if newest:
        tags += [major, f"{major}-bookworm", "latest", "bookworm"]
    tarball = Tarball(f"go-{version}.tar", partial(wheels.make_go, version=version), version)
    base = "buildpack-deps:bookworm-scm"
    return Recipe(f"golang:{version}", "golang", base, {"go.tar": tarball}, version, tuple(tags))


RECIPES: tuple[Recipe, ...] = (
    _debian("debian:bookworm-slim", slim=True, aliases=("12-slim", "stable-slim")),
    Recipe(
        "python:3.11-slim",
        "python-slim",
        "debian:bookworm-slim",
        {"cpython.tar": CPYTHON},
        PYTHON,
        ("3.11-slim-bookworm", f"{PYTHON}-slim", f"{PYTHON}-slim-bookworm"),
        minimal=True,
    ),
    *_distroless("static", None, _packages("static", distroless.STATIC), dockerfile="static", minimal=True),
    *_distroless("base", "static", _packages("base", distroless.BASE), minimal=True),
    *_distroless("cc", "base", _packages("cc", distroless.CC), minimal=True),
    *_distroless(
        "python3",
        "cc",
        _packages("python3", distroless.PYTHON3),
        dockerfile="distroless-python3",
        minimal=True,
    ),
    *_distroless(
        "nodejs20",
        "cc",
        Tarball("distroless-nodejs20.tar", partial(wheels.make_distroless_node, version=NODE), NODE),
        dockerfile="distroless-nodejs20",
    ),
    Recipe(
        "node:20-slim",
        "node-slim",
        "debian:bookworm-slim",
        NODE_FILES,
        NODE,
        ("20-bookworm-slim", f"{NODE}-slim", f"{NODE}-bookworm-slim"),
    ),
    _debian("debian:bookworm", slim=False, aliases=("12", "stable", "latest")),
    Recipe("buildpack-deps:bookworm-curl", "buildpack-deps-curl", "debian:bookworm"),
    Recipe("buildpack-deps:bookworm-scm", "buildpack-deps-scm", "buildpack-deps:bookworm-curl"),
    _golang(GO[0], newest=True),
    _golang(GO[1], newest=False),
    Recipe("buildpack-deps:bookworm", "buildpack-deps", "buildpack-deps:bookworm-scm"),
    Recipe(
        "python:3.11",
        "python",
        "buildpack-deps:bookworm",
        {"cpython.tar": CPYTHON},
        PYTHON,
        ("3.11-bookworm", PYTHON, f"{PYTHON}-bookworm"),
    ),
    Recipe(
        "node:20",
        "node",
        "buildpack-deps:bookworm",
        NODE_FILES,
        NODE,
        ("20-bookworm", NODE, f"{NODE}-bookworm"),
    ),
)
"""In an order that has every base before what is built on it."""


def chosen(wanted: str) -> tuple[Recipe, ...]:
    """The recipes of the set ``minimal`` or ``full``."""
    return tuple(recipe for recipe in RECIPES if recipe.minimal or wanted == "full")
