"""The closure of made-up images: everything in it has its reason, and what is not asked for is not in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from elf.trees import MemoryTree, Node, elf, link, program
from lightship.closure import Closure, closure, roots
from lightship.elf import DirectoryTree
from lightship.oci.model import ImageConfig

LIB = "usr/lib/x86_64-linux-gnu"
PY = "usr/local/lib/python3.11"
LOADER = "/lib64/ld-linux-x86-64.so.2"


def binary(*needed: str, tail: bytes = b"") -> Node:
    return program(elf(kind=3, interpreter=LOADER, needed=(*needed, "libc.so.6"), tail=tail))


BASE: dict[str, str | bytes | Node] = {
    "lib64/ld-linux-x86-64.so.2": program(elf()),
    "lib": link("usr/lib"),
    "bin": link("usr/bin"),
    "sbin": link("usr/sbin"),
    f"{LIB}/libc.so.6": elf(soname="libc.so.6"),
    "usr/bin/dash": binary(),
    "usr/bin/sh": link("dash"),
    "usr/bin/env": binary(),
    "usr/bin/git": binary("libpcre.so.3"),
    f"{LIB}/libpcre.so.3": link("libpcre.so.3.13"),
    f"{LIB}/libpcre.so.3.13": elf(soname="libpcre.so.3", needed=("libc.so.6",)),
    "usr/bin/curl": binary(),
    "usr/bin/ffmpeg": binary(),
    "usr/bin/unused": binary(),
    "usr/sbin/ldconfig": program(elf(kind=2)),
    "usr/local/bin/python3.11": binary("libpython3.11.so.1.0"),
    "usr/local/bin/python3": link("python3.11"),
    f"{LIB}/libpython3.11.so.1.0": elf(needed=("libc.so.6",)),
    f"{PY}/os.py": "import os",
    f"{PY}/webbrowser.py": "import subprocess\nsubprocess.run(['unused'])",
    f"{PY}/lib-dynload/_sqlite3.so": elf(needed=("libsqlite3.so.0",)),
    f"{PY}/site-packages/empty/__init__.py": "",
    f"{LIB}/libsqlite3.so.0": elf(needed=("libc.so.6",)),
}


def made_up(cmd: list[str], files: dict[str, str | bytes | Node], *trees: str, without: str = "") -> Closure:
    tree = MemoryTree(BASE | files)
    config = ImageConfig(cmd=tuple(cmd), working_dir="/app", env=(("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin"),))
    found = closure(tree, roots(config, tree, trees=trees), config, without=[without] if without else [])
    for path in found:
        assert tree.get(path) is not None, path
        chain = found.chain(path)
        assert chain[-1][1].via == "", found.explain(path)
    return found


def test_a_program_its_loader_its_libraries_and_the_links_to_them() -> None:
    found = made_up(["git"], {})
    assert set(found) == {
        "usr/bin/git",
        "lib",
        "lib64/ld-linux-x86-64.so.2",
        f"{LIB}/libc.so.6",
        f"{LIB}/libpcre.so.3",
        f"{LIB}/libpcre.so.3.13",
    }
    assert found.certain == set(found)
    assert found.explain(f"{LIB}/libpcre.so.3.13") == (
        f"{LIB}/libpcre.so.3.13 <- needed libpcre.so.3 by usr/bin/git <- root git"
    )
    assert found.reasons[f"{LIB}/libpcre.so.3"].kind == "symlink"


def test_scripts_and_what_they_call() -> None:
    found = made_up(
        ["/app/start.sh"],
        {
            "app/start.sh": program(
                '#!/usr/bin/env sh\nset -e\n. ./lib.sh\nif x; then curl -f "$URL"; fi\nexec "$@"\n'
            ),
            "app/lib.sh": "helper() { git status; }\nhelper\nnot-there\n",
        },
    )
    assert {"usr/bin/env", "bin", "usr/bin/sh", "usr/bin/dash", "usr/bin/curl", "app/lib.sh", "usr/bin/git"} >= {
        path for path in found if not path.startswith(("lib", LIB, "app/start"))
    }
    assert {"usr/bin/curl", "usr/bin/git", "usr/bin/dash", "usr/bin/env"} <= found.certain
    assert "usr/bin/unused" not in found
    assert {(gone.kind, gone.name) for gone in found.unresolved} == {("program", "not-there"), ("program", "x")}


def test_a_python_interpreter_brings_its_library() -> None:
    found = made_up(["python3", "main.py"], {"app/main.py": "import helper", "app/helper.py": ""})
    assert {f"{PY}/os.py", f"{PY}/lib-dynload/_sqlite3.so", f"{LIB}/libsqlite3.so.0"} <= found.certain
    assert {"app/main.py", "app/helper.py", "usr/local/bin/python3", "usr/local/bin/python3.11"} <= found.certain
    # What the standard library may start it does without.
    assert "usr/bin/unused" not in found


def test_a_virtual_environment_brings_the_interpreter_it_was_made_of() -> None:
    site = "opt/venv/lib/python3.11/site-packages"
    found = made_up(
        ["/opt/venv/bin/gunicorn", "app:app"],
        {
            "opt/venv/pyvenv.cfg": "home = /usr/local/bin\nversion = 3.11.2\n",
            "opt/venv/bin/python": link("/usr/local/bin/python3.11"),
            "opt/venv/bin/gunicorn": program("#!/opt/venv/bin/python\nfrom gunicorn.app import run\nrun()"),
            f"{site}/gunicorn/app.py": "",
            f"{site}/_psycopg.so": elf(needed=("libpq.so.5",)),
            f"{site}/mine.pth": "/srv/code\nimport something\n",
            f"{site}/other.egg-link": "/srv/egg\n.\n",
            f"{site}/__editable___x_finder.py": "MAPPING = {'x': '/srv/editable/x'}",
            f"{site}/y.dist-info/direct_url.json": json.dumps({"dir_info": {"editable": True}, "url": "file:///srv/y"}),
            "srv/code/a.py": "",
            "srv/egg/b.py": "",
            "srv/editable/x/c.py": "",
            "srv/y/d.py": "",
            "srv/unrelated/e.py": "",
            f"{LIB}/libpq.so.5": elf(),
        },
    )
    assert {
        "opt/venv/pyvenv.cfg",
        "opt/venv/bin/python",
        "usr/local/bin/python3.11",
        f"{PY}/os.py",
        f"{site}/gunicorn/app.py",
        f"{LIB}/libpq.so.5",
        "srv/code/a.py",
        "srv/egg/b.py",
        "srv/editable/x/c.py",
        "srv/y/d.py",
    } <= found.certain
    assert "srv/unrelated/e.py" not in found


def test_names_in_python_source() -> None:
    source = """
import ctypes, ctypes.util, subprocess, shutil, os
ctypes.CDLL("libpcre.so.3")
ctypes.util.find_library("magic")
subprocess.run(["git", "status"], check=True)
CMD = ["curl", "-f"]
if shutil.which("ffmpeg"): pass
os.system("absent --now")
"""
    magic = {f"{LIB}/libmagic.so.1": elf(soname="libmagic.so.1")}
    found = made_up(["python3", "main.py"], {"app/main.py": source, "etc/ld.so.cache": b"", **magic})
    for path in ("git", "curl", "ffmpeg", "dash"):
        assert found.reasons[f"usr/bin/{path}"].kind == "called"
        assert found.reasons[f"usr/bin/{path}"].certain, "what the program's own source calls is needed"
    assert f"{LIB}/libpcre.so.3.13" in found
    assert found.reasons[f"{LIB}/libmagic.so.1"].kind == "dlopen"
    assert {"usr/sbin/ldconfig", "etc/ld.so.cache"} <= found.possible
    beside = made_up(["python3", "main.py"], {"app/main.py": "", "app/setup.py": source}, "app")
    assert {"usr/bin/git", "usr/bin/curl", "usr/bin/ffmpeg"} <= beside.possible, "what only builds it may call them"
    assert "absent" in {gone.name for gone in found.unresolved}


def test_names_in_libraries_are_possible_and_what_is_left_out_asks_for_nothing() -> None:
    library = {f"{PY}/site-packages/tool/x.py": "import subprocess\nsubprocess.check_output('git log', shell=True)"}
    assert "usr/bin/git" in made_up(["python3"], library).possible
    assert "usr/bin/git" not in made_up(["python3"], library, without=f"/{PY}/site-packages/tool")


def test_prose_in_a_library_calls_none_of_its_words() -> None:
    source = "import subprocess\n\ndef run(line):\n    subprocess.run(line, shell=True)\n\n"
    path = f"{PY}/site-packages/tool/x.py"
    told = made_up(["python3"], {path: source + "fail('The input --stream is no git in --sync mode')\n"})
    assert "usr/bin/git" not in told.possible
    timed = made_up(["python3"], {path: source + "run('time git --version')\n"})
    assert "usr/bin/git" in timed.possible


@pytest.mark.parametrize("folder", ["tests", "core/tests", "distutils", "_pyinstaller"])
def test_tests_and_builders_of_a_distribution_call_nothing(folder: str) -> None:
    source = "import subprocess\nsubprocess.check_output('git log', shell=True)"
    path = f"{PY}/site-packages/tool/{folder}/x.py"
    assert "usr/bin/git" not in made_up(["python3"], {path: source}).possible
    assert "usr/bin/git" not in made_up(["python3"], {f"{PY}/site-packages/setuptools/_vendor/scm.py": source}).possible
    top = f"{PY}/site-packages/{folder.rpartition('/')[2]}/x.py"
    assert "usr/bin/git" in made_up(["python3"], {top: source}).possible, "a package of that name is one like any other"


def test_names_in_binaries() -> None:
    opened = binary(tail=b"\0dlopen\0\0libpcre.so.3\0libnothere.so.9\0")
    found = made_up(["opener"], {"usr/bin/opener": opened})
    assert f"{LIB}/libpcre.so.3.13" in found.possible
    assert found.unresolved == ()


def test_node_programs() -> None:
    found = made_up(
        ["npm", "start"],
        {
            "usr/local/bin/node": binary(),
            "usr/local/bin/npm": link("../lib/node_modules/npm/bin/npm-cli.js"),
            "usr/local/lib/node_modules/npm/bin/npm-cli.js": program("#!/usr/bin/env node\nrequire('../lib')"),
            "usr/local/lib/node_modules/npm/lib/index.js": "",
            "usr/local/lib/node_modules/npm/package.json": "{}",
            "usr/local/lib/node_modules/corepack/x.js": "",
            "app/package.json": json.dumps({"scripts": {"start": "node src/server.js && curl x"}}),
            "app/src/server.js": "require('express'); require('child_process').execFile('git', ['log'])",
            "app/node_modules/express/index.js": "",
            "app/node_modules/sharp/build/sharp.node": elf(needed=("libpcre.so.3",)),
        },
    )
    assert {
        "usr/local/bin/node",
        "usr/local/bin/npm",
        "usr/local/lib/node_modules/npm/lib/index.js",
        "app/node_modules/express/index.js",
        f"{LIB}/libpcre.so.3.13",
        "usr/bin/curl",
    } <= found.certain
    assert "usr/bin/git" in found.certain
    assert "usr/local/lib/node_modules/corepack/x.js" not in found


def test_trees_are_whole_with_empty_directories_links_and_libraries() -> None:
    found = made_up(
        [],
        {
            "srv/data/empty": Node("", "dir", 0o700),
            "srv/data/current": link("/var/lib/model/v1"),
            "srv/data/dangling": link("nowhere"),
            "srv/data/module.so": elf(needed=("libpcre.so.3", "libabsent.so.1")),
            "var/lib/model/v1/weights": b"1",
            "srv/data/everything": link("/usr/lib"),
        },
        "srv/data",
        "/etc/nothing",
    )
    assert {
        "srv/data/empty",
        "srv/data/current",
        "srv/data/dangling",
        "var/lib/model/v1/weights",
        f"{LIB}/libpcre.so.3.13",
    } <= found.certain
    assert f"{LIB}/libsqlite3.so.0" not in found
    assert {(gone.kind, gone.name) for gone in found.unresolved} == {
        ("library", "libabsent.so.1"),
        ("root", "etc/nothing"),
    }


def test_libraries_inside_of_trees_are_libraries() -> None:
    site = f"{PY}/site-packages"
    files: dict[str, str | bytes | Node] = {
        f"{PY}/pydoc.py": "import subprocess\nsubprocess.run(['unused'])",
        f"{site}/x/run.sh": program("#!/bin/sh\ngit log\n"),
        f"{site}/x/tool": program(elf(kind=2, interpreter=LOADER, needed=("libsqlite3.so.0",))),
        "usr/local/bin/mine": program("#!/bin/sh\ncurl x\n"),
    }
    found = made_up([], files, "usr/local")
    assert {f"{PY}/pydoc.py", f"{site}/x/run.sh", f"{LIB}/libsqlite3.so.0", "usr/bin/curl"} <= found.certain
    assert "usr/bin/git" in found.possible
    assert "usr/bin/unused" not in found


def test_single_files_as_trees() -> None:
    found = made_up([], {"opt/run.sh": program("#!/bin/sh\ncurl x"), "opt/beside": b""}, "opt/run.sh")
    assert {"opt/run.sh", "usr/bin/curl", "usr/bin/dash"} <= found.certain
    assert "opt/beside" not in found


def test_supervisors() -> None:
    found = made_up(
        ["supervisord", "-c", "/etc/my.conf"],
        {
            "usr/bin/supervisord": program("#!/usr/local/bin/python3\nimport supervisor"),
            "etc/my.conf": "[include]\nfiles = conf.d/*.ini\n",
            "etc/conf.d/web.ini": "[program:web]\ncommand=/usr/bin/env git --daemon\n",
        },
    )
    assert {"etc/my.conf", "etc/conf.d/web.ini", "usr/bin/env", "usr/bin/git"} <= found.certain


def test_preloaded_libraries() -> None:
    found = made_up(["curl"], {"etc/ld.so.preload": "/opt/jemalloc.so\n", "opt/jemalloc.so": elf()})
    assert {"etc/ld.so.preload", "opt/jemalloc.so"} <= found.certain


@pytest.mark.parametrize("script", ["#!/bin/absent\n", "#!", "#!/usr/bin/env\n", "#!/usr/bin/env -S\n", "\0" * 600])
def test_odd_scripts(script: str) -> None:
    made_up(["/app/x"], {"app/x": program(script)})


def test_this_machines_git() -> None:
    tree = DirectoryTree(Path("/"))
    if tree.get("usr/bin/git") is None:
        pytest.skip("no git here")
    found = closure(tree, roots(ImageConfig(cmd=("git",)), tree), ImageConfig())
    assert any("/libpcre2" in path or "/libz.so" in path for path in found.certain)
    assert all(gone.kind != "library" or not gone.certain for gone in found.unresolved)


def test_code_that_was_installed_from_a_folder_is_the_projects_own() -> None:
    site = f"{PY}/site-packages"
    source = (
        "import subprocess\ndef call(name): subprocess.run([name])\n"
        "TOOLS = {'check': 'curl --fail', 'save': 'git add .'}\n"
    )
    record = "harbour/tools.py,sha256=x,1\nharbour-1.dist-info/RECORD,,\n../../../bin/harbour,,\n"
    installed = {f"{site}/harbour/tools.py": source, f"{site}/harbour-1.dist-info/RECORD": record}
    config = ImageConfig(cmd=("python3", "-m", "harbour"), env=(("PATH", "/usr/local/bin:/usr/bin"),))

    def called(url: str) -> set[str]:
        tree = MemoryTree({**BASE, **installed, f"{site}/harbour-1.dist-info/direct_url.json": url})
        # As the split gathers them: each package is a tree of its own.
        found = closure(tree, roots(config, tree, trees=[f"{site}/harbour", f"{site}/harbour-1.dist-info"]), config)
        return {"usr/bin/git", "usr/bin/curl"} & set(found)

    assert called('{"url": "file:///src", "dir_info": {}}') == {"usr/bin/git", "usr/bin/curl"}
    assert called('{"url": "https://example.org/harbour.whl", "archive_info": {}}') == set()


def test_commands_in_data_count_where_the_program_starts_what_it_is_given() -> None:
    server = "const { execSync } = require('child_process')\nexecSync(languages[name].compile)\n"
    data = {
        "app/languages.json": '{"c": {"compile": "git -O2 -o main", "kind": "unused"}}',
        "app/tools.yaml": "check: curl --fail x\nkind: unused\n",
        "app/docker-compose.yml": "command: ffmpeg -i x\n",
    }
    found = made_up(["node", "server.js"], {"usr/local/bin/node": binary(), "app/server.js": server, **data}, "app")
    assert {"usr/bin/git", "usr/bin/curl"} <= found.certain
    assert not {"usr/bin/unused", "usr/bin/ffmpeg"} & set(found)
    quiet = made_up(["node", "server.js"], {"usr/local/bin/node": binary(), "app/server.js": "", **data}, "app")
    assert "usr/bin/git" not in quiet


def test_what_a_bundle_says_is_only_possible() -> None:
    server = "require('child_process').execFile('git', ['log'])\n"
    for size, certain in ((0, True), (300 << 10, False)):
        files = {"usr/local/bin/node": binary(), "app/server.js": server + "//" + "x" * size}
        found = made_up(["node", "server.js"], files, "app")
        assert found.reasons["usr/bin/git"].certain is certain


def test_what_a_package_calls_is_only_possible() -> None:
    files = {"usr/share/tool/main.py": "import subprocess\nsubprocess.run(['git', 'log'])"}
    tree = MemoryTree(BASE | files)
    found = closure(tree, roots(ImageConfig(), tree, trees=["usr/share/tool"]), made=lambda path: False)
    assert "usr/bin/git" in found.possible


def test_what_the_authors_of_a_node_package_use_is_not_looked_into() -> None:
    calls = "require('child_process').execFileSync('git')"
    package = "app/node_modules/cpu"
    files = {
        "usr/local/bin/node": binary(),
        "app/server.js": "require('cpu')",
        f"{package}/package.json": '{"main": "lib/index.js"}',
        f"{package}/lib/index.js": "",
        f"{package}/etc/prepare.js": calls,
        f"{package}/deps/x/run.sh": program("#!/bin/sh\ncurl x\n"),
    }
    assert not {"usr/bin/git", "usr/bin/curl"} & set(made_up(["node", "server.js"], files, "app"))
    builder = {**files, "app/node_modules/node-gyp/lib/find.js": calls}
    assert "usr/bin/git" not in made_up(["node", "server.js"], builder, "app")
    named = {**files, f"{package}/package.json": '{"main": "./etc/prepare.js"}'}
    assert "usr/bin/git" in made_up(["node", "server.js"], named, "app")


@pytest.mark.parametrize("source", ["require('../etc/prepare')", "require(join(__dirname, '..', 'etc', 'prepare.js'))"])
def test_a_folder_that_a_node_packages_own_code_names_is_looked_into(source: str) -> None:
    package = "app/node_modules/cpu"
    files = {
        "usr/local/bin/node": binary(),
        "app/server.js": "require('cpu')",
        f"{package}/package.json": '{"main": "lib/index.js"}',
        f"{package}/lib/index.js": source,
        f"{package}/etc/prepare.js": "require('child_process').execFileSync('git')",
        f"{package}/tools/release.js": "require('child_process').execFileSync('curl')",
        f"{package}/node_modules/other/index.js": "require('./tools/x')",
    }
    found = made_up(["node", "server.js"], files, "app")
    assert "usr/bin/git" in found
    assert "usr/bin/curl" not in found, "what a package of the package names is its own"
