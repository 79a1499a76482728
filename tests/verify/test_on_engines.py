"""Real images, broken in many ways, on every engine that works here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest, Engine
from lightship.evidence.observation import Observation
from lightship.probes import observe, plan_from_original
from lightship.probes.target import Target, open_target
from lightship.verify import Verdict, compare
from lightship.verify.settings import parse_settings

pytestmark = pytest.mark.engine

APP = """\
import http.server, json, pathlib, sqlite3, time
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        words = pathlib.Path("words.txt").read_text().split()
        found = {"/": {"lights": 3, "at": time.time()}, "/words": words}.get(self.path)
        body = json.dumps(found).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("", 8000), Page).serve_forever()
"""
SETTINGS = """\
[[probe]]
http = "GET :8000/words"
contains = "fog"
[[probe]]
command = ["python", "-c", "print(open('/app/words.txt').read())"]
exit = 0
"""
ORIGINAL = """\
FROM python:3.11-slim
RUN useradd --uid 1500 keeper && mkdir /data && chown 1500 /data && echo x > /usr/local/share/table.dat
ENV LANTERN=lit
WORKDIR /app
COPY app.py words.txt ./
EXPOSE 8000
HEALTHCHECK --interval=1s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/')"]
STOPSIGNAL SIGTERM
CMD ["python", "app.py"]
"""
BREAKS = """\
RUN userdel keeper && chown 0 /data && chmod 600 /app/words.txt && rm /usr/local/share/table.dat \\
 && rm /etc/ld.so.cache /etc/ssl/certs/ca-certificates.crt && rm -r /usr/share/zoneinfo/Europe \\
 && rm /usr/local/bin/pip /usr/lib/x86_64-linux-gnu/libsqlite3.so.0* && rm /usr/local/lib/python3.11/wave.py
ENV LANTERN=out
WORKDIR /
STOPSIGNAL SIGINT
LABEL harbour=x
CMD python /app/app.py
"""
NAMED = (
    "users > keeper",
    "files > data > owner",
    "files > app/words.txt > mode",
    "files > usr/local/share/table.dat > missing",
    "files > usr/local/lib/python3.11/wave.py > missing",
    "surroundings > /etc/ld.so.cache",
    "surroundings > CA certificates",
    "surroundings > time zones",
    "libraries",
    "image config > ENV > LANTERN",
    "image config > WORKDIR",
    "image config > STOPSIGNAL",
    "image config > CMD",
)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "words.txt").write_text("fog horn\n")
    (folder / "Dockerfile").write_text(ORIGINAL)
    return folder


def opened(engine: Engine, context: Path, name: str, text: str) -> Target:
    (context / f"{name}.Dockerfile").write_text(text)
    place = context.parent / name
    place.mkdir()
    return open_target(str(context / f"{name}.Dockerfile"), engine, place)


def names(verdict: Verdict) -> list[str]:
    return [one.name for one in (*verdict.differences, *verdict.doubts)]


def test_what_is_broken_in_files_and_configuration_is_named(engine: Engine, context: Path) -> None:
    before = opened(engine, context, "original", ORIGINAL)
    after = opened(engine, context, "broken", ORIGINAL + BREAKS)
    same = compare(Observation("a", before.facts), Observation("b", before.facts))
    assert (str(same), names(same)) == ("SAME up to L4", [])
    found = names(compare(Observation("a", before.facts), Observation("b", after.facts)))
    assert [one for one in NAMED if not any(each.startswith(one) for each in found)] == []


CHANGES = (
    ("RUN rm words.txt", "answers > GET :8000/words > status"),
    ("RUN echo fog bell > words.txt", "answers > GET :8000/words > body > [1]"),
    ("RUN rm /usr/lib/x86_64-linux-gnu/libsqlite3.so.0*", "running"),
    ("RUN rm /usr/local/lib/python3.11/wave.py", "imports > wave"),
    ("RUN sed -i 's/8000/8080/' app.py", "listening > 8000"),
    ("RUN sed -i 's/sys.exit(0)/sys.exit(3)/' app.py", "stop"),
    ('RUN sed -i \'1i open("/app/lock", "w")\' app.py', "hardened > all of them together > running"),
    ('HEALTHCHECK --interval=1s CMD ["curl", "http://127.0.0.1:8000/"]', "health"),
)
"""What is broken, and the difference that says so when the image runs."""


def test_what_is_broken_when_it_runs_is_named(context: Path, engines_present: tuple[str, ...]) -> None:
    if not engines_present:
        pytest.skip("no engine works here")
    engine = open_engine(engines_present[0])
    try:
        before = opened(engine, context, "original", ORIGINAL)
        plan = plan_from_original(engine, before.image, before.facts, parse_settings(SETTINGS, "lightship.toml"))
        plan = replace(plan, stdlib=False, modules=(("program", ("wave",)),))
        old = observe(engine, before.image, before.facts, plan, runs=2)
        unnamed = {}
        for index, (change, name) in enumerate(CHANGES):
            after = opened(engine, context, f"broken-{index}", f"{ORIGINAL}{change}\n")
            verdict = compare(old, observe(engine, after.image, after.facts, plan))
            if name not in names(verdict) or verdict.word != "DIFFERENT":
                unnamed[change] = names(verdict)
    finally:
        engine.clean(engine.run_id)
    assert unnamed == {}


def test_the_same_image_is_the_same_up_to_the_users_probes(engine: Engine, context: Path) -> None:
    settings = parse_settings(SETTINGS, "lightship.toml")
    before = opened(engine, context, "original", ORIGINAL)
    plan = plan_from_original(engine, before.image, before.facts, settings)
    old = observe(engine, before.image, before.facts, plan, runs=2)
    verdict = compare(old, observe(engine, before.image, before.facts, plan))
    assert (str(verdict), names(verdict)) == ("SAME up to L8", [])


def test_an_archive_is_the_same_as_its_image(engine: Engine, context: Path, tmp_path: Path) -> None:
    built = engine.build(BuildRequest(ORIGINAL, context), lambda step: None)
    folder = tmp_path / "export"
    folder.mkdir()
    archive = engine.export(built.image, folder)
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    before = open_target(built.image, engine, places[0])
    after = open_target(str(archive), engine, places[1])
    plan = plan_from_original(engine, before.image, before.facts, parse_settings("", "x"))
    old = observe(engine, before.image, before.facts, plan, runs=2)
    verdict = compare(old, observe(engine, after.image, after.facts, plan))
    assert (str(verdict), names(verdict)) == ("SAME up to L7", [])
