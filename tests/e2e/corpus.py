"""The corpus of single-stage projects, loaded from the folders beside this file. Pure: no engine, no network.

A case is a folder ``<ecosystem>/<case>/`` with a ``case.toml``. The README beside this file describes its keys.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).resolve().parent

RUNTIMES = ("same", "slim", "distroless", "scratch")
"""The kinds of runtime stage that lightship can choose from, biggest first."""


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """One request to the running container, and what its answer must be."""

    path: str
    method: str = "GET"
    body: str = ""
    status: int = 200
    contains: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers that the answer must carry; a value is looked for inside the header's value."""


@dataclass(frozen=True, slots=True)
class ExecProbe:
    """One program run in a container of its own (``run --rm --entrypoint``), or inside the running one.

    ``contains`` is looked for in stdout and stderr together.
    """

    argv: tuple[str, ...]
    exit: int = 0
    contains: str = ""
    user: str = ""
    """"" = the image's own."""
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """How the image's own command ends, for programs that are no servers."""

    exit: int = 0
    contains: str = ""
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Case:
    """One single-stage project and the probes that tell whether an image of it works.

    ``port`` is 0 for a program that does not listen. ``runtimes`` are the kinds of runtime stage that must be possible;
    a kind that is not named may be refused, with a reason, but never shipped broken; "any" names none of them.
    ``gain`` says whether anything can be saved while the base stays the same.
    """

    name: str
    """``<ecosystem>/<case>``."""
    folder: Path
    purpose: str
    trap: str
    port: int = 0
    context: str = "."
    dockerfile: str = "Dockerfile"
    runtimes: tuple[str, ...] = ("any",)
    gain: bool = True
    slow: bool = False
    needs: tuple[str, ...] = ()
    """What the engine must be able to: ``heredocs``, ``cache_mounts``, ``secrets``."""
    secrets: tuple[str, ...] = ()
    """``id=x,src=file`` with the file relative to the case's folder."""
    build_args: tuple[tuple[str, str], ...] = ()
    ready: float = 30.0
    """Seconds until the port must answer."""
    healthcheck: bool = False
    """Whether the image's HEALTHCHECK must turn healthy."""
    runs_read_only: bool = False
    """Whether the original works with a read-only root and a tmpfs on /tmp."""
    http: tuple[HttpProbe, ...] = ()
    exec: tuple[ExecProbe, ...] = ()
    inside: tuple[ExecProbe, ...] = ()
    end: End | None = None

    @property
    def dockerfile_path(self) -> Path:
        """The Dockerfile on disk."""
        return self.folder / self.dockerfile

    @property
    def context_path(self) -> Path:
        """The build context on disk."""
        return self.folder / self.context

    @property
    def secret_flags(self) -> tuple[str, ...]:
        """``secrets`` with absolute paths, as a command line has them."""
        return tuple(secret.replace("src=", f"src={self.folder}/") for secret in self.secrets)

    @property
    def verify(self) -> Path | None:
        """The script that checks what no table of probes can say, if there is one."""
        path = self.folder / "verify"
        return path if path.exists() else None

    def must_allow(self, runtime: str) -> bool:
        """Whether a runtime stage of this kind must be possible: refusing it would be a defect."""
        return runtime == "same" or runtime in self.runtimes


def cases() -> tuple[Case, ...]:
    """Every case, by name."""
    return tuple(load(path.parent) for path in sorted(FOLDER.glob("*/*/case.toml")))


def load(folder: Path) -> Case:
    """The case in one folder. Raises ValueError, naming the file, when a key is unknown or has a wrong value."""
    path = folder / "case.toml"
    try:
        table = tomllib.loads(path.read_text())
        case = _make(
            Case,
            table
            | {
                "name": f"{folder.parent.name}/{folder.name}",
                "folder": folder,
                "http": tuple(_make(HttpProbe, probe) for probe in table.get("http", ())),
                "exec": tuple(_make(ExecProbe, probe) for probe in table.get("exec", ())),
                "inside": tuple(_make(ExecProbe, probe) for probe in table.get("inside", ())),
                "end": _make(End, table["end"]) if "end" in table else None,
            },
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    for runtime in case.runtimes:
        if runtime not in (*RUNTIMES, "any"):
            raise ValueError(f"{path}: there is no runtime kind {runtime!r}")
    return case


Made = TypeVar("Made", Case, HttpProbe, ExecProbe, End)


def _make(kind: type[Made], table: dict[str, Any]) -> Made:
    """A frozen value from a TOML table: lists become tuples, tables become tuples of pairs."""
    known = {field.name for field in fields(kind)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise ValueError(f"unknown key {', '.join(unknown)}")
    return kind(**{key: _frozen(value) for key, value in table.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return tuple(value.items())
    return value
