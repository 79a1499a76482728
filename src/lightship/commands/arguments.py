"""Arguments that several commands share, and their values checked."""

from __future__ import annotations

import argparse
from pathlib import Path

from lightship.errors import UsageError
from lightship.messages import said


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """How to build, and on which engine."""
    group = parser.add_argument_group("building")
    group.add_argument("--engine", metavar="NAME", help="docker, podman or buildah (default: the first that works)")
    group.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE", help="as for docker build")
    group.add_argument("--secret", action="append", default=[], metavar="id=ID,src=PATH", help="as for docker build")
    group.add_argument("--target", default="", metavar="STAGE", help="the stage to build (default: the last)")
    group.add_argument(
        "--network",
        choices=("auto", "host", "default", "none"),
        default="auto",
        help="network of RUN steps (default: auto, the host's where containers have no way out)",
    )
    group.add_argument(
        "--ca-bundle",
        type=Path,
        metavar="FILE",
        help="certificates that RUN steps see and images do not keep",
    )
    group.add_argument("--no-cache", action="store_true", help="build without the engine's cache")


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """How much to say."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress")
    group.add_argument(
        "-v", "--verbose", action="store_true", help="also print the engine commands that ran, ready to paste"
    )


def build_args(given: list[str]) -> tuple[tuple[str, str], ...]:
    """``NAME=VALUE`` words as pairs. Raises UsageError."""
    pairs = []
    for word in given:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise UsageError(
                "a build argument needs a name and a value",
                where=f"--build-arg {word}",
                help="write NAME=VALUE",
            )
        pairs.append((name, value))
    return tuple(pairs)


def level(text: str) -> int:
    """A ladder level, ``L5`` or ``5``, for argparse."""
    number = text.removeprefix("L").removeprefix("l")
    if not number.isdecimal() or not 0 <= int(number) <= 8:
        raise argparse.ArgumentTypeError(said("{text!r} is no level: write L0 to L8", text=text))
    return int(number)
