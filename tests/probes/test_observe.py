"""Plans from an original and observations by them, with containers that are threads."""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import replace

from lightship.engines.protocol import Process, RunSpec
from lightship.evidence.observation import ROUTE, ImageFacts, PythonFact, Route, RunFact, ScriptFact
from lightship.oci.model import Healthcheck, ImageConfig
from lightship.probes import Limits, ProbePlan, observe, plan_from_original
from lightship.probes.discover import _ports
from lightship.probes.hardened import ANOTHER_USER
from lightship.verify import compare
from lightship.verify.hardened import ALL
from lightship.verify.settings import Settings, parse_settings
from probes.fakes import FakeContainer, FakeEngine, Server

FACTS = ImageFacts(ImageConfig(exposed_ports=("8000/tcp",)))
QUICK = Limits(start=3, settle=0.2, request=2)
PAGES = {
    "/": (
        200,
        "text/html",
        '<a href="/about">a</a><a href="http://elsewhere/x">b</a><a href="/logout">c</a><img src="logo.png">',
    ),
    "/about": (200, "text/html", "about"),
    "/logo.png": (200, "image/png", "png"),
    "/health": (200, "application/json", '{"ok": true}'),
    "/openapi.json": (
        200,
        "application/json",
        '{"paths": {"/items": {"get": {}}, "/items/{id}": {"get": {}}, "/search": {"get": {"parameters":'
        ' [{"name": "q", "required": true}]}}, "/make": {"post": {}}, "/broken": {"get": {}}}}',
    ),
    "/items": (200, "application/json", "[1]"),
    "/broken": (500, "text/plain", "boom"),
}


def site(request: bytes) -> bytes:
    path = request.split(b" ")[1].decode()
    status, kind, body = PAGES.get(path, (404, "text/plain", "no"))
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_the_plan_is_what_the_original_answers() -> None:
    engine = FakeEngine(lambda spec: FakeContainer(Server(site).port))
    plan = plan_from_original(engine, "x", FACTS, Settings())  # type: ignore[arg-type]
    assert (plan.stays, plan.ports) == (True, (8000,))
    paths = [one.path for one in plan.requests]
    assert paths[0] == "/"
    assert set(paths) == {"/", "/openapi.json", "/items", "/broken", "/about", "/logo.png", "/health"}
    assert all(container.removed for _, container in engine.started)


ROUTES = (Route("GET", "/convert"), Route("POST", "/convert"), Route("POST", "/token"), Route("POST", "/nowhere"))


def converter(request: bytes) -> bytes:
    """An API that has nothing but POST routes."""
    method, path = request.split(b" ")[:2]
    status, body = (404, b"no") if path not in (b"/convert", b"/token") else (405, b"post it")
    if method == b"POST" and path == b"/convert":
        status, body = (400, b"no file") if request.endswith(b"\r\n\r\n{}") else (500, b"boom")
    if method == b"POST" and path == b"/token":
        status, body = 200, str(time.monotonic_ns()).encode()
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def test_posts_of_the_source_are_asked_where_they_are_taken_and_answered_alike() -> None:
    engine = FakeEngine(lambda spec: FakeContainer(Server(converter).port))
    plan = plan_from_original(engine, "x", replace(FACTS, routes=ROUTES), Settings())  # type: ignore[arg-type]
    assert [(one.label, one.source) for one in plan.requests] == [
        ("GET :8000/", "first page"), ("GET :8000/convert", ROUTE), ("POST :8000/convert", ROUTE),
    ]  # fmt: skip


def test_a_handler_of_uploads_is_asked_with_an_empty_form() -> None:
    def uploads(request: bytes) -> bytes:
        form = b"multipart/form-data; boundary=" in request
        status, body = (400, b"no list.txt") if form else (500, b"files is undefined")
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)

    engine = FakeEngine(lambda spec: FakeContainer(Server(uploads).port))
    facts = replace(FACTS, routes=(Route("POST", "/convert"),))
    plan = plan_from_original(engine, "x", facts, Settings())  # type: ignore[arg-type]
    posts = [one for one in plan.requests if one.method == "POST"]
    assert [(one.label, one.headers[0][1].partition(";")[0]) for one in posts] == [
        ("POST :8000/convert", "multipart/form-data")
    ]
    boundary = posts[0].headers[0][1].partition("boundary=")[2].encode()
    assert posts[0].body.startswith(b"--" + boundary + b"\r\n")
    assert posts[0].body.endswith(b"\r\n--" + boundary + b"--\r\n")


def test_no_posts_where_one_ends_the_program() -> None:
    container = FakeContainer()

    def fragile(request: bytes) -> bytes:
        if request.startswith(b"POST"):
            container.stop(1)
        return converter(request)

    container._port = Server(fragile).port
    plan = plan_from_original(FakeEngine(lambda spec: container), "x", replace(FACTS, routes=ROUTES), Settings())  # type: ignore[arg-type]
    assert (plan.ports, [one.method for one in plan.requests]) == ((8000,), ["GET", "GET"])


def test_the_users_requests_come_last_and_are_his() -> None:
    settings = parse_settings('[[probe]]\nhttp = "POST :8000/make"\n', "f.toml")
    engine = FakeEngine(lambda spec: FakeContainer(Server(site).port))
    plan = plan_from_original(engine, "x", FACTS, settings)  # type: ignore[arg-type]
    assert (plan.requests[-1].label, plan.requests[-1].source) == ("POST :8000/make", "user")


def test_a_program_that_ends_is_waited_for() -> None:
    def make(spec: RunSpec) -> FakeContainer:
        return FakeContainer(ends_after=0.3, code=1, stderr=b"no database\n")

    engine = FakeEngine(make)
    plan = plan_from_original(engine, "x", FACTS, Settings())  # type: ignore[arg-type]
    assert not plan.stays
    seen = observe(engine, "x", FACTS, plan, runs=2)  # type: ignore[arg-type]
    assert [(run.ended, run.exit_code, run.stderr) for run in seen.runs] == [(True, 1, b"no database\n")] * 2
    assert seen.hardened == ()
    assert str(compare(seen, replace(seen, runs=seen.runs[:1]))) == "SAME up to L5"


def test_one_start_is_seen_whole() -> None:
    facts = replace(FACTS, config=replace(FACTS.config, healthcheck=Healthcheck(("CMD", "x"), interval=1)))
    engine = FakeEngine(lambda spec: FakeContainer(Server(site).port, health=[1, 0], stderr=b"up\n"))
    plan = replace(plan_from_original(engine, "x", facts, Settings()), limits=QUICK)  # type: ignore[arg-type]
    seen = observe(engine, "x", facts, plan, runs=2)  # type: ignore[arg-type]
    run = seen.runs[0]
    assert (run.ended, run.ports, run.stderr, run.written) == (False, (8000,), b"up\n", ("/app/log",))
    assert run.seconds_to_listen is not None
    assert run.health is not None
    assert run.health.healthy
    assert run.stop is not None
    assert not run.stop.killed
    assert all(len(exchange.answers) == 2 for exchange in run.exchanges)
    assert [one.mode for one in seen.hardened] == [ALL]
    hard = engine.started[-1][0]
    assert (hard.user, hard.read_only, hard.drop_capabilities, hard.no_new_privileges) == (
        ANOTHER_USER,
        True,
        True,
        True,
    )
    assert all(container.removed for _, container in engine.started)
    assert compare(seen, replace(seen, runs=seen.runs[:1])).level == 7


def test_what_is_not_borne_together_is_tried_one_by_one() -> None:
    def make(spec: RunSpec) -> FakeContainer:
        if spec.read_only:
            return FakeContainer(ends_after=0, code=1, stderr=b"Read-only file system")
        return FakeContainer(Server(site).port)

    engine = FakeEngine(make)
    plan = ProbePlan(ports=(8000,), limits=QUICK)
    seen = observe(engine, "x", FACTS, plan, runs=1)  # type: ignore[arg-type]
    assert [(one.mode, one.run.ended) for one in seen.hardened] == [
        (ALL, True),
        ("another user", False),
        ("read-only root, tmpfs on /tmp", True),
        ("no capabilities", False),
        ("no new privileges", False),
    ]


def test_counters_and_clocks_do_not_count() -> None:
    count = itertools.count()

    def clock(request: bytes) -> bytes:
        body = f'{{"at": "{time.monotonic_ns()}", "n": {next(count)}, "name": "x"}}'
        return f"HTTP/1.1 200 OK\r\nX-Request-Id: {next(count)}\r\n\r\n{body}".encode()

    engine = FakeEngine(lambda spec: FakeContainer(Server(clock).port))
    plan = replace(plan_from_original(engine, "x", FACTS, Settings()), limits=QUICK, hardened=False)  # type: ignore[arg-type]
    old = observe(engine, "x", FACTS, plan, runs=2)  # type: ignore[arg-type]
    verdict = compare(old, observe(engine, "y", FACTS, plan))  # type: ignore[arg-type]
    assert str(verdict) == "SAME up to L7"
    assert any("change from answer to answer" in note for note in verdict.notes)


def test_a_candidate_that_never_listens_costs_the_limit() -> None:
    engine = FakeEngine(lambda spec: FakeContainer())
    started = time.monotonic()
    plan = ProbePlan(ports=(8000,), limits=replace(QUICK, start=0.5), hardened=False)
    run: RunFact = observe(engine, "x", FACTS, plan).runs[0]  # type: ignore[arg-type]
    assert time.monotonic() - started < 2
    assert (run.ended, run.ports, run.seconds_to_listen) == (False, (), None)


def test_imports_and_answers_by_the_images_own_python(tmp_path: object) -> None:
    facts = replace(
        FACTS,
        pythons=(PythonFact("program", sys.executable, ("json", "no_such_module", "packaging")),),
        scripts=(ScriptFact(sys.executable, sys.executable, ""), ScriptFact("no-such-script", "/x", "")),
    )
    engine = FakeEngine(lambda spec: FakeContainer(ends_after=0))
    plan = plan_from_original(engine, "x", facts, Settings())  # type: ignore[arg-type]
    assert [one.argv for one in plan.commands] == [(sys.executable, "--version")]
    seen = observe(engine, "x", facts, plan, runs=1)  # type: ignore[arg-type]
    errors = {one.module: one.error for one in seen.imports}
    assert errors["json"] == errors["packaging"] == errors["sqlite3"] == ""
    assert "No module named" in errors["no_such_module"]
    assert seen.commands[0][0].stdout.startswith(b"Python 3")


def test_a_python_that_is_gone_imports_nothing() -> None:
    engine = FakeEngine(lambda spec: FakeContainer(ends_after=0))
    plan = ProbePlan(stays=False, modules=(("program", ("json",)),))
    broken = replace(FACTS, pythons=(PythonFact("program", "/no/such/python", ()),))
    (answer,) = observe(engine, "x", broken, plan).imports  # type: ignore[arg-type]
    assert "127" in answer.error
    (answer,) = observe(engine, "x", FACTS, plan).imports  # type: ignore[arg-type]
    assert "no such Python" in answer.error


class Preparing(FakeContainer):
    """Works for a while before it listens, as an entry script that migrates a database does."""

    def __init__(self, port: int, *, after: float, cpu: float) -> None:
        super().__init__(port)
        self._began, self._after, self._cpu = time.monotonic(), after, cpu

    def listening(self) -> tuple[int, ...]:
        return super().listening() if time.monotonic() - self._began > self._after else ()

    def processes(self) -> tuple[Process, ...]:
        return (Process(1, 0, 0, ("prepare",), cpu_seconds=self._cpu * (time.monotonic() - self._began)),)


def test_what_is_busy_before_it_listens_is_waited_for() -> None:
    plan = ProbePlan(limits=Limits(start=8, settle=1.5))
    for cpu, expected in ((0.9, (8000,)), (0.0, ())):
        container = Preparing(Server(site).port, after=5.0, cpu=cpu)
        assert _ports(container, set(), plan, serves=False) == expected
