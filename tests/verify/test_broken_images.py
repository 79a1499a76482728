"""The proof of the proof on real images: one good multi-stage image, broken in one way at a time.

Each broken image is the good one with one more layer or another configuration. Nothing is started for what files and
configuration show; what only a run shows is built and run.
"""

from __future__ import annotations

import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from lightship.engines import open_engine
from lightship.engines.protocol import BuildRequest, Engine
from lightship.evidence.observation import HttpRequest, ImageFacts, Observation
from lightship.oci import Entry, Image, open_image
from lightship.probes import ProbePlan, image_facts, observe
from lightship.probes.target import facts_in_store
from lightship.verify import Verdict, compare
from oci.archives import Member, digest, directory, file, oci_layout, symlink, tar

pytestmark = pytest.mark.engine

APP = """\
import http.server, pathlib, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = pathlib.Path("words.txt").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("", 8000), Page).serve_forever()
"""
GOOD = """\
FROM python:3.11-slim AS builder
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir pyfiglet==1.0.2 python-magic==0.4.27
FROM python:3.11-slim
RUN cp /etc/ld.so.cache /usr/local/share/first.cache && apt-get update \\
 && apt-get install -y --no-install-recommends libmagic1 fontconfig fonts-dejavu-core locales curl \\
 && rm -rf /var/lib/apt/lists/* && localedef -i de_DE -f UTF-8 de_DE.UTF-8
RUN useradd --uid 1500 keeper && groupadd --gid 1600 lamps && usermod -aG lamps keeper && ldconfig \\
 && mkdir /data /var/spool/lamps && chown 1500 /data && ln -s /data /lamps \\
 && cp /bin/true /usr/local/bin/helper && chmod 4755 /usr/local/bin/helper
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH LANG=de_DE.UTF-8 LANTERN=lit
LABEL harbour=north
WORKDIR /app
COPY app.py words.txt ./
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=1s CMD ["curl", "-fs", "http://127.0.0.1:8000/"]
STOPSIGNAL SIGTERM
USER keeper
ENTRYPOINT ["python"]
CMD ["app.py"]
"""
SITE = "opt/venv/lib/python3.11/site-packages"
LIBRARIES = "usr/lib/x86_64-linux-gnu"

Changed = dict[str, "Member | None"]
Config = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Good:
    """The good image: its archive taken apart, its facts, and the engine that has it."""

    engine: Engine
    image: str
    folder: Path
    opened: Image
    facts: ImageFacts

    def entry(self, path: str) -> Entry:
        found = self.opened.rootfs().get(path)
        assert found is not None, f"the good image has no {path}"
        return found.entry

    def read(self, path: str) -> bytes:
        return self.opened.rootfs().read(path, 1 << 24)

    def again(self, path: str, content: bytes | None = None, **fields: Any) -> Changed:
        """The same file with something changed: its content, or fields of its tar header."""
        one = self.entry(path)
        kept = {"uid": one.uid, "gid": one.gid, "mode": one.mode & 0o7777, "mtime": int(one.mtime)} | fields
        if one.kind == "dir":
            return {path: directory(path, **kept)}
        return {path: file(path, self.read(path) if content is None else content, **kept)}

    def edited(self, path: str, before: str, after: str) -> Changed:
        text = self.read(path).decode("utf-8", "surrogateescape")
        assert before in text
        return self.again(path, text.replace(before, after).encode("utf-8", "surrogateescape"))


def gone(*paths: str) -> Callable[[Good], Changed]:
    def change(good: Good) -> Changed:
        for path in paths:
            good.entry(path)
        return dict.fromkeys(paths)

    return change


def without_one_authority(good: Good) -> Changed:
    path = "etc/ssl/certs/ca-certificates.crt"
    text = good.read(path)
    end = b"-----END CERTIFICATE-----\n"
    return good.again(path, text[text.index(end) + len(end) :])


def with_capability(good: Good) -> Changed:
    """CAP_CHOWN, as setcap(8) writes it; a tar archive keeps it as an attribute."""
    value = b"\1\0\0\2" + b"\1\0\0\0" + bytes(12)
    return good.again("usr/local/bin/helper", pax_headers={"SCHILY.xattr.security.capability": value.decode()})


FILES: tuple[tuple[str, Callable[[Good], Changed], str], ...] = (
    ("a library that is opened by name", gone(f"{LIBRARIES}/libmagic.so.1.0.0"), "files > {lib}/libmagic.so.1.0.0"),
    ("a library that is linked", gone(f"{LIBRARIES}/libexpat.so.1"), "libraries > {lib}/libfontconfig.so.1"),
    ("a locale", gone("usr/lib/locale/locale-archive"), "surroundings > locales > de_DE.utf8"),
    ("a font", gone("usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"), "surroundings > fonts"),
    ("a data file", gone("app/words.txt"), "files > app/words.txt > missing"),
    ("a data file's content", lambda it: it.edited("app/words.txt", "fog", "fig"), "files > app/words.txt > content"),
    ("a data file of a package", gone(f"{SITE}/pyfiglet/fonts/slant.flf"), "files > {site}/pyfiglet/fonts"),
    ("a console script", gone("opt/venv/bin/pyfiglet"), "console scripts > pyfiglet"),
    ("a console script's interpreter", gone("opt/venv/bin/python"), "console scripts > pyfiglet"),
    ("the right to run a script", lambda it: it.again("opt/venv/bin/pyfiglet", mode=0o644), "console scripts > pyfig"),
    ("time zones", gone("usr/share/zoneinfo/Europe"), "surroundings > time zones"),
    (
        "the local time zone",
        lambda it: {"etc/localtime": symlink("etc/localtime", "/usr/share/zoneinfo/Europe/Berlin")},
        "surroundings > local time zone",
    ),
    ("all authorities", gone("etc/ssl/certs/ca-certificates.crt"), "surroundings > CA certificates"),
    ("one authority", without_one_authority, "surroundings > CA certificates"),
    ("the loader's cache", gone("etc/ld.so.cache"), "surroundings > /etc/ld.so.cache"),
    (
        "ldconfig after a library came",
        lambda it: it.again("etc/ld.so.cache", it.read("usr/local/share/first.cache")),
        "surroundings > /etc/ld.so.cache > libmagic.so.1",
    ),
    ("a user", lambda it: it.edited("etc/passwd", "keeper:x:1500", "other:x:1501"), "users > keeper"),
    ("a user's number", lambda it: it.edited("etc/passwd", "keeper:x:1500", "keeper:x:1501"), "users > keeper > uid"),
    ("a member of a group", lambda it: it.edited("etc/group", ":1600:keeper", ":1600:"), "groups > lamps > members"),
    ("an owner", lambda it: it.again("data", uid=0), "files > data > owner"),
    ("a group", lambda it: it.again("app/words.txt", gid=50), "files > app/words.txt > owner"),
    ("a mode", lambda it: it.again("app/words.txt", mode=0o600), "files > app/words.txt > mode"),
    ("the set-user-ID bit", lambda it: it.again("usr/local/bin/helper", mode=0o755), "files > usr/local/bin/helper"),
    ("another capability", with_capability, "files > usr/local/bin/helper > mode"),
    ("an empty directory", gone("var/spool/lamps"), "files > var/spool/lamps > missing"),
    ("where a link leads", lambda it: {"lamps": symlink("lamps", "/dat")}, "files > lamps"),
    ("a file that became a link", lambda it: {"app/app.py": symlink("app/app.py", "words.txt")}, "files > app/app.py"),
    (
        "a package's version",
        lambda it: it.edited(f"{SITE}/pyfiglet-1.0.2.dist-info/METADATA", "Version: 1.0.2", "Version: 1.0.1"),
        "python packages > pyfiglet",
    ),
    ("a package", gone(f"{SITE}/python_magic-0.4.27.dist-info", f"{SITE}/magic"), "python packages > python-magic"),
    ("an OS package's version", lambda it: it.edited("var/lib/dpkg/status", *bump(it)), "OS packages > libmagic1"),
    ("a module of the standard library", gone("usr/local/lib/python3.11/wave.py"), "files > usr/local/lib/python3.11/"),
    ("the HEALTHCHECK's program", gone("usr/bin/curl"), "programs > curl"),
)  # fmt: skip
"""What the broken image lacks, how it comes about, and the beginning of the difference that says so."""

CONFIGS: tuple[tuple[str, Callable[[Config], object], str], ...] = (
    ("ENV", lambda it: it["Env"].remove("LANTERN=lit"), "image config > ENV > LANTERN"),
    ("an ENV's value", lambda it: it["Env"].append("LANG=C"), "image config > ENV > LANG"),
    ("WORKDIR", lambda it: it.update(WorkingDir="/"), "image config > WORKDIR"),
    ("CMD in shell form", lambda it: it.update(Cmd=["/bin/sh", "-c", "app.py"]), "image config > CMD"),
    ("CMD", lambda it: it.pop("Cmd"), "image config > CMD"),
    ("ENTRYPOINT", lambda it: it.pop("Entrypoint"), "image config > ENTRYPOINT"),
    ("STOPSIGNAL", lambda it: it.update(StopSignal="SIGINT"), "image config > STOPSIGNAL"),
    ("USER", lambda it: it.update(User="1501"), "image config > USER"),
    ("USER's group", lambda it: it.update(User="1500:50"), "image config > USER > group"),
    ("EXPOSE", lambda it: it.pop("ExposedPorts"), "image config > EXPOSE > 8000/tcp"),
    ("VOLUME", lambda it: it.pop("Volumes"), "image config > VOLUME > /data"),
    ("LABEL", lambda it: it["Labels"].update(harbour="south"), "image config > LABEL > harbour"),
    ("HEALTHCHECK", lambda it: it.pop("Healthcheck"), "image config > HEALTHCHECK"),
)

RUNS = (
    ("USER root\nRUN dpkg --purge --force-depends libmagic1\nUSER keeper\n", "imports > magic"),
    ("USER root\nRUN sed -i 's/fog/fig/' words.txt\nUSER keeper\n", "answers > GET :8000/ > body"),
)
"""What no look at the files alone would have to show, and what running it does."""


def bump(good: Good) -> tuple[str, str]:
    """The paragraph of libmagic1 in dpkg's status, as it is and with another version."""
    status = good.read("var/lib/dpkg/status").decode("utf-8", "surrogateescape")
    paragraph = next(one for one in status.split("\n\n") if one.startswith("Package: libmagic1\n"))
    return paragraph, re.sub(r"(\nVersion: (?:\d+:)?)\d+", r"\g<1>99", paragraph)


@pytest.fixture(scope="module")
def good(engines_present: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Good]:
    if not engines_present:
        pytest.skip("no engine works here")
    engine = open_engine(engines_present[0])
    context, folder = tmp_path_factory.mktemp("context"), tmp_path_factory.mktemp("archive")
    (context / "app.py").write_text(APP)
    (context / "words.txt").write_text("fog horn\n")
    try:
        image = engine.build(BuildRequest(GOOD, context), lambda step: None).image
        archive = engine.export(image, folder)
        with tarfile.open(archive) as members:
            members.extractall(folder, filter="tar")
        with open_image(archive, trusted=True) as opened:
            yield Good(engine, image, folder, opened, image_facts(opened.config, opened.rootfs()))
    finally:
        engine.clean(engine.run_id)


def test_the_good_image_is_the_same_as_itself(good: Good, tmp_path: Path) -> None:
    with open_image(derived(good, tmp_path / "same", {}, lambda config: None)) as opened:
        verdict = judged(good, image_facts(opened.config, opened.rootfs()))
    assert (str(verdict), verdict.differences, verdict.doubts) == ("SAME up to L4", (), ())


def test_there_are_many() -> None:
    assert len(FILES) + len(CONFIGS) + len(RUNS) >= 40


def test_what_the_files_lack_is_named(good: Good, tmp_path: Path) -> None:
    unnamed = {}
    for index, (what, change, name) in enumerate(FILES):
        layout = derived(good, tmp_path / str(index), change(good), lambda config: None)
        with open_image(layout, trusted=True) as opened:
            verdict = judged(good, image_facts(opened.config, opened.rootfs()))
        wanted = name.format(lib=LIBRARIES, site=SITE)
        if verdict.word != "DIFFERENT" or not any(one.name.startswith(wanted) for one in verdict.differences):
            unnamed[what] = (str(verdict), [one.name for one in (*verdict.differences, *verdict.doubts)])
    assert unnamed == {}


def test_what_the_configuration_lacks_is_named(good: Good, tmp_path: Path) -> None:
    unnamed = {}
    for index, (what, change, name) in enumerate(CONFIGS):
        with open_image(derived(good, tmp_path / str(index), {}, change), trusted=True) as opened:
            verdict = judged(good, replace(good.facts, config=opened.config))
        if verdict.word != "DIFFERENT" or name not in [one.name for one in verdict.differences]:
            unnamed[what] = (str(verdict), [one.name for one in (*verdict.differences, *verdict.doubts)])
    assert unnamed == {}


def test_what_only_running_shows_is_named(good: Good, tmp_path: Path) -> None:
    plan = ProbePlan(
        ports=(8000,),
        requests=(HttpRequest(8000),),
        modules=(("program", ("magic", "pyfiglet")),),
        stdlib=False,
        hardened=False,
    )
    old = observe(good.engine, good.image, good.facts, plan, runs=2)
    unnamed = {}
    for index, (change, name) in enumerate(RUNS):
        (tmp_path / str(index)).mkdir()
        request = BuildRequest(f"FROM {good.image}\n{change}", tmp_path / str(index), network="none")
        image = good.engine.build(request, lambda step: None).image
        facts = facts_in_store(good.engine, image, tmp_path / str(index))
        verdict = compare(old, observe(good.engine, image, facts, plan))
        if verdict.word != "DIFFERENT" or name not in [one.name for one in verdict.differences]:
            unnamed[change] = (str(verdict), [one.name for one in (*verdict.differences, *verdict.doubts)])
    assert unnamed == {}


def judged(good: Good, facts: ImageFacts) -> Verdict:
    return compare(Observation("good", good.facts), Observation("broken", facts))


def derived(good: Good, folder: Path, changes: Mapping[str, Member | None], change: Callable[[Config], object]) -> Path:
    """An OCI layout of the good image's layers, one more with the changes, and a changed configuration."""
    (manifest,) = json.loads((good.folder / "manifest.json").read_text())
    config = json.loads((good.folder / manifest["Config"]).read_text())
    layer = tar(member or whiteout(path) for path, member in changes.items())
    change(config["config"])
    blobs = {digest(layer): layer}
    descriptors = [_blob(one, (good.folder / path).stat().st_size)
                   for one, path in zip(config["rootfs"]["diff_ids"], manifest["Layers"], strict=True)]  # fmt: skip
    config["rootfs"]["diff_ids"].append(digest(layer))
    config["history"] = []
    raw = json.dumps(config).encode()
    written = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _blob(digest(raw), len(raw), "application/vnd.oci.image.config.v1+json"),
            "layers": [*descriptors, _blob(digest(layer), len(layer))],
        }
    ).encode()
    blobs |= {digest(raw): raw, digest(written): written}
    folder.mkdir()
    oci_layout(folder, blobs, [_blob(digest(written), len(written), "application/vnd.oci.image.manifest.v1+json")])
    for one, path in zip(descriptors, manifest["Layers"], strict=True):
        os.link((good.folder / path).resolve(), folder / "blobs" / one["digest"].replace(":", "/"))
    return folder


def whiteout(path: str) -> Member:
    parent, _, name = path.rpartition("/")
    return file(f"{parent}/.wh.{name}")


def _blob(name: str, size: int, kind: str = "application/vnd.oci.image.layer.v1.tar") -> dict[str, Any]:
    return {"mediaType": kind, "digest": name, "size": size}
