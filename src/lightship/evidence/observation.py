"""What is known of an image and of its containers: facts read from its files, and what was seen when it ran.

Values only. ``lightship.probes`` makes them, ``lightship.verify`` compares them. Times are seconds, sizes bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lightship.oci.model import ImageConfig, Kind

Ecosystem = Literal["python", "node", "ruby", "go"]


# What the files of an image say; no container is needed for these.


@dataclass(frozen=True, slots=True)
class FileFact:
    """One path of the flattened image. ``path`` as in ``oci.model.Entry``."""

    path: str
    kind: Kind
    mode: int
    uid: int
    gid: int
    size: int = 0
    digest: str = ""
    """SHA-256 of the content; "" when it was not read (files of OS packages outside /etc)."""
    link: str = ""
    owner: str = ""
    """The OS package that the file belongs to, or ""."""
    shape: str = ""
    """For an ELF file what links it (interpreter, soname, needed libraries); equal in two builds of one source."""
    capabilities: str = ""
    """What the file may do beyond its user's rights (the security.capability attribute, in hex); capabilities(7)."""


@dataclass(frozen=True, slots=True, order=True)
class LanguagePackage:
    """One installed package of a language. ``place`` is the tree it lies in (a site-packages, a node_modules ...)."""

    ecosystem: Ecosystem
    name: str
    version: str
    place: str = field(default="", compare=False)
    build_only: str = field(default="", compare=False)
    """Why the package manager itself says that running does not need it, or ""."""
    owner: str = field(default="", compare=False)
    """The OS package that brought it, or ""."""


@dataclass(frozen=True, slots=True, order=True)
class OsPackage:
    """One installed package of the distribution."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class ScriptFact:
    """A program that a language package put on the PATH. ``problem`` says why it cannot start, or is ""."""

    name: str
    path: str
    interpreter: str
    problem: str = ""
    package: str = ""


@dataclass(frozen=True, slots=True)
class PythonFact:
    """One Python of the image. ``role`` is "program" for the one that the image's command uses, else its prefix."""

    role: str
    path: str
    modules: tuple[str, ...]
    """Top-level importable names of the packages it sees."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line of /etc/passwd."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


@dataclass(frozen=True, slots=True)
class GroupFact:
    """One line of /etc/group."""

    name: str
    gid: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What programs take for granted and no NEEDED entry names."""

    locales: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    """Time zone names under /usr/share/zoneinfo."""
    local_zone: str = ""
    """What /etc/localtime is: a zone name, a digest when it is a plain file, "" when it is not there (UTC)."""
    authorities: tuple[str, ...] = ()
    """SHA-256 of every certificate in the CA bundle."""
    openssl: tuple[str, ...] | None = None
    """What the image's OpenSSL opens by itself and finds (settings, certificates), by path; None without an OpenSSL."""
    loader: bool = False
    """There is a dynamic loader, so something reads its cache."""
    loader_cache: tuple[str, ...] | None = None
    """Library names in /etc/ld.so.cache; None when the file is not there."""
    uncached: tuple[str, ...] = ()
    """Library file names that lie in the image and are not in that cache."""
    fonts: tuple[str, ...] = ()
    """File names of fonts."""
    font_readers: tuple[str, ...] = ()
    """Paths of libraries that look for fonts (fontconfig, FreeType bindings, Java)."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A program on the PATH whose name the program's own text, or the image's configuration, calls."""

    program: str
    where: str
    command: bool = False
    """It stands there as a command does, so that it hardly is a mere word."""
    library: bool = False
    """The text is of an installed library: whether the program comes to it is not known."""


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """A method and a path without parameters that the program's source says it answers."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Everything about an image that its files and configuration tell."""

    config: ImageConfig
    files: Mapping[str, FileFact] = field(default_factory=dict, repr=False)
    packages: tuple[LanguagePackage, ...] = ()
    os_packages: tuple[OsPackage, ...] | None = None
    """None when the image has no package database that we read."""
    scripts: tuple[ScriptFact, ...] = ()
    pythons: tuple[PythonFact, ...] = ()
    node: str = ""
    """Path of the node that the image's PATH gives, or ""."""
    node_modules: tuple[str, ...] = ()
    """Names of the packages directly under the program's own node_modules."""
    accounts: tuple[Account, ...] = ()
    groups: tuple[GroupFact, ...] = ()
    surroundings: Surroundings = Surroundings()
    library_problems: tuple[tuple[str, str], ...] = ()
    """(file, what is wrong): libraries that a reachable ELF file asks for and the loader would not find."""
    programs: tuple[str, ...] = ()
    """Names of the executables on the image's PATH."""
    mentions: tuple[Mention, ...] = ()
    routes: tuple[Route, ...] = ()
    """What the program's source says it answers; which of it it does is for the running original to say."""
    writes: str = ""
    """Path of a text of the program's own that writes files, or ""."""
    wants_port: bool = False
    """The program reads the variable PORT, has nothing in its place, and the image does not set it."""
    unread: tuple[str, ...] = ()
    """In words, what could not be read and is therefore not compared."""


# What is asked of a container, and what came back.


ROUTE = "route in the source"
"""Source of a request that the program's own source names."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request. ``source`` says where it comes from; ``name`` is the user's own name for it, or ""."""

    port: int
    path: str = "/"
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    scheme: Literal["http", "https"] = "http"
    source: str = ""
    name: str = ""
    expect_status: int | None = None
    expect_body: tuple[str, ...] = ()
    """Texts that the body must contain."""

    @property
    def label(self) -> str:
        """As a person would write it: ``GET :8000/health``."""
        return self.name or f"{self.method} :{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer. ``problem`` is set, and ``status`` None, when there was none that could be understood."""

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    truncated: bool = False
    problem: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answers, in the order of asking: more than one when it was asked again on purpose."""

    request: HttpRequest
    answers: tuple[HttpAnswer, ...]


@dataclass(frozen=True, slots=True)
class CommandProbe:
    """A command to run in a container of its own, as the image's user."""

    argv: tuple[str, ...]
    env: tuple[tuple[str, str], ...] = ()
    source: str = ""
    name: str = ""
    expect_exit: int | None = None
    expect_output: tuple[str, ...] = ()
    """Texts that its output must contain."""
    file: str = ""
    """A file that the command makes and whose content is compared, or ""."""

    @property
    def label(self) -> str:
        """The user's name for it, or the command."""
        return self.name or " ".join(self.argv)


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """How a command ended; ``exit_code`` None: it did not within its time limit."""

    probe: CommandProbe
    exit_code: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    truncated: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """Whether one module could be imported; ``error`` is "" when it could."""

    role: str
    module: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class ProcessFact:
    """A process of a container."""

    argv: tuple[str, ...]
    uid: int


@dataclass(frozen=True, slots=True)
class HealthFact:
    """The image's HEALTHCHECK, run as the engine would. ``problem`` says why it could not be run."""

    healthy: bool
    exit_code: int | None
    output: bytes = b""
    seconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StopFact:
    """How the container stopped when it was sent its stop signal."""

    seconds: float
    exit_code: int | None
    killed: bool
    """It did not stop in time and was killed."""


@dataclass(frozen=True, slots=True)
class RunFact:
    """One start of the image as it is meant to start."""

    ended: bool
    """It ended by itself before it was told to."""
    exit_code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    truncated: bool = False
    ports: tuple[int, ...] = ()
    seconds_to_listen: float | None = None
    exchanges: tuple[Exchange, ...] = ()
    processes: tuple[ProcessFact, ...] = ()
    written: tuple[str, ...] = ()
    peak_rss: int = 0
    health: HealthFact | None = None
    stop: StopFact | None = None
    problem: str = ""
    """Why the container could not be started at all, in the engine's words."""


@dataclass(frozen=True, slots=True)
class HardenedFact:
    """A start with less than usual: ``mode`` names what was taken away (``probes.hardened.MODES``)."""

    mode: str
    run: RunFact


@dataclass(frozen=True, slots=True)
class Observation:
    """All that was seen of one image. What was not looked at is empty; ``limits`` says what was cut."""

    image: str
    facts: ImageFacts
    runs: tuple[RunFact, ...] = ()
    imports: tuple[ImportAnswer, ...] = ()
    commands: tuple[tuple[CommandAnswer, ...], ...] = ()
    """One inner tuple a run, each in the plan's order."""
    hardened: tuple[HardenedFact, ...] = ()
    user_commands: tuple[tuple[CommandAnswer, ...], ...] = ()
    limits: tuple[str, ...] = ()
    """In words, what was cut off or left out, and why."""
    services: tuple[str, ...] = ()
    """What ran beside the program, each by its name and its image or command."""
    built: bool = True
