"""Whether RUN steps can get out through an engine's own network, found by trying once and remembered.

Rules of the firewall, forwarding and NAT cannot all be read, and reading them proves little. So one step is built that
makes one TCP connection, to an address that this host itself can reach; the engine's network is used when that works,
else the host's. A proxy on the host's loopback can be reached through the host's network only.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lightship.dockerfile import parse
from lightship.engines import machine, ours, remembered
from lightship.engines.protocol import BuildRequest
from lightship.engines.relay import relay
from lightship.errors import BuildError, EngineError
from lightship.messages import said

BuildNetwork = Literal["host", "default", "none"]

PATIENCE = 2.0
WELL_KNOWN = (("pypi.org", 443), ("deb.debian.org", 80), ("registry.npmjs.org", 443))
"""Asked only when neither proxy nor name server answers over TCP: a connection is made and closed, nothing sent."""


def build_network(engine: str, request: BuildRequest, attempt: Callable[[BuildRequest], object]) -> BuildNetwork:
    """The network for a build; ``attempt`` builds a request with the engine itself, and keeps nothing of it."""
    if request.network != "auto":
        return request.network
    if not any(item.keyword == "run" for item in parse(request.dockerfile).instructions):
        return "default"
    if _proxy_on_loopback():
        return "host"
    name = _key(engine)
    known = remembered.recall(name)
    if known in ("host", "default"):
        return "host" if known == "host" else "default"
    target = reachable_target()
    if target is None:
        return "default"
    found: BuildNetwork = "default" if _gets_out(target, attempt) else "host"
    remembered.remember(name, found)
    return found


def limits(engine: str) -> list[str]:
    """What an earlier build has found, in words for ``Capabilities.limits``."""
    if _proxy_on_loopback():
        return [said("RUN steps use the host's network: the proxy is on the host's loopback")]
    if remembered.recall(_key(engine)) == "host":
        return [said("RUN steps use the host's network: the engine's own has no way out here (tried)")]
    return []


def forget(engine: str) -> None:
    """Look again next time: a build has failed, perhaps because the network is not what it was."""
    remembered.remember(_key(engine), None)


def reachable_target() -> tuple[str, int] | None:
    """An IPv4 address and port off this host that accepts a connection from it."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        for host, port in _candidates():
            future = pool.submit(_reach, host, port)
            with contextlib.suppress(OSError, TimeoutError):
                found = future.result(timeout=2 * PATIENCE)
                if not ipaddress.ip_address(found[0]).is_loopback:
                    return found
    return None


def _key(engine: str) -> str:
    return remembered.key("egress", engine, *machine.proxy_urls())


def _gets_out(target: tuple[str, int], attempt: Callable[[BuildRequest], object]) -> bool:
    program = relay()
    if program is None:
        return True
    text = f'FROM scratch\nCOPY relay /relay\nRUN ["/relay", "reach", "{target[0]}", "{target[1]}"]\n'
    with ours.passing_folder() as folder:
        path = folder / "relay"
        path.write_bytes(program)
        path.chmod(0o755)
        request = BuildRequest(text, folder, no_cache=True, network="default", timeout=60.0)
        try:
            attempt(request)
        except BuildError:
            return False
        except EngineError:
            return True
    return True


def _candidates() -> Iterator[tuple[str, int]]:
    for value in machine.proxy_urls():
        found = urlsplit(value if "//" in value else f"//{value}")
        with contextlib.suppress(ValueError):
            if found.hostname and found.port:
                yield found.hostname, found.port
    with contextlib.suppress(OSError):
        for line in Path("/etc/resolv.conf").read_text().split("\n"):
            words = line.split()
            if len(words) > 1 and words[0] == "nameserver":
                yield words[1], 53
    yield from WELL_KNOWN


def _reach(host: str, port: int) -> tuple[str, int]:
    found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4]
    with socket.create_connection((str(found[0]), port), PATIENCE):
        return str(found[0]), port


def _proxy_on_loopback() -> bool:
    hosts = (urlsplit(value if "//" in value else f"//{value}").hostname for value in machine.proxy_urls())
    return any(host in ("localhost", "127.0.0.1", "::1") for host in hosts)
