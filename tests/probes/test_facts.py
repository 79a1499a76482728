"""Facts read from a small tree of files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lightship.evidence.observation import ImageFacts, LanguagePackage, Observation
from lightship.oci.model import Healthcheck, ImageConfig
from lightship.probes.facts import image_facts
from lightship.verify import compare
from probes.fakes import FakeTree

SITE = "usr/local/lib/python3.11/site-packages"
VENV = "opt/venv/lib/python3.11/site-packages"
PASSWD = "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000::/app:/bin/sh\nbroken line\n"
STATUS = (
    "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.88.1-10\n\n"
    "Package: gcc-12\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.2.0-14\n\n"
)


def dist(site: str, name: str, version: str, record: str, **more: str) -> dict[str, str]:
    info = f"{site}/{name}-{version}.dist-info"
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: not this\n",
        f"{info}/RECORD": record,
        **{f"{info}/{key}": text for key, text in more.items()},
    }


FILES: dict[str, object] = {
    "etc/passwd": PASSWD,
    "etc/group": "root:x:0:\napp:x:1000:app,root\n",
    "etc/os-release": "ID=debian\n",
    "etc/localtime": "-> /usr/share/zoneinfo/Europe/Berlin",
    "usr/share/zoneinfo/Europe/Berlin": "TZif",
    "usr/share/zoneinfo/posix/Europe/Berlin": "TZif",
    "usr/share/zoneinfo/tzdata.zi": "x",
    "usr/lib/locale/de_DE.utf8/LC_CTYPE": "x",
    "etc/ssl/certs/ca-certificates.crt": "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n" * 2
    + "-----BEGIN CERTIFICATE-----\nQg==\n-----END CERTIFICATE-----\n",
    "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "x",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/curl.list": "/.\n/usr\n/usr/bin\n/usr/bin/curl\n",
    "var/lib/dpkg/info/gcc-12.list": "/.\n/usr\n/usr/bin\n/usr/bin/gcc-12\n",
    "usr/bin/curl": ("x", 0o755, 0, 0),
    "usr/bin/gcc-12": ("x", 0o755, 0, 0),
    "bin": "-> usr/bin",
    "etc/links/cc": "-> /bin/gcc-12",
    "usr/bin/git": ("x", 0o755, 0, 0),
    "usr/local/bin/python3.11": ("x", 0o755, 0, 0),
    "usr/local/bin/python3": "-> python3.11",
    "usr/local/bin/python": "-> python3",
    "usr/local/bin/uvicorn": ("#!/usr/local/bin/python3.11\nimport x\n", 0o755, 0, 0),
    f"{SITE}/uvicorn/__init__.py": "",
    f"{SITE}/six.py": "",
    **dist(SITE, "uvicorn", "0.29.0", "uvicorn/__init__.py,sha,0\n../../../bin/uvicorn,sha,1\nuvicorn/gone.py,,\n"),
    **dist(SITE, "Typing_Extensions", "4.1", "typing_extensions.py,,\nsix.py,,\n"),
    "app/main.py": 'import subprocess\nsubprocess.run(["git", "log"])\n# "curl"?\n',
    "app/node_modules/express/package.json": json.dumps({"name": "express", "version": "4.19.2"}),
    "app/node_modules/@types/node/package.json": json.dumps({"name": "@types/node", "version": "20.1.0"}),
    "app/node_modules/express/test/fixtures/package.json": json.dumps({"name": "fixture", "version": "1.0.0"}),
    "app/node_modules/express/node_modules/qs/package.json": json.dumps({"name": "qs", "version": "6.11.0"}),
    "app/node_modules/broken/package.json": "{",
    "app/node_modules/.package-lock.json": json.dumps({"packages": {"node_modules/@types/node": {"dev": True}}}),
    "usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.7.gemspec": "",
    "app/data": (None, 0o770, 1000, 1000),
    "app/secret": ("s", 0o600, 1000, 1000),
}
CONFIG = ImageConfig(
    os="linux",
    architecture="amd64",
    cmd=("uvicorn", "main:app"),
    working_dir="/app",
    env=(("PATH", "/usr/local/bin:/usr/bin"),),
    healthcheck=Healthcheck(("CMD-SHELL", "curl -f http://localhost/ || exit 1")),
)


@pytest.fixture(scope="module")
def facts() -> ImageFacts:
    return image_facts(CONFIG, FakeTree(FILES))


def test_language_packages(facts: ImageFacts) -> None:
    found = {(one.ecosystem, one.name, one.version) for one in facts.packages}
    assert found == {
        ("python", "uvicorn", "0.29.0"),
        ("python", "typing-extensions", "4.1"),
        ("node", "express", "4.19.2"),
        ("node", "@types/node", "20.1.0"),
        ("node", "qs", "6.11.0"),
        ("ruby", "rack", "2.2.7"),
    }
    assert [one.name for one in facts.packages if one.build_only] == ["@types/node"]


def test_python_and_its_modules(facts: ImageFacts) -> None:
    (python,) = facts.pythons
    assert (python.role, python.path) == ("program", "/usr/local/bin/python3.11")
    assert python.modules == ("six", "uvicorn")


def test_scripts_resolve_their_interpreter(facts: ImageFacts) -> None:
    (script,) = facts.scripts
    assert (script.name, script.interpreter, script.problem) == ("uvicorn", "/usr/local/bin/python3.11", "")
    without = {path: value for path, value in FILES.items() if "bin/python" not in path}
    (broken,) = image_facts(CONFIG, FakeTree(without)).scripts
    assert "/usr/local/bin/python3.11 is not there" in broken.problem


def test_files_have_owner_mode_and_content(facts: ImageFacts) -> None:
    secret = facts.files["app/secret"]
    assert (secret.uid, secret.mode & 0o7777, secret.owner, len(secret.digest)) == (1000, 0o600, "", 64)
    assert (facts.files["usr/bin/curl"].owner, facts.files["usr/bin/curl"].digest) == ("curl", "")
    assert facts.files["app/data"].kind == "dir"


def test_what_is_taken_for_granted(facts: ImageFacts) -> None:
    around = facts.surroundings
    assert (around.locales, around.zones, around.local_zone) == (("de_DE.utf8",), ("Europe/Berlin",), "Europe/Berlin")
    assert (len(around.authorities), around.loader_cache, around.fonts) == (2, None, ("DejaVuSans.ttf",))


def test_accounts(facts: ImageFacts) -> None:
    assert [(one.name, one.uid) for one in facts.accounts] == [("root", 0), ("app", 1000)]
    assert facts.groups[1].members == ("app", "root")


def test_programs_that_are_called(facts: ImageFacts) -> None:
    assert {"curl", "git", "uvicorn", "python"} <= set(facts.programs)
    called = {(one.program, one.where) for one in facts.mentions}
    assert ("curl", "image config HEALTHCHECK") in called
    assert ("git", "/app/main.py") in called
    assert ("uvicorn", "image config CMD") in called


def test_os_packages(facts: ImageFacts) -> None:
    assert facts.os_packages is not None
    assert [(one.name, one.version) for one in facts.os_packages] == [("curl", "7.88.1-10"), ("gcc-12", "12.2.0-14")]


def broken(**changes: object) -> list[str]:
    """Names of the differences after files were changed; None removes one."""
    files = {path: value for path, value in FILES.items() if path not in changes or changes[path] is not None}
    files |= {path: value for path, value in changes.items() if value is not None}
    before = Observation("a", image_facts(CONFIG, FakeTree(FILES)))
    verdict = compare(before, Observation("b", image_facts(CONFIG, FakeTree(files))))
    return [one.name for one in (*verdict.differences, *verdict.doubts)]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"app/secret": None}, "files > app/secret > missing"),
        ({"app/secret": ("t", 0o600, 1000, 1000)}, "files > app/secret > content"),
        ({"app/secret": ("s", 0o644, 1000, 1000)}, "files > app/secret > mode"),
        ({"app/data": (None, 0o770, 0, 0)}, "files > app/data > owner"),
        ({"usr/bin/curl": None}, "programs > curl"),
        ({"usr/bin/git": None}, "programs > git"),
        ({"usr/local/bin/uvicorn": None}, "console scripts > uvicorn"),
        ({"etc/ssl/certs/ca-certificates.crt": None}, "surroundings > CA certificates"),
        ({"usr/share/zoneinfo/Europe/Berlin": None}, "surroundings > time zones"),
        ({"etc/localtime": None}, "surroundings > local time zone"),
        ({"usr/lib/locale/de_DE.utf8/LC_CTYPE": None}, "surroundings > locales > de_DE.utf8"),
        ({"etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"}, "users > app"),
        ({f"{SITE}/six.py": None}, f"files > {SITE}/six.py > missing"),
    ],
)
def test_broken_trees_are_named(changes: dict[str, object], name: str) -> None:
    assert name in broken(**changes)


def test_an_unbroken_tree_is_the_same() -> None:
    assert broken() == []


def test_a_moved_site_packages_is_the_same() -> None:
    moved: dict[str, object] = {}
    for path, value in FILES.items():
        if path == "usr/local/bin/uvicorn":
            moved["opt/venv/bin/uvicorn"] = ("#!/opt/venv/bin/python\nimport x\n", 0o755, 0, 0)
        else:
            moved[path.replace(SITE, VENV)] = value
    moved |= {"opt/venv/pyvenv.cfg": "home = /usr/local/bin\n", "opt/venv/bin/python": "-> /usr/local/bin/python3.11"}
    config = replace(CONFIG, env=(("PATH", "/opt/venv/bin:/usr/local/bin:/usr/bin"),))
    before = Observation("a", image_facts(CONFIG, FakeTree(FILES)))
    after = Observation("b", image_facts(config, FakeTree(moved)))
    verdict = compare(before, after)
    assert [one.name for one in verdict.differences] == []
    assert str(verdict) == "SAME up to L4"
    (python,) = after.facts.pythons
    assert (python.path, python.modules) == ("/opt/venv/bin/python", ("six", "uvicorn"))


def test_a_gone_compiler_is_no_difference() -> None:
    status = STATUS.split("\n\n", maxsplit=1)[0] + "\n\n"
    info = "var/lib/dpkg/info/gcc-12.list"
    names = broken(**{"usr/bin/gcc-12": None, "var/lib/dpkg/status": status, info: None, "etc/links/cc": None})
    assert names == []


def test_packages_are_ordered() -> None:
    assert LanguagePackage("node", "a", "1") < LanguagePackage("python", "a", "1")


def test_go_source_is_the_programs_own_wherever_it_lies() -> None:
    source = 'package main\nimport ("os"; "os/exec")\nfunc f() { os.Create("x"); exec.Command("/usr/bin/git").Run() }\n'
    facts = image_facts(CONFIG, FakeTree({**FILES, "go/src/app/main.go": source}))
    assert any(one.program == "git" and one.command for one in facts.mentions)
    assert facts.writes == "/go/src/app/main.go"


def test_calls_of_libraries_are_read_from_the_texts_themselves() -> None:
    calls = "import subprocess\nsubprocess.run(['which', 'x'])\n"
    tree = {
        **FILES,
        "usr/bin/which": ("x", 0o755, 0, 0),
        f"{SITE}/kit/find.py": calls,
        f"{SITE}/pip/find.py": calls.replace("which", "gcc-12"),
        f"{SITE}/kit/tests/find.py": calls.replace("which", "gcc-12"),
    }
    found = [one for one in image_facts(CONFIG, FakeTree(tree)).mentions if one.library]
    assert [(one.program, one.where) for one in found] == [("which", f"/{SITE}/kit/find.py")]
    assert image_facts(CONFIG, FakeTree(tree), asked=False).mentions == ()
