"""What the original answers: ports, paths, documents, commands. Nothing is asked that the original does not offer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from itertools import chain
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lightship.engines.protocol import Container, Engine, RunSpec
from lightship.evidence.observation import ROUTE, CommandProbe, HttpAnswer, HttpRequest, ImageFacts, Route
from lightship.messages import said
from lightship.probes.http import ask
from lightship.probes.inside import ask_python
from lightship.probes.plan import ProbePlan
from lightship.probes.process import NOT_HTTP
from lightship.probes.services import beside, refuse_clashes
from lightship.verify.answers import is_taken
from lightship.verify.libraries import INSTALLER_SCRIPTS
from lightship.verify.settings import Settings

HEALTH_PATHS = (
    "/health", "/healthz", "/health/live", "/health/ready", "/healthcheck", "/ready", "/readyz", "/live", "/livez",
    "/ping", "/status", "/up", "/version", "/api/health", "/_health", "/actuator/health",
)  # fmt: skip
"""Paths by which services commonly say that they are well; asked for only where the original answers 2xx."""

OPENAPI_PATHS = ("/openapi.json", "/api/openapi.json", "/swagger.json", "/v3/api-docs", "/api/swagger.json")
LINKS_LIMIT = 20
OPERATIONS_LIMIT = 40
ROUTES_SECONDS = 20.0
"""After so long no more routes of the source are tried."""
POSTS_SECONDS = 10.0
POSTS_LIMIT = 10
EMPTY_FORMS = (
    ("application/json", b"{}"),
    (
        "multipart/form-data; boundary=lightship",
        b'--lightship\r\nContent-Disposition: form-data; name="nothing"\r\n\r\n\r\n--lightship--\r\n',
    ),
)
"""What is sent to a route that takes a POST: nothing, in the commonest form, and as a form where that is not taken.

A handler of uploads that gets no form fails before it says what is missing (https://www.rfc-editor.org/rfc/rfc7578).
"""

IGNORED = 3.0
"""Seconds after which a program is killed that was seen to ignore its stop signal for the whole time limit."""

BUSY_SECONDS = 20.0
"""How long a program that is busy is waited for to listen, when nothing says that it will."""

BUSY = 0.2
"""Seconds of processor time in one of the clock, from which on a program is busy."""

QUIET = 1.0
"""Seconds without a new port after which the set of ports is taken as whole."""


def plan_from_original(engine: Engine, image: str, facts: ImageFacts, settings: Settings) -> ProbePlan:
    """The plan for both images: what the original answers, and the user's own probes.

    The original is started once for it. Raises EngineError.
    """
    return with_languages(engine, image, facts, served(engine, image, facts, settings))


def served(engine: Engine, image: str, facts: ImageFacts, settings: Settings) -> ProbePlan:
    """The part of the plan that asks the running program. Raises EngineError.

    Of the facts it uses the configuration, the routes and whether a port has to be given, none of the languages.
    """
    told = _port(facts, settings)
    plan = ProbePlan(
        environment=(*settings.environment, *told),
        services=settings.services,
        hardened=settings.hardened,
        limits=settings.limits_of(ProbePlan().limits),
        user_commands=settings.commands,
    )
    refuse_clashes(facts, plan.services)
    plan = _served(engine, image, facts, plan, settings)
    said_port = (
        (said("PORT is {told} in every run: the program reads it and nothing sets it", told=told[0][1]),)
        if told
        else ()
    )
    return replace(plan, left_out=(*plan.left_out, *said_port))


def with_languages(engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan) -> ProbePlan:
    """The plan with what is asked of languages: imports, and the commands of packages. Raises EngineError."""
    return replace(
        plan,
        modules=tuple((one.role, one.modules) for one in facts.pythons),
        node_modules=_node_modules(facts) if facts.node else (),
        commands=_commands(engine, image, facts, plan),
    )


def _port(facts: ImageFacts, settings: Settings) -> tuple[tuple[str, str], ...]:
    """PORT as a platform would set it, for a program that cannot do without: the port it exposes, else 8080."""
    if not facts.wants_port or any(name == "PORT" for name, _ in settings.environment):
        return ()
    exposed = [port.partition("/")[0] for port in facts.config.exposed_ports if not port.endswith("/udp")]
    return (("PORT", exposed[0] if exposed else "8080"),)


def _served(engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan, settings: Settings) -> ProbePlan:
    spec = RunSpec(env=plan.environment, pids_limit=plan.limits.processes)
    with beside(engine, plan.services) as joined:
        return _serving(engine.start(image, joined(spec)), facts, plan, settings)


def _serving(container: Container, facts: ImageFacts, plan: ProbePlan, settings: Settings) -> ProbePlan:
    try:
        started = time.monotonic()
        exposed = {int(port.partition("/")[0]) for port in facts.config.exposed_ports if not port.endswith("/udp")}
        exposed |= {int(value) for name, value in plan.environment if name == "PORT" and value.isdigit()}
        ports = _ports(container, exposed | {one.port for one in settings.requests}, plan, serves=bool(facts.routes))
        if not container.state().running:
            return replace(plan, stays=False)
        limits = replace(plan.limits, start=min(plan.limits.start, 15 + 4 * (time.monotonic() - started)))
        requests = [request for port in ports for request in _paths(container, port, plan, facts.routes)]
        left_out = (
            ()
            if ports
            else (said("it listens on no port within {start:g} s", start=plan.limits.start),)
            if exposed
            else ()
        )
        # A port that opened and closed again, or opens only now and then, is not waited for.
        lasting = tuple(sorted(set(ports) & set(container.listening())))
        requests += _posts(container, {one.port: one.scheme for one in requests}, plan, facts.routes)
        if container.stop(limits.stop).killed:
            # It ignores the signal for as long as engines wait: that need not be waited for in every run.
            limits = replace(limits, stop=min(limits.stop, IGNORED))
        return replace(
            plan,
            ports=lasting,
            requests=(*requests, *settings.requests),
            limits=limits,
            left_out=left_out,
        )
    finally:
        container.remove()


def _ports(container: Container, expected: set[int], plan: ProbePlan, *, serves: bool) -> tuple[int, ...]:
    """The ports that it listens on when no more come, the expected ones waited for up to the time limit.

    Where none is expected it is waited for as long as it is busy: an entry script may prepare a database first. One
    whose source ``serves`` routes is given the whole time limit for that, another one ``BUSY_SECONDS``.
    """
    began = since = working = looked = time.monotonic()
    limit = began + (plan.limits.start if expected or serves else min(BUSY_SECONDS, plan.limits.start))
    seen: set[int] = set()
    effort = _effort(container)
    while (now := time.monotonic()) < limit and container.state().running:
        listening = set(container.listening())
        if listening != seen:
            seen, since = listening, now
        if seen and expected <= seen and now - since >= QUIET:
            break
        if seen and not expected and now - since >= 2 * QUIET:
            break
        if not seen and now - looked >= QUIET:
            looked, before, effort = now, effort, _effort(container)
            working = now if _is_busy(before, effort) else working
        if not expected and not seen and now - began >= 2 * plan.limits.settle and now - working >= plan.limits.settle:
            break
        time.sleep(0.05)
    return tuple(sorted(seen))


def _effort(container: Container) -> tuple[Mapping[int, float], int]:
    """(processor seconds by process, bytes that it wrote to its streams)."""
    streams = container.output()
    return {one.pid: one.cpu_seconds for one in container.processes()}, sum(map(len, streams))


def _is_busy(before: tuple[Mapping[int, float], int], after: tuple[Mapping[int, float], int]) -> bool:
    """Whether processes came or went, something was said, or a fifth of a second of work was done."""
    return (
        before[0].keys() != after[0].keys()
        or before[1] != after[1]
        or sum(after[0].values()) - sum(before[0].values()) > BUSY
    )


def _posts(
    container: Container,
    ports: Mapping[int, Literal["http", "https"]],
    plan: ProbePlan,
    routes: Iterable[Route],
) -> list[HttpRequest]:
    """The POST requests of the source that the program takes and answers alike twice; none when it does not survive.

    The container has no way out, and what a request changes in it is gone with it.
    """
    found: list[HttpRequest] = []
    deadline = time.monotonic() + POSTS_SECONDS
    for port, scheme in ports.items():
        for route in routes:
            if route.method != "POST" or time.monotonic() > deadline or len(found) >= POSTS_LIMIT:
                continue
            request = _steady_post(container, HttpRequest(port, route.path, "POST", scheme=scheme, source=ROUTE), plan)
            if request is not None:
                found.append(request)
    still = container.state().running and set(ports) <= set(container.listening())
    return found if still else []


def _steady_post(container: Container, empty: HttpRequest, plan: ProbePlan) -> HttpRequest | None:
    """A POST in the first form that the program takes, when it answers that alike twice; else None."""
    for content_type, body in EMPTY_FORMS:
        request = replace(empty, headers=(("Content-Type", content_type),), body=body)
        first = _get(container, request, plan)
        if is_taken(request, first.status):
            second = _get(container, request, plan)
            return request if (first.status, first.body) == (second.status, second.body) else None
    return None


def _paths(container: Container, port: int, plan: ProbePlan, routes: Iterable[Route]) -> Iterator[HttpRequest]:
    """The requests that the original answers on one port; "/" always, whatever it answers."""
    scheme = _scheme(container, port, plan)
    if scheme is None:
        yield HttpRequest(port, source=NOT_HTTP)
        return
    first = _get(container, HttpRequest(port, scheme=scheme), plan)
    yield HttpRequest(port, scheme=scheme, source="first page")
    seen = {"/"}
    deadline = time.monotonic() + ROUTES_SECONDS
    written = ((ROUTE, route.path) for route in routes if route.method == "GET")
    offers = chain(_offers(container, port, scheme, first, plan), written)
    for source, path in offers:
        if path in seen or (source == ROUTE and time.monotonic() > deadline):
            continue
        seen.add(path)
        request = HttpRequest(port, path, scheme=scheme, source=source)
        status = _get(container, request, plan).status
        if is_taken(request, status) or (status is not None and source == "OpenAPI"):
            yield request


def _offers(
    container: Container, port: int, scheme: Literal["http", "https"], first: HttpAnswer, plan: ProbePlan
) -> Iterator[tuple[str, str]]:
    for path in OPENAPI_PATHS:
        answer = _get(container, HttpRequest(port, path, scheme=scheme), plan)
        if answer.status == 200 and (operations := list(openapi_paths(answer.body))):
            yield "OpenAPI", path
            yield from (("OpenAPI", one) for one in operations[:OPERATIONS_LIMIT])
            break
    yield from (("first page", link) for link in links(first, port))
    yield from (("health path", path) for path in HEALTH_PATHS)


def openapi_paths(body: bytes) -> Iterator[str]:
    """The paths of an OpenAPI document's GET operations that need no parameter. Path parameters are not guessed."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    paths = document.get("paths") if isinstance(document, dict) else None
    base = urlsplit(_base(document)).path.rstrip("/") if isinstance(document, dict) else ""
    for path, item in paths.items() if isinstance(paths, dict) else ():
        operation = item.get("get") if isinstance(item, dict) else None
        if not isinstance(operation, dict) or "{" in path:
            continue
        parameters = [*(item.get("parameters") or ()), *(operation.get("parameters") or ())]
        if not any(isinstance(one, dict) and (one.get("required") or "$ref" in one) for one in parameters):
            yield f"{base}{path}"


def _base(document: dict[str, object]) -> str:
    servers = document.get("servers")
    if isinstance(servers, list) and servers and isinstance(servers[0], dict):
        return str(servers[0].get("url", ""))
    return str(document.get("basePath", ""))


def links(answer: HttpAnswer, port: int) -> list[str]:
    """Paths of the same server that an answer leads to: its redirect; links, scripts and pictures of its page."""
    base = f"http://localhost:{port}/"
    headers = {name.lower(): value for name, value in answer.headers}
    found = [headers["location"]] if "location" in headers else []
    if "html" in headers.get("content-type", ""):
        page = _Page()
        page.feed(answer.body.decode("utf-8", "replace"))
        found += page.links
    paths = []
    for one in found:
        try:
            parts = urlsplit(urljoin(base, one))
        except ValueError:
            continue
        if parts.hostname in ("localhost", "127.0.0.1") and parts.port in (port, None) and parts.path:
            paths.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return list(dict.fromkeys(path for path in paths if path.isascii() and path.isprintable() and " " not in path))[
        :LINKS_LIMIT
    ]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = {"a": "href", "link": "href", "script": "src", "img": "src", "iframe": "src"}.get(tag)
        # A link that logs out or deletes is a GET in many an application; look only where it is safe to.
        for name, value in attrs:
            if name == wanted and value and not any(word in value.lower() for word in ("logout", "delete", "signout")):
                self.links.append(value)


def _scheme(container: Container, port: int, plan: ProbePlan) -> Literal["http", "https"] | None:
    """Which of the two a port speaks; None when neither."""
    schemes: tuple[Literal["http", "https"], ...] = ("http", "https")
    for scheme in schemes:
        answer = _get(container, HttpRequest(port, scheme=scheme), plan)
        tls_wanted = answer.status == 400 and b"HTTPS" in answer.body
        if answer.status is not None and not tls_wanted:
            return scheme
    return None


def _get(container: Container, request: HttpRequest, plan: ProbePlan) -> HttpAnswer:
    return ask(container, request, timeout=plan.limits.request, body_limit=plan.limits.body)


def _commands(engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan) -> tuple[CommandProbe, ...]:
    """Per console script the first of --version and --help that the original answers with 0 and some text."""
    program = next((one.path for one in facts.pythons if one.role == "program"), "")
    names = [one.name for one in facts.scripts if not one.problem and not _is_installer(one.name, one.package)]
    if not program or not names:
        return ()
    spec = RunSpec(env=plan.environment, pids_limit=plan.limits.processes)
    probes = [CommandProbe((name, flag), source=flag) for name in names for flag in ("--version", "--help")]
    _, answers = ask_python(engine, image, spec, program, "program", commands=probes, timeout=10.0)
    answered: dict[str, CommandProbe] = {}
    for answer in answers:
        if answer.exit_code == 0 and (answer.stdout or answer.stderr).strip():
            answered.setdefault(answer.probe.argv[0], answer.probe)
    return tuple(answered.values())


def _is_installer(name: str, package: str) -> bool:
    return package in INSTALLER_SCRIPTS or name.rstrip("0123456789.-") in INSTALLER_SCRIPTS


def _node_modules(facts: ImageFacts) -> tuple[str, ...]:
    development = {one.name for one in facts.packages if one.ecosystem == "node" and one.build_only}
    return tuple(
        _limited(name for name in facts.node_modules if name not in development and not name.startswith("@types/"))
    )


def _limited(names: Iterable[str], limit: int = 400) -> list[str]:
    return list(names)[:limit]
