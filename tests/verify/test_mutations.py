"""The proof of the proof: a good candidate broken in one way at a time, and verify says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lightship.evidence.observation import (
    CommandAnswer,
    HardenedFact,
    HealthFact,
    ImportAnswer,
    LanguagePackage,
    Observation,
    OsPackage,
    ProcessFact,
    StopFact,
)
from lightship.oci.model import Healthcheck
from lightship.verify import compare
from lightship.verify.hardened import ALL
from verify.sample import (
    ABSENT,
    CHECK,
    CONFIG,
    FACTS,
    ITEMS,
    ROOT,
    VERSION,
    candidate,
    original,
    started,
    with_answer,
    with_config,
    with_facts,
    with_file,
    with_run,
    with_surroundings,
)

Mutation = Callable[[Observation], Observation]
SITE = "opt/venv/lib/python3.11/site-packages"


def env(name: str, value: str | None) -> Mutation:
    def mutate(one: Observation) -> Observation:
        pairs = [(key, old) for key, old in one.facts.config.env if key != name]
        return with_config(one, env=tuple([*pairs, (name, value)] if value is not None else pairs))

    return mutate


def packages(name: str, version: str | None) -> Mutation:
    def mutate(one: Observation) -> Observation:
        kept = [package for package in one.facts.packages if package.name != name]
        return with_facts(one, packages=tuple([*kept, LanguagePackage("python", name, version)] if version else kept))

    return mutate


def import_error(name: str, error: str) -> Mutation:
    return lambda one: replace(
        one,
        imports=tuple(ImportAnswer("program", name, error) if each.module == name else each for each in one.imports),
    )


def log(line: str) -> Mutation:
    return lambda one: with_run(one, stderr=one.runs[0].stderr + line.encode())


MUTATIONS: tuple[tuple[str, Mutation, str, int], ...] = (
    # what is broken, how, the difference that names it, its level
    ("an ENV dropped", env("MODE", None), "image config > ENV > MODE", 2),
    ("an ENV changed", env("LANG", "C"), "image config > ENV > LANG", 2),
    ("an ENV added", env("PYTHONPATH", "/x"), "image config > ENV > PYTHONPATH", 2),
    ("PATH lost a directory", env("PATH", "/usr/bin"), "image config > ENV > PATH", 2),
    ("WORKDIR changed", lambda one: with_config(one, working_dir="/"), "image config > WORKDIR", 2),
    ("CMD changed", lambda one: with_config(one, cmd=("uvicorn", "other:app")), "image config > CMD", 2),
    (
        "CMD arguments in one word",
        lambda one: with_config(one, cmd=("uvicorn main:app --port 8000",)),
        "image config > CMD",
        2,
    ),
    ("ENTRYPOINT dropped", lambda one: with_config(one, entrypoint=None), "image config > ENTRYPOINT", 2),
    ("STOPSIGNAL changed", lambda one: with_config(one, stop_signal="SIGKILL"), "image config > STOPSIGNAL", 2),
    ("EXPOSE dropped", lambda one: with_config(one, exposed_ports=()), "image config > EXPOSE > 8000/tcp", 2),
    ("VOLUME dropped", lambda one: with_config(one, volumes=()), "image config > VOLUME > /data", 2),
    ("LABEL dropped", lambda one: with_config(one, labels=()), "image config > LABEL > team", 2),
    ("HEALTHCHECK dropped", lambda one: with_config(one, healthcheck=None), "image config > HEALTHCHECK", 2),
    (
        "HEALTHCHECK changed",
        lambda one: with_config(one, healthcheck=Healthcheck(("CMD", "true"))),
        "image config > HEALTHCHECK",
        2,
    ),
    ("USER back to root", lambda one: with_config(one, user=""), "image config > USER", 2),
    ("USER that is not there", lambda one: with_config(one, user="ghost"), "image config > USER", 2),
    ("another platform", lambda one: with_config(one, architecture="arm64"), "image config > platform", 2),
    ("a package dropped", packages("psycopg2", None), "python packages > psycopg2", 3),
    ("a package version changed", packages("fastapi", "0.111.0"), "python packages > fastapi > version", 3),
    (
        "an OS package of another version",
        lambda one: with_facts(one, os_packages=(OsPackage("nginx", "1.18.0-6"), *(one.facts.os_packages or ())[1:])),
        "OS packages > nginx > version",
        3,
    ),
    ("a data file dropped", lambda one: with_file(one, "app/model.bin"), "files > app/model.bin > missing", 3),
    (
        "a data file changed",
        lambda one: with_file(one, "app/model.bin", digest="b2"),
        "files > app/model.bin > content",
        3,
    ),
    (
        "generated data under ~/.cache dropped",
        lambda one: with_file(one, "root/.cache/nltk/words"),
        "files > root/.cache/nltk/words > missing",
        3,
    ),
    (
        "a package's data file dropped",
        lambda one: with_file(one, f"{SITE}/certifi/cacert.pem"),
        "files > usr/local/lib/python3.11/site-packages/certifi/cacert.pem > missing",
        3,
    ),
    ("an empty directory dropped", lambda one: with_file(one, "app/uploads"), "files > app/uploads > missing", 3),
    ("an owner changed", lambda one: with_file(one, "app/uploads", uid=0, gid=0), "files > app/uploads > owner", 3),
    ("a mode changed", lambda one: with_file(one, "app/entry.sh", mode=0o644), "files > app/entry.sh > mode", 3),
    ("setuid lost", lambda one: with_file(one, "usr/bin/su", mode=0o755), "files > usr/bin/su > mode", 3),
    (
        "a link's target changed",
        lambda one: with_file(one, "app/current", link="old.py"),
        "files > app/current > content",
        3,
    ),
    (
        "an edited file of a package as packaged again",
        lambda one: with_file(one, "etc/nginx/nginx.conf", digest="plain"),
        "files > etc/nginx/nginx.conf > content",
        3,
    ),
    (
        "a file of a kept OS package dropped",
        lambda one: with_file(one, "usr/lib/x86_64-linux-gnu/libpq.so.5"),
        "files > usr/lib/x86_64-linux-gnu/libpq.so.5 > missing",
        3,
    ),
    (
        "an extension that links something else",
        lambda one: with_file(one, f"{SITE}/psycopg2/_psycopg.so", shape="62|libpq.so.4"),
        "files > usr/local/lib/python3.11/site-packages/psycopg2/_psycopg.so > content",
        3,
    ),
    (
        "a shared library dropped",
        lambda one: with_facts(one, library_problems=((f"{SITE}/psycopg2/_psycopg.so", "libpq.so.5"),)),
        f"libraries > {SITE}/psycopg2/_psycopg.so",
        4,
    ),
    ("a console script dropped", lambda one: with_facts(one, scripts=()), "console scripts > uvicorn", 4),
    (
        "a console script's interpreter gone",
        lambda one: with_facts(one, scripts=(replace(one.facts.scripts[0], problem="its interpreter is not there"),)),
        "console scripts > uvicorn",
        4,
    ),
    ("curl of the HEALTHCHECK gone", lambda one: with_facts(one, programs=("git", "nginx")), "programs > curl", 4),
    (
        "a locale dropped",
        lambda one: with_surroundings(one, locales=("C.utf8",)),
        "surroundings > locales > de_DE.utf8",
        4,
    ),
    ("time zone data dropped", lambda one: with_surroundings(one, zones=()), "surroundings > time zones", 4),
    (
        "the local time zone lost",
        lambda one: with_surroundings(one, local_zone=""),
        "surroundings > local time zone",
        4,
    ),
    (
        "CA certificates dropped",
        lambda one: with_surroundings(one, authorities=()),
        "surroundings > CA certificates",
        4,
    ),
    (
        "one CA certificate dropped",
        lambda one: with_surroundings(one, authorities=("a" * 64,)),
        "surroundings > CA certificates",
        4,
    ),
    (
        "OpenSSL's link to the certificates dropped",
        lambda one: with_surroundings(one, openssl=("usr/lib/ssl/openssl.cnf",)),
        "surroundings > OpenSSL > usr/lib/ssl/certs",
        4,
    ),
    (
        "the loader's cache dropped",
        lambda one: with_surroundings(one, loader_cache=None),
        "surroundings > /etc/ld.so.cache",
        4,
    ),
    (
        "ldconfig not run again",
        lambda one: with_surroundings(one, loader_cache=("libc.so.6",), uncached=("libpq.so.5",)),
        "surroundings > /etc/ld.so.cache > libpq.so.5",
        4,
    ),
    ("a font dropped", lambda one: with_surroundings(one, fonts=()), "surroundings > fonts", 4),
    ("a user dropped", lambda one: with_facts(one, accounts=one.facts.accounts[:1]), "users > app", 4),
    (
        "a user's number changed",
        lambda one: with_facts(one, accounts=(one.facts.accounts[0], replace(one.facts.accounts[1], uid=1001))),
        "users > app > uid",
        4,
    ),
    (
        "a group's member lost",
        lambda one: with_facts(one, groups=(one.facts.groups[0], replace(one.facts.groups[1], members=()))),
        "groups > media > members",
        4,
    ),
    ("a module no longer imports", import_error("psycopg2", "ImportError: libpq.so.5"), "imports > psycopg2", 5),
    ("the standard library pruned", import_error("sqlite3", "ModuleNotFoundError: _sqlite3"), "imports > sqlite3", 5),
    (
        "a program no longer answers --version",
        lambda one: replace(one, commands=((CommandAnswer(VERSION, 127, problem="not found"),),)),
        "commands > uvicorn --version > exit code",
        5,
    ),
    (
        "a program answers another version",
        lambda one: replace(one, commands=((CommandAnswer(VERSION, 0, b"Running uvicorn 0.30.0\n"),),)),
        "commands > uvicorn --version > stdout",
        5,
    ),
    (
        "it does not start",
        lambda one: with_run(one, ended=True, exit_code=127, problem="exec: uvicorn: not found"),
        "running",
        6,
    ),
    ("it ends at once", lambda one: with_run(one, ended=True, exit_code=1, stderr=b"ImportError: x"), "running", 6),
    ("it listens on another port", lambda one: with_run(one, ports=(8080,)), "listening > 8000", 6),
    (
        "a process is missing",
        lambda one: with_run(one, processes=(ProcessFact(("/opt/venv/bin/python", "/app/other"), 1000),)),
        "processes > python",
        6,
    ),
    (
        "it runs as root",
        lambda one: with_run(one, processes=(replace(one.runs[0].processes[0], uid=0),)),
        "processes > user",
        6,
    ),
    ("a new traceback in the log", log("Traceback (most recent call last):\n"), "log > new error", 6),
    ("a new error in the log", log("11:00:00 ERROR cannot open /app/i18n/de.mo\n"), "log > new error", 6),
    ("a file is no longer written", lambda one: with_run(one, written=()), "written > app/db.sqlite", 6),
    ("another status", lambda one: with_answer(one, ROOT, status=500), "answers > GET :8000/ > status", 6),
    ("a 404 became a 500", lambda one: with_answer(one, ABSENT, status=500), "answers > GET :8000/absent > status", 6),
    (
        "another page",
        lambda one: with_answer(one, ROOT, body=b"<html><p>Now 11:30:40</p><p>Harbor lights</p></html>"),
        "answers > GET :8000/ > body",
        6,
    ),
    (
        "another JSON value",
        lambda one: with_answer(one, ITEMS, body=b'{"items": [1, 3], "at": "11", "ok": true}'),
        "answers > GET :8000/items > body > .items[1]",
        6,
    ),
    (
        "a JSON key lost",
        lambda one: with_answer(one, ITEMS, body=b'{"items": [1, 2], "at": "11"}'),
        "answers > GET :8000/items > body > .ok",
        6,
    ),
    (
        "another content type",
        lambda one: with_answer(one, ROOT, headers=(("Content-Type", "text/plain"),)),
        "answers > GET :8000/ > headers > content-type",
        6,
    ),
    (
        "no answer",
        lambda one: with_answer(one, ROOT, status=None, problem="connection refused"),
        "answers > GET :8000/ > status",
        6,
    ),
    ("never healthy", lambda one: with_run(one, health=HealthFact(False, 127, b"curl: not found")), "health", 7),
    ("SIGTERM ignored", lambda one: with_run(one, stop=StopFact(10.0, 137, True)), "stop", 7),
    ("another exit code on SIGTERM", lambda one: with_run(one, stop=StopFact(0.1, 143, False)), "stop", 7),
    (
        "needs to write to its root",
        lambda one: replace(
            one, hardened=(HardenedFact(ALL, started("1", ended=True, exit_code=1, stderr=b"Read-only file system")),)
        ),
        f"hardened > {ALL} > running",
        7,
    ),
    (
        "the user's command fails",
        lambda one: replace(one, user_commands=((CommandAnswer(CHECK, 2),),)),
        "probes > python -m main --check > exit code",
        8,
    ),
)


def test_the_unbroken_candidate_is_the_same() -> None:
    verdict = compare(original(), candidate())
    assert verdict.differences == ()
    assert verdict.doubts == ()
    assert (verdict.word, verdict.level) == ("SAME", 8)
    assert str(verdict) == "SAME up to L8"


def test_an_image_is_the_same_as_itself() -> None:
    verdict = compare(original(), replace(original(), runs=original().runs[:1]))
    assert (str(verdict), verdict.allowed) == ("SAME up to L8", ())


@pytest.mark.parametrize(
    ("mutation", "name", "level"), [one[1:] for one in MUTATIONS], ids=[one[0] for one in MUTATIONS]
)
def test_a_broken_candidate_is_named(mutation: Mutation, name: str, level: int) -> None:
    verdict = compare(original(), mutation(candidate()))
    assert verdict.word == "DIFFERENT"
    assert name in [one.name for one in verdict.differences]
    found = verdict.levels[level]
    assert found.state == "different"
    assert name in [one.name for one in found.differences]
    assert verdict.level < level, "what is broken is never counted as reached"


def test_there_are_many() -> None:
    assert len(MUTATIONS) >= 25


def test_a_program_that_the_text_names_is_a_doubt_not_a_difference() -> None:
    verdict = compare(original(), with_facts(candidate(), programs=("curl", "nginx")))
    assert (verdict.word, [one.name for one in verdict.doubts]) == ("UNKNOWN", ["programs > git"])


def test_the_sample_is_what_the_mutations_change() -> None:
    assert CONFIG.variable("LANG") in ("de_DE.UTF-8",)
    assert "app/model.bin" in FACTS.files
