"""A program that does everything it should not, in a real container: it costs its limits, and says what was wrong."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest, RunSpec
from lightship.evidence.observation import HttpRequest
from lightship.probes import Limits, ProbePlan
from lightship.probes.process import watch

pytestmark = pytest.mark.engine

APP = """\
import os, signal, socketserver, threading, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
GIGABYTE = 1 << 30
def shout():
    for _ in range(GIGABYTE >> 20):
        os.write(1, b"x" * (1 << 20))
def breed():
    born = []
    for _ in range(5000):
        try:
            born.append(os.fork())
        except OSError:
            break
        if born[-1] == 0:
            time.sleep(60)
            os._exit(0)
    for one in born[:20]:  # room for the threads that answer
        os.kill(one, signal.SIGKILL)
        os.waitpid(one, 0)
class One(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1]
        while self.rfile.readline().strip():
            pass
        if path == b"/loop":
            self.wfile.write(b"HTTP/1.1 302 Found\\r\\nLocation: /loop\\r\\nContent-Length: 0\\r\\n\\r\\n")
        elif path == b"/garbage":
            self.wfile.write(b"\\0\\1\\2 what\\r\\n\\r\\n")
        elif path == b"/big":
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % GIGABYTE)
            for _ in range(GIGABYTE >> 20):
                self.wfile.write(b"y" * (1 << 20))
        elif path == b"/never":
            time.sleep(60)
        elif path == b"/slow":
            for byte in b"HTTP/1.1 200 OK\\r\\n" * 100:
                self.wfile.write(bytes([byte]))
                time.sleep(0.2)
        else:
            self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
threading.Thread(target=shout).start()
breed()
Server(("", 8000), One).serve_forever()
"""
SAID = {
    "/loop": (302, ""),
    "/garbage": (None, "invalid HTTP"),
    "/big": (200, ""),
    "/never": (None, "no whole answer within 1 s"),
    "/slow": (None, "no whole answer within 1 s"),
    "/": (200, ""),
}


def test_every_limit_holds(engines_present: tuple[str, ...], tmp_path: Path) -> None:
    if not engines_present:
        pytest.skip("no engine works here")
    (tmp_path / "app.py").write_text(APP)
    engine = open_engine(engines_present[0])
    limits = Limits(start=30, request=1.0, stop=1.0, processes=200)
    plan = ProbePlan(ports=(8000,), requests=tuple(HttpRequest(8000, path) for path in SAID), limits=limits)
    try:
        text = 'FROM python:3.11-slim\nCOPY app.py /\nCMD ["python", "/app.py"]\n'
        image = engine.build(BuildRequest(text, tmp_path, network="none"), lambda step: None).image
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
        run = watch(engine, image, RunSpec(pids_limit=limits.processes), plan, times=1)
        seconds, grown = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    finally:
        engine.clean(engine.run_id)
    for exchange in run.exchanges:
        status, problem = SAID[exchange.request.path]
        (answer,) = exchange.answers
        assert (exchange.request.path, answer.status) == (exchange.request.path, status)
        assert problem in answer.problem
    big = next(one.answers[0] for one in run.exchanges if one.request.path == "/big")
    assert (len(big.body), big.truncated) == (limits.body, True)
    assert run.truncated
    assert len(run.stdout) <= limits.output
    assert 1 < len(run.processes) <= limits.processes
    assert run.stop is not None
    assert run.stop.killed
    assert seconds < 60
    assert grown < 100_000, "kilobytes: neither output nor bodies may be kept"
