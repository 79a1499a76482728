"""A small service as it is seen: the observation of a single-stage image, and of a good multi-stage one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lightship.evidence.observation import (
    Account,
    CommandAnswer,
    CommandProbe,
    Exchange,
    FileFact,
    GroupFact,
    HardenedFact,
    HealthFact,
    HttpAnswer,
    HttpRequest,
    ImageFacts,
    ImportAnswer,
    LanguagePackage,
    Mention,
    Observation,
    OsPackage,
    ProcessFact,
    PythonFact,
    RunFact,
    ScriptFact,
    StopFact,
    Surroundings,
)
from lightship.oci.model import Healthcheck, ImageConfig
from lightship.verify.hardened import ALL

CONFIG = ImageConfig(
    architecture="amd64",
    os="linux",
    user="app",
    working_dir="/app",
    stop_signal="SIGTERM",
    entrypoint=("/app/entry.sh",),
    cmd=("/bin/sh", "-c", "uvicorn main:app --port 8000"),
    env=(
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("LANG", "de_DE.UTF-8"),
        ("MODE", "live"),
        ("PYTHON_VERSION", "3.11.9"),
    ),
    exposed_ports=("8000/tcp",),
    volumes=("/data",),
    labels=(("team", "harbour"),),
    healthcheck=Healthcheck(("CMD-SHELL", "curl -f http://localhost:8000/health")),
)
SITE = "usr/local/lib/python3.11/site-packages"
FILES = (
    FileFact("app", "dir", 0o755, 1000, 1000),
    FileFact("app/main.py", "file", 0o644, 1000, 1000, 900, "m1"),
    FileFact("app/entry.sh", "file", 0o755, 1000, 1000, 90, "e1"),
    FileFact("app/model.bin", "file", 0o644, 1000, 1000, 9000, "b1"),
    FileFact("app/uploads", "dir", 0o770, 1000, 1000),
    FileFact("app/current", "symlink", 0o777, 0, 0, link="main.py"),
    FileFact("app/requirements.txt", "file", 0o644, 1000, 1000, 20, "r1"),
    FileFact("etc/app.conf", "file", 0o600, 1000, 1000, 40, "c1"),
    FileFact("etc/nginx/nginx.conf", "file", 0o644, 0, 0, 400, "sed", owner="nginx"),
    FileFact("usr/sbin/nginx", "file", 0o755, 0, 0, 400_000, owner="nginx"),
    FileFact("usr/lib/x86_64-linux-gnu/libpq.so.5", "file", 0o644, 0, 0, 300_000, owner="libpq5"),
    FileFact("usr/lib/gcc/cc1", "file", 0o755, 0, 0, 30_000_000, owner="gcc"),
    FileFact("usr/bin/su", "file", 0o4755, 0, 0, 70_000, owner="util-linux"),
    FileFact(f"{SITE}/fastapi/app.py", "file", 0o644, 0, 0, 70, "f1"),
    FileFact(f"{SITE}/certifi/cacert.pem", "file", 0o644, 0, 0, 200_000, "ca1"),
    FileFact(f"{SITE}/psycopg2/_psycopg.so", "file", 0o755, 0, 0, 300_000, "p1", shape="62|libpq.so.5"),
    FileFact("root/.cache/pip/http/x", "file", 0o600, 0, 0, 4_000_000, "x"),
    FileFact("root/.cache/nltk/words", "file", 0o644, 0, 0, 4_000, "w"),
    FileFact("usr/local/bin/uvicorn", "file", 0o755, 0, 0, 200, "u1"),
)
FACTS = ImageFacts(
    config=CONFIG,
    files={one.path: one for one in FILES},
    packages=(
        LanguagePackage("python", "fastapi", "0.110.0", SITE),
        LanguagePackage("python", "psycopg2", "2.9.9", SITE),
        LanguagePackage("python", "pip", "24.0", SITE),
        LanguagePackage("node", "typescript", "5.4.0", "app/node_modules", "a development dependency"),
        LanguagePackage("node", "express", "4.19.2", "app/node_modules"),
    ),
    os_packages=tuple(
        OsPackage(name, version)
        for name, version in (
            ("nginx", "1.22.1-9"),
            ("libpq5", "15.6-0+deb12u1"),
            ("gcc", "12.2.0-3"),
            ("util-linux", "2.38.1-5"),
        )
    ),
    scripts=(
        ScriptFact("uvicorn", "/usr/local/bin/uvicorn", "/usr/local/bin/python3.11", package="uvicorn"),
        ScriptFact("pip", "/usr/local/bin/pip", "/usr/local/bin/python3.11", package="pip"),
    ),
    pythons=(PythonFact("program", "/usr/local/bin/python3.11", ("fastapi", "psycopg2", "pip")),),
    accounts=(Account("root", 0, 0, "/root", "/bin/bash"), Account("app", 1000, 1000, "/app", "/bin/sh")),
    groups=(GroupFact("app", 1000, ()), GroupFact("media", 1500, ("app",))),
    surroundings=Surroundings(
        locales=("C.utf8", "de_DE.utf8"),
        zones=("Europe/Berlin", "Etc/UTC"),
        local_zone="Europe/Berlin",
        authorities=("a" * 64, "b" * 64),
        openssl=("usr/lib/ssl/certs", "usr/lib/ssl/openssl.cnf"),
        loader=True,
        loader_cache=("libc.so.6", "libpq.so.5"),
        fonts=("DejaVuSans.ttf",),
        font_readers=("usr/lib/x86_64-linux-gnu/libfontconfig.so.1",),
    ),
    programs=("curl", "git", "nginx", "python3", "uvicorn"),
    mentions=(Mention("curl", "image config HEALTHCHECK", command=True), Mention("git", "/app/main.py")),
)

ROOT = HttpRequest(8000, "/", source="first page")
ITEMS = HttpRequest(8000, "/items", source="OpenAPI")
ABSENT = HttpRequest(8000, "/absent", source="OpenAPI")
VERSION = CommandProbe(("uvicorn", "--version"), source="--version")
CHECK = CommandProbe(("python", "-m", "main", "--check"), source="user", expect_exit=0)


def answers(stamp: str) -> tuple[Exchange, ...]:
    """What the service answers at one moment."""
    page = f"<html><p>Now {stamp}</p><p>Harbour lights</p></html>".encode()
    items = f'{{"items": [1, 2], "at": "{stamp}", "ok": true}}'.encode()
    html, json = (("content-type", "text/html"),), (("content-type", "application/json"), ("date", stamp))
    return (
        Exchange(ROOT, (HttpAnswer(200, html, page),)),
        Exchange(ITEMS, (HttpAnswer(200, json, items),)),
        Exchange(ABSENT, (HttpAnswer(404, json, b'{"detail": "Not Found"}'),)),
    )


def started(stamp: str, **changes: Any) -> RunFact:
    """One start of the service."""
    run = RunFact(
        ended=False,
        stderr=f"{stamp} INFO started server process\n".encode(),
        ports=(8000,),
        seconds_to_listen=0.8,
        exchanges=answers(stamp),
        processes=(ProcessFact(("/usr/local/bin/python3.11", "/usr/local/bin/uvicorn", "main:app"), 1000),),
        written=("/app/db.sqlite",),
        peak_rss=60_000_000,
        health=HealthFact(True, 0),
        stop=StopFact(0.2, 0, False),
    )
    return replace(run, **changes)


def original() -> Observation:
    """The single-stage image."""
    return Observation(
        "original",
        FACTS,
        (started("10:00:01"), started("10:00:09")),
        (
            *(ImportAnswer("program", name) for name in ("fastapi", "psycopg2", "sqlite3", "pip")),
            ImportAnswer("program", "tkinter", "ImportError: libtk8.6.so"),
        ),
        tuple((CommandAnswer(VERSION, 0, b"Running uvicorn 0.29.0\n"),) for _ in range(2)),
        (HardenedFact(ALL, started("10:00:20")),),
        tuple((CommandAnswer(CHECK, 0, b"fine\n"),) for _ in range(2)),
    )


def candidate() -> Observation:
    """A good multi-stage image: the packages moved to a venv, the compiler, caches and manifests gone."""
    moved: dict[str, FileFact] = {}
    for path, fact in FACTS.files.items():
        if fact.owner == "gcc" or "cache/pip" in path or path.endswith("requirements.txt"):
            continue
        new = path.replace("usr/local/lib/python3.11", "opt/venv/lib/python3.11").replace(
            "usr/local/bin", "opt/venv/bin"
        )
        moved[new] = replace(fact, path=new, digest="p2" if fact.digest == "p1" else fact.digest)
    config = replace(
        CONFIG,
        cmd=("uvicorn", "main:app", "--port", "8000"),
        env=(("PATH", "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin"), *CONFIG.env[1:], ("VIRTUAL_ENV", "/opt/venv")),
    )
    facts = replace(
        FACTS,
        config=config,
        files=moved,
        packages=tuple(one for one in FACTS.packages if one.name not in ("pip", "typescript")),
        os_packages=tuple(one for one in FACTS.os_packages or () if one.name != "gcc"),
        scripts=(replace(FACTS.scripts[0], path="/opt/venv/bin/uvicorn"),),
    )
    run = started(
        "11:30:40",
        processes=(ProcessFact(("/opt/venv/bin/python", "/opt/venv/bin/uvicorn", "main:app"), 1000),),
    )
    old = original()
    gone = ImportAnswer("program", "pip", "ModuleNotFoundError")
    imports = (*(one for one in old.imports if one.module != "pip"), gone)
    return Observation(
        "candidate",
        facts,
        (run,),
        imports,
        old.commands[:1],
        (HardenedFact(ALL, replace(run, exchanges=answers("11:31:02"))),),
        old.user_commands[:1],
    )


def with_facts(observation: Observation, **changes: Any) -> Observation:
    """The observation with other facts."""
    return replace(observation, facts=replace(observation.facts, **changes))


def with_config(observation: Observation, **changes: Any) -> Observation:
    """The observation with another configuration."""
    return with_facts(observation, config=replace(observation.facts.config, **changes))


def with_file(observation: Observation, path: str, **changes: Any) -> Observation:
    """The observation with one file changed; no changes: without it."""
    files: Mapping[str, FileFact] = {
        one: (replace(fact, **changes) if one == path else fact)
        for one, fact in observation.facts.files.items()
        if one != path or changes
    }
    assert path in observation.facts.files
    return with_facts(observation, files=files)


def with_surroundings(observation: Observation, **changes: Any) -> Observation:
    """The observation with other surroundings."""
    return with_facts(observation, surroundings=replace(observation.facts.surroundings, **changes))


def with_run(observation: Observation, **changes: Any) -> Observation:
    """The observation with another plain run."""
    return replace(observation, runs=tuple(replace(run, **changes) for run in observation.runs))


def with_answer(observation: Observation, request: HttpRequest, **changes: Any) -> Observation:
    """The observation with another answer to one request."""
    exchanges = tuple(
        Exchange(one.request, tuple(replace(answer, **changes) for answer in one.answers))
        if one.request == request
        else one
        for one in observation.runs[0].exchanges
    )
    return with_run(observation, exchanges=exchanges)
