"""tools/bases: base images for machines that cannot reach Docker Hub.

Makes stand-ins for the official images out of Debian packages, serves them from a registry on the loopback address, and
makes Docker, Podman and Buildah find them, so that an unmodified `FROM python:3.11-slim` builds. Does nothing where
Docker Hub answers, unless it is told to. Running it again is quick, and safe at any time.
"""

import argparse
import shutil
import signal
import sys
import time
from types import FrameType

from . import build, dockerd, mirrors, registry
from .host import Problem, docker_hub_answers, install_missing, require_debian, require_root, which
from .places import CACHE, locked, read_state, say
from .recipes import RECIPES, chosen

ENGINES = ("buildah", "podman", "runc")
DOCKER = ("dockerd", "iptables")
TESTERS = ("skopeo",)
"""What only the tests call, to write images in every form."""
FOLDERS = ("dockerd", "logs", "pip", "registry", "run", "store", "tarballs")
FILES = ("registry.pid", "registry.yml", "state.json")
"""What `remove` takes out of the cache folder."""

MAKERS = ("docker-registry", "mmdebstrap", "update-ca-certificates")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and give its exit code: 0 done, 1 failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        if options.command == "list":
            return _list()
        return _remove() if options.command == "remove" else _up(options)
    except Problem as problem:
        print(f"bases: error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bases: stopped; run it again to go on from there", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tools/bases", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=("up", "list", "remove"), default="up")
    parser.add_argument("--set", choices=("minimal", "full"), default="minimal", help="which images (minimal)")
    parser.add_argument("--port", type=int, help="the registry's port (a free one from 5050 on)")
    parser.add_argument("--force", action="store_true", help="make stand-ins even where Docker Hub answers")
    parser.add_argument("--no-docker", action="store_true", help="neither install nor start a Docker daemon")
    return parser


def _engines(options: argparse.Namespace) -> tuple[str, ...]:
    return ENGINES if options.no_docker else (*ENGINES, *DOCKER)


def _up(options: argparse.Namespace) -> int:
    # Once there are stand-ins here they are kept up, whatever the network does today.
    if options.force or read_state().get("built") or not docker_hub_answers():
        return _stand_in(options)
    say("bases: Docker Hub answers, so that no stand-ins are needed (--force makes them all the same)")
    if options.set == "full":
        install_missing((*_engines(options), *TESTERS))
    elif not dockerd.answers() and not any(map(which, ("podman", "buildah"))):
        install_missing(ENGINES)
    if options.set == "full" and not options.no_docker:
        dockerd.start(None)
    return 0


def _stand_in(options: argparse.Namespace) -> int:
    started = time.monotonic()
    require_root()
    require_debian()
    with locked():
        install_missing((*_engines(options), *MAKERS, *(TESTERS if options.set == "full" else ())))
        port = registry.start(options.port)
        recipes = chosen(options.set)
        made = build.build(recipes, port)
        mirrors.point_to(port)
        mirrors.lower_limits()
        if not options.no_docker:
            ours = dockerd.start(port)
            if dockerd.answers():
                dockerd.load(recipes, port, mirrored=ours)
    seconds = time.monotonic() - started
    say(f"bases: {len(recipes)} STAND-INS, not the official images, on 127.0.0.1:{port} ({made} new, {seconds:.0f} s)")
    say("bases: `tools/bases remove` undoes all of it")
    return 0


def _list() -> int:
    state = read_state()
    port = state.get("port")
    for recipe in RECIPES:
        digest = registry.has(port, recipe.repository, recipe.tag) if port else None
        group = "minimal" if recipe.minimal else "full"
        print(f"{recipe.full_name:55} {group:8} {digest or 'not made'}")
    if port:
        print(f"registry: 127.0.0.1:{port}")
    return 0


def _remove() -> int:
    require_root()
    with locked():
        dockerd.unload()
        dockerd.stop()
        registry.stop()
        mirrors.remove()
        # By name, because lightship itself keeps files in this folder too. The lock stays: the next run may be
        # waiting for it already.
        for name in (*FOLDERS, *FILES):
            path = CACHE / name
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    say(f"bases: stopped what was started and removed its files from {CACHE}")
    say("bases: Debian packages that were installed stay; images pulled by podman and buildah too")
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    """Make SIGTERM end the run like Ctrl-C does, so that the same cleaning up happens."""
    raise KeyboardInterrupt
