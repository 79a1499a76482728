"""The user's probes and demands: `lightship.toml`, or `[tool.lightship]` in pyproject.toml.

    [verify]
    require = "L6"              # do not be content with less
    timeout = 120               # seconds until it listens
    hardened = false
    probes = "recorded.toml"    # more [[probe]] entries, as `lightship verify --record` writes them
    environment = { DATABASE_URL = "postgres://u:p@{db.host}:{db.port}/x" }

    [verify.services.db]        # a container ...
    image = "postgres:16"
    port = 5432
    env = { POSTGRES_USER = "u", POSTGRES_PASSWORD = "p", POSTGRES_DB = "x" }
    ready = { command = ["pg_isready"] }

    [verify.services.cache]     # ... or a program on this machine
    host_command = ["redis-server", "--port", "{port}"]
    port = 6379
    ready = { log = "Ready to accept" }
    timeout = 20

    [[verify.allow]]
    path = "app/docs/**"        # a file, or a difference as it is printed with "/" for " > "
    changes = ["missing"]       # left out: any change
    reason = "read by people only"

    [[probe]]
    http = "GET :8000/items/1"
    headers = { Accept = "application/json" }
    body = "..."
    status = 200
    contains = "name"

    [[probe]]
    command = ["python", "-m", "app", "--check"]
    env = { MODE = "ci" }
    exit = 0
    output = "fine"
    file = "/tmp/report.txt"

An unknown key is an error with its position; other tables of the file belong to other rooms and are left alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from lightship.errors import UsageError
from lightship.evidence.observation import CommandProbe, HttpRequest
from lightship.messages import said
from lightship.verify.allowed import ANY, Allowance
from lightship.verify.services import START, Service, asks_for_port, placed

_REQUEST = re.compile(r"^(?:(?P<method>[A-Z]+) +)?(?:(?P<scheme>https?)://[^:/]*)?:(?P<port>\d+)(?P<path>/\S*)?$")
_HTTP_KEYS = {"name", "http", "headers", "body", "status", "contains"}
_COMMAND_KEYS = {"name", "command", "env", "exit", "output", "file"}
_SERVICE_KEYS = {"image", "command", "host_command", "port", "env", "ready", "timeout"}
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_VERIFY_KEYS = {"require", "timeout", "hardened", "environment", "allow", "services", "probes"}


class _HasStart(Protocol):
    @property
    def start(self) -> float: ...


LimitsT = TypeVar("LimitsT", bound=_HasStart)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user said about verifying; the defaults say nothing."""

    require: int | None = None
    """The level that must be reached, or None: no demand."""
    timeout: float | None = None
    hardened: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    services: tuple[Service, ...] = ()
    probes: str = ""
    """The name of a file with more probes, as ``lightship verify --record`` writes it; relative to this one."""
    requests: tuple[HttpRequest, ...] = ()
    commands: tuple[CommandProbe, ...] = ()
    allowed: tuple[Allowance, ...] = ()

    def limits_of(self, limits: LimitsT) -> LimitsT:
        """``limits`` with the user's time limit for starting."""
        return limits if self.timeout is None else replace(limits, start=self.timeout)  # type: ignore[type-var]


def parse_level(text: str) -> int:
    """``L6`` or ``6`` as 6. Raises ValueError."""
    number = int(text.removeprefix("L").removeprefix("l"))
    if not 0 <= number <= 8:
        raise ValueError(text)
    return number


def parse_settings(text: str, where: str, *, table: tuple[str, ...] = ()) -> Settings:
    """The settings in a TOML file's text; ``table`` is the table they are in (``("tool", "lightship")``).

    Raises UsageError for TOML that cannot be read, unknown keys and bad values.
    """
    document: Any = _document(text, where)
    for name in table:
        document = document.get(name, {}) if isinstance(document, dict) else {}
    reader = _Reader(text, where)
    verify = reader.table(document.get("verify", {}), "verify")
    reader.known(verify, _VERIFY_KEYS, "[verify]")
    services = reader.services(verify.get("services", {}))
    requests, commands = reader.probes(document, services)
    return Settings(
        require=reader.level(verify.get("require")),
        timeout=reader.seconds(verify.get("timeout")),
        hardened=reader.flag(verify.get("hardened", True), "hardened"),
        environment=reader.placed(reader.pairs(verify.get("environment", {}), "environment"), services),
        services=services,
        probes=reader.text(verify.get("probes", ""), "probes"),
        requests=requests,
        commands=commands,
        allowed=tuple(
            reader.allowance(reader.table(one, "allow")) for one in reader.list(verify.get("allow", []), "allow")
        ),
    )


def with_probes(settings: Settings, text: str, where: str) -> Settings:
    """The settings with the probes of one more file, which holds nothing else. Raises UsageError."""
    document = _document(text, where)
    reader = _Reader(text, where)
    reader.known(document, {"probe"}, "a file of probes")
    requests, commands = reader.probes(document, settings.services)
    return replace(settings, requests=(*settings.requests, *requests), commands=(*settings.commands, *commands))


def _document(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError("the file is not valid TOML", where=where, why=str(error)) from error


class _Reader:
    """Values of one TOML document, checked; errors name the line."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where

    def error(self, key: str, what: str, *, help: str = "") -> UsageError:
        word = re.escape(key)
        at_start = rf"^[ \t\[]*(?:[\w.]+\.)?[\"']?{word}[\"']?[ \t]*[=\]]"
        inline = rf"[{{,][ \t]*{word}[ \t]*="
        match = re.search(f"{at_start}|{inline}", self._text, re.MULTILINE)
        if match is None:
            return UsageError(what, where=self._where, help=help)
        at = self._text.index(key, match.start())
        line, column = self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        return UsageError(what, where=f"{self._where}:{line}:{column}", help=help)

    def known(self, table: dict[str, Any], keys: set[str], name: str) -> None:
        for key in table:
            if key not in keys:
                raise self.error(
                    key,
                    said("unknown key {key!r} in {name}", key=key, name=name),
                    help=said("known are {keys}", keys=", ".join(sorted(keys))),
                )

    def table(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(key, said("{key} must be a table", key=key))
        return value

    def list(self, value: Any, key: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.error(
                key, said("{key} must be an array", key=key), help=said("write [[{key}]] for tables", key=key)
            )
        return value

    def text(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self.error(key, said("{key} must be a string", key=key))
        return value

    def flag(self, value: Any, key: str) -> bool:
        if not isinstance(value, bool):
            raise self.error(key, said("{key} must be true or false", key=key))
        return value

    def number(self, value: Any, key: str) -> int | None:
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise self.error(key, said("{key} must be a whole number", key=key))
        return value

    def seconds(self, value: Any) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 3600:
            raise self.error("timeout", "timeout must be seconds between 0 and 3600")
        return float(value)

    def level(self, value: Any) -> int | None:
        if value is None:
            return None
        try:
            return parse_level(str(value))
        except ValueError:
            raise self.error(
                "require", said("require must be a level from L0 to L8, not {value!r}", value=value)
            ) from None

    def pairs(self, value: Any, key: str) -> tuple[tuple[str, str], ...]:
        table = self.table(value, key)
        for name, one in table.items():
            if not isinstance(one, str):
                raise self.error(name, said("{name} in {key} must be a string", name=name, key=key))
        return tuple(table.items())

    def probes(
        self, document: dict[str, Any], services: tuple[Service, ...]
    ) -> tuple[tuple[HttpRequest, ...], tuple[CommandProbe, ...]]:
        tables = [self.table(one, "probe") for one in self.list(document.get("probe", []), "probe")]
        return (
            tuple(self.request(one) for one in tables if "command" not in one),
            tuple(self.command(one, services) for one in tables if "command" in one),
        )

    def request(self, table: dict[str, Any]) -> HttpRequest:
        if "http" not in table:
            raise self.error("probe", "a [[probe]] needs `http` or `command`")
        self.known(table, _HTTP_KEYS, "an http [[probe]]")
        text = self.text(table["http"], "http")
        match = _REQUEST.match(text)
        if match is None or not 0 < int(match["port"]) < 65536:
            raise self.error("http", said("cannot read the request {text!r}", text=text), help='write "GET :8000/path"')
        status = self.number(table.get("status"), "status")
        if status is not None and not 100 <= status <= 599:
            raise self.error("status", "status must be an HTTP status, 100 to 599")
        return HttpRequest(
            int(match["port"]),
            match["path"] or "/",
            match["method"] or "GET",
            self.pairs(table.get("headers", {}), "headers"),
            self.text(table.get("body", ""), "body").encode(),
            "https" if match["scheme"] == "https" else "http",
            "user",
            self.text(table.get("name", ""), "name"),
            status,
            self.texts(table.get("contains", []), "contains"),
        )

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        """One string, or an array of them; empty ones say nothing."""
        found = [value] if isinstance(value, str) else self.list(value, key)
        return tuple(text for one in found if (text := self.text(one, key)))

    def words(self, value: Any, key: str) -> tuple[str, ...]:
        words = self.list(value, key)
        if not words or not all(isinstance(word, str) and "\0" not in word for word in words):
            raise self.error(key, said("{key} must be a non-empty array of strings", key=key))
        return tuple(words)

    def placed(self, pairs: tuple[tuple[str, str], ...], services: tuple[Service, ...]) -> tuple[tuple[str, str], ...]:
        """The pairs with the addresses of services in their values."""
        found = []
        for name, value in pairs:
            try:
                found.append((name, placed(value, services)))
            except KeyError as error:
                known = ", ".join(one.name for one in services) or "none is configured"
                raise self.error(
                    name,
                    said("{name} names a service that is not there: {args}", name=name, args=error.args[0]),
                    help=said("services: {known}", known=known),
                ) from None
        return tuple(found)

    def services(self, value: Any) -> tuple[Service, ...]:
        found = tuple(self.service(name, self.table(one, name)) for name, one in self.table(value, "services").items())
        for index, one in enumerate(found):
            if any(other.port == one.port for other in found[:index]):
                raise self.error(
                    one.name,
                    said("two services want port {port}", port=one.port),
                    help="they share one network: let one of them listen elsewhere",
                )
        return tuple(replace(one, env=self.placed(one.env, found)) for one in found)

    def service(self, name: str, table: dict[str, Any]) -> Service:
        where = f"[verify.services.{name}]"
        self.known(table, _SERVICE_KEYS, where)
        if not _NAME.fullmatch(name):
            raise self.error(
                name, said("{name!r} is no name for a service", name=name), help="use letters, digits and -"
            )
        if ("image" in table) == ("host_command" in table):
            raise self.error(name, said("{where} needs either `image` or `host_command`", where=where))
        port = self.number(table.get("port"), "port")
        if port is None or not 0 < port < 65536:
            raise self.error(name, said("{where} needs the port it is reached at", where=where), help="port = 5432")
        if "command" in table and "image" not in table:
            raise self.error(name, said("{where}: `command` is for an `image`", where=where))
        ready = self.table(table.get("ready", {}), "ready")
        self.known(ready, {"command", "log"}, f"ready of {where}")
        service = Service(
            name,
            port,
            self.text(table.get("image", ""), "image"),
            self.words(table["command"], "command") if "command" in table else (),
            self.words(table["host_command"], "host_command") if "host_command" in table else (),
            self.pairs(table.get("env", {}), "env"),
            self.words(ready["command"], "command") if "command" in ready else (),
            self.text(ready.get("log", ""), "log"),
            self.seconds(table.get("timeout")) or START,
        )
        if service.host_command and not asks_for_port(service):
            raise self.error(
                "host_command",
                said("{where}: the command does not say on which port to listen", where=where),
                help="write {port} where it goes: a free one is chosen for every run",
            )
        return service

    def command(self, table: dict[str, Any], services: tuple[Service, ...]) -> CommandProbe:
        self.known(table, _COMMAND_KEYS, "a command [[probe]]")
        return CommandProbe(
            self.words(table["command"], "command"),
            self.placed(self.pairs(table.get("env", {}), "env"), services),
            "user",
            self.text(table.get("name", ""), "name"),
            self.number(table.get("exit"), "exit"),
            self.texts(table.get("output", []), "output"),
            self.text(table.get("file", ""), "file"),
        )

    def allowance(self, table: dict[str, Any]) -> Allowance:
        self.known(table, {"path", "changes", "reason"}, "[[verify.allow]]")
        reason = self.text(table.get("reason", ""), "reason").strip()
        if not reason or "path" not in table:
            raise self.error("allow", "[[verify.allow]] needs a path and a reason")
        changes = self.list(table.get("changes", list(ANY)), "changes")
        if not all(one in ANY for one in changes):
            raise self.error("changes", said("changes must be of {any}", any=", ".join(ANY)))
        return Allowance(
            self.text(table["path"], "path").strip("/"),
            tuple(changes),
            said("the user's own word: {reason}", reason=reason),
        )
