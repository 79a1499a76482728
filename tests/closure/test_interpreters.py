"""Interpreters and supervisors: the directories and files that they find by themselves."""

from __future__ import annotations

from elf.trees import MemoryTree, Node, elf, link, program
from lightship.closure.node import node_trees
from lightship.closure.python import embedding_program, is_python, python_environment
from lightship.closure.runtimes import runtime_trees
from lightship.closure.scripts import interpreter_of
from lightship.closure.services import included_files, service_commands, service_files
from lightship.closure.surroundings import Surroundings, surroundings
from lightship.oci.model import ImageConfig


def around(files: dict[str, str | bytes | Node], **variables: str) -> Surroundings:
    return surroundings(MemoryTree(files), ImageConfig(env=tuple(variables.items()), working_dir="/app"))


def test_python_of_its_own_version_only() -> None:
    files: dict[str, str | bytes | Node] = {
        "usr/bin/python3.11": program(elf(kind=2)),
        "usr/bin/python3": link("python3.11"),
        "usr/lib/python3.11/os.py": "",
        "usr/lib/python3.9/os.py": "",
        "usr/lib/python3/dist-packages/x.py": "",
        "usr/local/lib/python3.11/dist-packages/y.py": "",
        "root/.local/lib/python3.11/site-packages/z.py": "",
        "opt/more/m.py": "",
    }
    found = python_environment(around(files, PYTHONPATH="/opt/more:/absent"), "usr/bin/python3")
    assert set(found.trees) == {
        "usr/lib/python3.11",
        "usr/lib/python3",
        "usr/local/lib/python3.11",
        "root/.local/lib/python3.11",
        "opt/more",
    }


def test_names_of_python() -> None:
    assert all(is_python(name) for name in ("python", "usr/bin/python3", "python3.11", "pypy3.9", "python3.13t"))
    assert not any(is_python(name) for name in ("python3-config", "ipython3", "pythonista"))
    assert embedding_program("usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0") == "usr/bin/python3.11"
    assert embedding_program("usr/local/lib/libpython3.12.so") == "usr/local/bin/python3.12"
    assert embedding_program("usr/lib/libc.so.6") == ""


def test_node_trees() -> None:
    files: dict[str, str | bytes | Node] = {
        "app/node_modules/a/index.js": "",
        "app/server/package.json": "{}",
        "app/server/src/x.js": "",
        "app/server/node_modules/b/index.js": "",
        "opt/modules/c.js": "",
    }
    place = around(files, NODE_PATH="/opt/modules")
    assert node_trees(place, "app/server/src/x.js") == ("app/server", "app/node_modules", "opt/modules")
    assert node_trees(around({"x.js": ""}), "x.js") == ()


def test_other_runtimes() -> None:
    files: dict[str, str | bytes | Node] = {
        "usr/lib/x86_64-linux-gnu/perl-base/strict.pm": "",
        "usr/share/perl5/X.pm": "",
        "usr/local/lib/ruby/3.2.0/set.rb": "",
        "srv/gems/y.rb": "",
        "usr/lib/jvm/java-17/lib/modules": b"",
        "usr/share/dotnet/host/x": b"",
    }
    place = around(files, GEM_HOME="/srv/gems")
    assert runtime_trees(place, "usr/bin/perl") == ("usr/lib/x86_64-linux-gnu/perl-base", "usr/share/perl5")
    assert runtime_trees(place, "usr/bin/perl5.36.0") == runtime_trees(place, "usr/bin/perl")
    assert runtime_trees(place, "usr/local/bin/ruby3.2") == ("usr/local/lib/ruby", "srv/gems")
    assert runtime_trees(place, "usr/lib/jvm/java-17/bin/java") == ("usr/lib/jvm/java-17",)
    assert runtime_trees(place, "usr/share/dotnet/dotnet") == ("usr/share/dotnet",)
    assert runtime_trees(place, "usr/bin/git") == ()


def test_supervisors() -> None:
    files: dict[str, str | bytes | Node] = {
        "etc/supervisor/supervisord.conf": "[include]\nfiles = /etc/supervisor/conf.d/*.conf\n",
        "etc/supervisor/conf.d/a.conf": "[program:a]\ncommand = /usr/bin/a --x\n; command=no\nautostart=true\n",
        "etc/services.d/web/run": "#!/bin/sh\n",
        "etc/cron.d/job": "# c\n*/5 * * * * root /usr/bin/job --all\n@daily x\n",
    }
    place = around(files)
    assert service_files(place, "usr/bin/supervisord") == (
        "etc/supervisor/supervisord.conf",
        "etc/supervisor/conf.d/a.conf",
    )
    assert service_files(place, "init") == ("etc/services.d/web/run",)
    assert service_files(place, "usr/bin/git") == ()
    text = place.text("etc/supervisor/supervisord.conf")
    assert included_files(place, text, "etc/supervisor/supervisord.conf") == ("etc/supervisor/conf.d/a.conf",)
    assert service_commands(place.text("etc/supervisor/conf.d/a.conf"), "a.conf") == ("/usr/bin/a --x",)
    assert service_commands(place.text("etc/cron.d/job"), "etc/cron.d/job") == ("root /usr/bin/job --all", "x")
    assert service_commands("web: gunicorn app\nworker: celery\n", "app/Procfile") == ("gunicorn app", "celery")


def test_first_lines_of_scripts() -> None:
    def programs(line: str) -> tuple[str, ...]:
        found = interpreter_of(line.encode())
        return found.programs if found else ()

    assert programs("#!/bin/sh -e\n") == ("/bin/sh",)
    assert programs("#! /usr/bin/env python3\r\n") == ("/usr/bin/env", "python3")
    assert programs("#!/usr/bin/env -S node --flag x\n") == ("/usr/bin/env", "node")
    assert programs("#!/usr/bin/env -S A=1 'deno' run\n") == ("/usr/bin/env", "deno")
    assert programs("#!/usr/bin/env --split-string=ruby -w\n") == ("/usr/bin/env", "ruby")
    assert programs("#!/usr/bin/env\n") == ("/usr/bin/env",)
    assert programs("text") == programs("#!\n") == ()
