"""What a program needs beside it in order to run: a database, a cache, a queue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

HOST = "127.0.0.1"
"""Where the program finds each of its services: they share its network, which has a loopback and nothing more."""

START = 60.0
"""Seconds that a service may take to become ready, unless the user says otherwise."""

# ``${db.host}`` is some other program's own way of writing variables, and is left alone.
_PLACE = re.compile(r"(?<!\$)\{(?P<name>[A-Za-z0-9-]+)\.(?P<what>host|port)\}")
_OWN_PORT = "{port}"


@dataclass(frozen=True, slots=True)
class Service:
    """One service: a container of ``image``, or ``host_command``, a program on this machine."""

    name: str
    """Also a host name that leads to it."""
    port: int
    """Where the program reaches it."""
    image: str = ""
    command: tuple[str, ...] = ()
    """In place of the image's CMD."""
    host_command: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    ready_command: tuple[str, ...] = ()
    """Run inside (or on this machine) until it ends with 0."""
    ready_log: str = ""
    """Waited for in its output."""
    timeout: float = START

    @property
    def label(self) -> str:
        """As reports name it."""
        return f"{self.name} ({self.image or self.host_command[0]})"


def placed(text: str, services: Iterable[Service]) -> str:
    """``text`` with ``{name.host}`` and ``{name.port}`` replaced. Raises KeyError with a name that no service has."""
    ports = {one.name: one.port for one in services}

    def value(match: re.Match[str]) -> str:
        port = ports[match["name"]]
        return HOST if match["what"] == "host" else str(port)

    return _PLACE.sub(value, text)


def asks_for_port(service: Service) -> bool:
    """Whether a host command lets lightship choose the port that it listens on."""
    return any(_OWN_PORT in word for word in (*service.host_command, *(value for _, value in service.env)))


def with_port(text: str, port: int) -> str:
    """``text`` with ``{port}`` replaced."""
    return text.replace(_OWN_PORT, str(port))
