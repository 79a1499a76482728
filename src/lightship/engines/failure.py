"""An engine's words about a failure, turned into one clear error with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lightship.engines.progress import Progress, Tracked
from lightship.engines.protocol import BuildRequest, Completed
from lightship.errors import BuildError, EngineError
from lightship.messages import joined, said
from lightship.text import Lines

SHOWN_LINES = 15

_WRAPPING = re.compile(
    r"^(?:(?:Error|ERROR): |failed to solve(?: with frontend dockerfile\.v0)?: |failed to create LLB definition: "
    r"|failed to read dockerfile: )+"
)
_DISK_FULL = re.compile(r"no space left on device|disk quota exceeded", re.I)
_DOWN = re.compile(
    r"cannot connect to the docker daemon|error during connect|is the docker daemon running|connection refused.*docker"
    r"|cannot connect to podman|unable to connect to podman|dial unix [^:]*: connect",
    re.I,
)
_FORBIDDEN = re.compile(r"permission denied while trying to connect|dial unix .*permission denied", re.I)
_NO_BASE = re.compile(
    r"pull access denied|manifest unknown|repository does not exist|failed to resolve source metadata"
    r"|failed to do request|no such host|initializing source|error creating build container|image not known"
    r"|did not resolve to an alias|unable to copy from source|error pinging|failed to load cache key.*resolve"
    r"|i/o timeout|TLS handshake|toomanyrequests|requested access to the resource is denied|creating build container",
    re.I,
)
_NO_SOURCE = re.compile(
    r"no items matching glob \"(?P<glob>[^\"]+)\"|\"(?P<key>/[^\"]*)\":? not found"
    r"|failed to (?:compute cache key|calculate checksum)[^\"]*\"(?P<sum>[^\"]+)\""
    r"|copier: (?:stat|get): [^\"]*\"(?P<copier>[^\"]+)\"|COPY failed: [^:]*: (?:stat )?(?P<classic>[^:]+):",
    re.I,
)


def engine_error(engine: str, doing: str, text: str) -> EngineError:
    """What went wrong while ``engine`` was asked for something that is not a build."""
    known = _known(engine, text)
    if known:
        return known
    return EngineError(
        said("{engine} failed while {doing}", engine=engine, doing=doing), why=_last_line(text) or "it gave no reason"
    )


def completed_error(engine: str, doing: str, completed: Completed) -> EngineError:
    """The same for a program's end."""
    if completed.exit_code is None:
        return EngineError(
            said("{engine} gave no answer while {doing}", engine=engine, doing=doing),
            why=said("stopped after {seconds:.0f} s", seconds=completed.seconds),
        )
    return engine_error(engine, doing, (completed.stderr or completed.stdout).decode("utf-8", "replace"))


def build_error(engine: str, request: BuildRequest, progress: Progress, code: int | None) -> EngineError:
    """Why a build failed: the instruction, its line, the engine's last lines of that step, and nothing else."""
    failed = progress.failed
    own = list(failed.lines) if failed else []
    text = "\n".join([*own, *progress.tail])
    if code is None:
        return _at(
            request,
            failed,
            "the build took too long",
            why=said("stopped after {timeout:.0f} s", timeout=request.timeout),
            shown=own,
        )
    known = _known(engine, text)
    if known:
        return known
    keyword = failed.step.text.partition(" ")[0].upper() if failed else ""
    words = "\n".join(progress.tail) or text
    source = _NO_SOURCE.search(words) if keyword in ("COPY", "ADD", "") else None
    if source:
        name = next(group for group in source.groups() if group)
        return _at(
            request,
            failed or _copy_of(progress),
            said("{name} is not in the build context", name=name.lstrip("/")),
            why=said("context: {context}", context=request.context),
            help="check the path, and whether .dockerignore leaves it out",
        )
    if keyword in ("FROM", "") and _NO_BASE.search(words):
        what = (
            said("the base image of `{text}` cannot be had", text=failed.step.text)
            if failed
            else said("a base image cannot be had")
        )
        return _at(
            request,
            failed,
            what,
            why=_last_line(words),
            help=_SHORT_NAME_HELP
            if "did not resolve to an alias" in words
            else "check its name, the network and the registry login; or pull it first: a local image is used as it is",
        )
    why = _reason(failed, progress.tail)
    return _at(
        request,
        failed,
        said("the build failed") if not keyword else said("{keyword} failed", keyword=keyword),
        why=why,
        shown=own,
    )


def _at(
    request: BuildRequest,
    failed: Tracked | None,
    what: str,
    *,
    why: str,
    help: str = "",
    shown: Sequence[str] = (),
) -> BuildError:
    path = request.dockerfile_path or request.context / "Dockerfile"
    instruction = failed.instruction if failed else None
    where = f"{path}:{instruction.line}" if instruction else str(path)
    excerpt: list[str] = []
    if instruction:
        lines = Lines(request.dockerfile)
        last = min(instruction.end_line, instruction.line + 9)
        excerpt = [f"{number:4} | {lines.line(number)}" for number in range(instruction.line, last + 1)]
        if last < instruction.end_line:
            excerpt.append("     | ...")
    shown = [line.rstrip() for line in shown if line.strip()][-SHOWN_LINES:]
    if shown:
        excerpt += [said("the last lines of this step:"), *(f"     > {line}" for line in shown)]
    return BuildError(what, where=where, why=why, excerpt=joined("\n", excerpt), help=help)


def _known(engine: str, text: str) -> EngineError | None:
    if _DISK_FULL.search(text):
        return EngineError("the disk is full", why=_last_match(_DISK_FULL, text), help=_PRUNE.get(engine, "make space"))
    if _FORBIDDEN.search(text):
        return EngineError(
            "no right to talk to the Docker daemon",
            why=_last_match(_FORBIDDEN, text),
            help="join the group docker, or use --engine podman",
        )
    if _DOWN.search(text):
        return EngineError(
            said("{engine} is installed but its daemon does not answer", engine=engine),
            why=_last_match(_DOWN, text),
            help="start it (`systemctl start docker` or `dockerd`), set DOCKER_HOST, or use --engine podman",
        )
    return None


_SHORT_NAME_HELP = (
    'write docker.io/library/NAME, or put unqualified-search-registries = ["docker.io"] into registries.conf'
)
_PRUNE = {
    "docker": "make space, e.g. `docker builder prune`",
    "podman": "make space, e.g. `podman image prune`",
    "buildah": "make space, e.g. `buildah rmi --prune`",
}


def _reason(failed: Tracked | None, tail: Sequence[str]) -> str:
    """The exit code of the step, or the engine's last line."""
    for line in reversed(tail):
        found = re.search(r"(?:exit (?:code|status)|non-zero code):? (\d+)", line)
        if found:
            return said("exit code {value}", value=found.group(1))
    return _last_line("\n".join(tail)) or (_last_line("\n".join(failed.lines)) if failed else "it gave no reason")


def _copy_of(progress: Progress) -> Tracked | None:
    return progress.failed


def _last_match(pattern: re.Pattern[str], text: str) -> str:
    return next((line.strip() for line in reversed(text.split("\n")) if pattern.search(line)), "")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return _WRAPPING.sub("", lines[-1]) if lines else ""
