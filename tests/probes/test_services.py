"""A program with a database in a container and a cache on this machine, on every engine: fresh for every run."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lightship.engines import open_engine, ours
from lightship.engines.host_program import HostProgram
from lightship.engines.protocol import BuildRequest, CommandLog, Engine, RunSpec
from lightship.errors import EngineError, InputError, UsageError
from lightship.evidence.observation import ImageFacts
from lightship.oci.model import ImageConfig
from lightship.probes import observe, plan_from_original
from lightship.probes.services import beside, refuse_clashes
from lightship.verify import compare
from lightship.verify.services import Service
from lightship.verify.settings import parse_settings

# Keeps one number for each of its lives: whoever connects gets the next one.
STORE = """\
import socketserver, sys
class One(socketserver.BaseRequestHandler):
    count = 0
    def handle(self):
        One.count += 1
        self.request.sendall(b"%d" % One.count)
server = socketserver.ThreadingTCPServer(("", int(sys.argv[1])), One)
print("ready to count", flush=True)
server.serve_forever()
"""
APP = """\
import http.server, json, os, signal, socket, sys
def count(name, host=""):
    address, _, port = os.environ[name].partition(":")
    with socket.create_connection((host or address, int(port)), 5) as link:
        return int(link.recv(10))
seen = json.dumps([count("DATABASE"), count("CACHE"), count("DATABASE", "db")]).encode()
if sys.argv[1:]:
    sys.exit(print(seen.decode()))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(seen)))
        self.end_headers()
        self.wfile.write(seen)
http.server.ThreadingHTTPServer(("", 8000), Page).serve_forever()
"""
SETTINGS = """\
[verify]
hardened = false
environment = {{ DATABASE = "{{db.host}}:{{db.port}}", CACHE = "{{cache.host}}:{{cache.port}}" }}
[verify.services.db]
image = "{image}"
port = 8765
ready = {{ log = "ready to count" }}
[verify.services.cache]
host_command = ["{python}", "-u", "{store}", "{{port}}"]
port = 8766
[[probe]]
command = ["python", "/app.py", "once"]
"""
WITH_APP = 'FROM python:3.11-slim\nCOPY app.py /\nEXPOSE 8000\nCMD ["python", "/app.py"]\n'
STORE_NAME = f"store-{secrets.token_hex(4)}.py"
"""Tells our processes from those of another session."""
WITH_STORE = f'FROM python:3.11-slim\nCOPY {STORE_NAME} /\nENTRYPOINT ["python"]\nCMD ["/{STORE_NAME}", "8765"]\n'


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / STORE_NAME).write_text(STORE)
    return tmp_path


@pytest.mark.engine
def test_every_run_has_fresh_services_and_what_is_in_them_is_not_the_programs(engine: Engine, context: Path) -> None:
    image, store = (built(engine, context, text) for text in (WITH_APP, WITH_STORE))
    text = SETTINGS.format(image=store, python=sys.executable, store=context / STORE_NAME)
    facts = ImageFacts(engine.config(image))
    plan = plan_from_original(engine, image, facts, parse_settings(text, "lightship.toml"))
    assert (plan.stays, plan.ports) == (True, (8000,))
    seen = observe(engine, image, facts, plan)
    # The plan's own start has counted too: only a fresh store begins with 1 again.
    assert {answer.body for one in seen.runs[0].exchanges for answer in one.answers} == {b"[1, 1, 2]"}
    assert [answer.stdout for run in seen.user_commands for answer in run] == [b"[1, 1, 2]\n"]
    assert seen.runs[0].ports == (8000,), "what services listen on is not the program's"
    verdict = compare(seen, seen)
    assert (str(verdict), verdict.differences) == ("SAME up to L8", ())
    assert "beside db (" in verdict.levels[6].detail
    assert processes_of(STORE_NAME) == []


@pytest.mark.engine
def test_a_service_that_does_not_come_up_is_one_clear_error(engines_present: tuple[str, ...], context: Path) -> None:
    engine = open_engine(engines_present[0])
    try:
        image = built(engine, context, WITH_STORE)
        late = Service("db", 8765, image, timeout=1.0, ready_log="never said")
        with pytest.raises(EngineError, match=r"db .* was not ready within 1 s"), beside(engine, [late]):
            pass
        broken = Service("db", 8765, image, command=("-c", "import sys; sys.exit('no space left')"))
        with pytest.raises(EngineError, match="ended instead") as caught, beside(engine, [broken]):
            pass
        assert (caught.value.exit_code, "no space left" in caught.value.why) == (3, True)
        with pytest.raises(InputError, match="cannot be started"), beside(engine, [Service("x", 1, "localhost/no:1")]):
            pass
        with (
            pytest.raises(EngineError, match="ended while the program was looked at"),
            beside(engine, [Service("db", 8765, image)]) as joined,
        ):
            network = joined(RunSpec()).beside
            assert network is not None
            assert network.listening() == (8765,)
            os.kill(processes_of("python\0/" + STORE_NAME)[0], signal.SIGKILL)
            time.sleep(1)
        assert processes_of(STORE_NAME) == []
    finally:
        engine.clean(engine.run_id)


def test_a_port_that_program_and_service_both_want_is_refused() -> None:
    facts = ImageFacts(ImageConfig(exposed_ports=("8080/tcp",)))
    with pytest.raises(UsageError, match="both want port 8080"):
        refuse_clashes(facts, [Service("auth", 8080, "keycloak")])


def test_what_a_host_program_started_is_ended_after_a_kill(tmp_path: Path) -> None:
    """kill -9 of lightship: the kernel ends the program, the next run ends what that has started itself."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom lightship.engines import ours\n"
        "from lightship.engines.host_program import HostProgram\nfrom lightship.engines.protocol import CommandLog\n"
        "HostProgram(['sh', '-c', 'trap \"\" TERM; sleep 987.654321 & sleep 986'], env={}, folder=Path(sys.argv[1]),"
        " run_id=ours.new_run_id().text, log=CommandLog())\ntime.sleep(1.5)\nprint('up', flush=True)\ntime.sleep(60)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env=env) as child:
        assert child.stdout
        assert child.stdout.readline() == b"up\n"
        child.kill()
    assert processes_of("987.654321")
    assert ours.end_programs(None) >= 1
    deadline = time.monotonic() + 10
    while processes_of("987.654321") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of("987.654321") == []


def test_a_program_that_is_not_here_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no-such-program is not on this machine"):
        HostProgram(["no-such-program"], env={}, folder=tmp_path, run_id="x", log=CommandLog())


def built(engine: Engine, context: Path, text: str) -> str:
    return engine.build(BuildRequest(text, context, network="none"), lambda step: None).image


def processes_of(words: str) -> list[int]:
    """The processes on this machine, those of containers included, with ``words`` in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if words.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return sorted(found)
