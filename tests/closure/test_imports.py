"""Who imports an installer's modules: every way to write it, and what looks like it and is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.closure import imported_modules
from lightship.elf import DirectoryTree

MODULES = ("pip", "setuptools", "pkg_resources")


def found(tmp_path: Path, name: str, text: str) -> dict[str, str]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    own = "site-packages/pip/"
    return dict(imported_modules(DirectoryTree(tmp_path), [name], MODULES, part=lambda one: one.startswith(own)))


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("import pkg_resources\n", "pkg_resources"),
        ("    from pkg_resources import resource_filename\n", "pkg_resources"),
        ("import os, setuptools\n", "setuptools"),
        ("from setuptools.command import build\n", "setuptools"),
        ('module = import_module("pkg_resources.extern")\n', "pkg_resources"),
        ('subprocess.run([sys.executable, "-m", "pip", "install", name])\n', "pip"),
        ("os.system(f'{sys.executable} -m pip list')\n", "pip"),
        ("try: import pkg_resources\nexcept ImportError: pass\n", "pkg_resources"),
        ("import os; import pkg_resources\n", "pkg_resources"),
        ("import sys, \\\n    pkg_resources\n", "pkg_resources"),
        ("run(sys.executable + ' -mpip install x', shell=True)\n", "pip"),
    ],
)
def test_importing_keeps(tmp_path: Path, text: str, module: str) -> None:
    assert found(tmp_path, "srv/app.py", text) == {module: "srv/app.py"}


@pytest.mark.parametrize(
    "text",
    [
        "# import pkg_resources one day\n",
        "print('pip install this to go on')\n",
        "import pipeline, setuptools_scm_like\n",
        "from pipes import quote\n",
    ],
)
def test_naming_does_not(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, "srv/app.py", text) == {}


def test_requirements_of_installed_packages_count_and_extras_do_not(tmp_path: Path) -> None:
    text = "Name: x\nRequires-Dist: setuptools (>=40)\nRequires-Dist: pip ; extra == 'dev'\n"
    assert found(tmp_path, "site-packages/x-1.dist-info/METADATA", text) == {
        "setuptools": "site-packages/x-1.dist-info/METADATA"
    }


@pytest.mark.parametrize(
    "name", ["Dockerfile", "dockerfile.dev", "api.Dockerfile", "docker-compose.prod.yml", "pyvenv.cfg"]
)
def test_what_an_image_was_made_from_does_not_count(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, f"app/{name}", "RUN python -m pip install x\ncommand = python -m pip\n") == {}
    assert found(tmp_path, "app/dockerfile_tool.py", "run('python -m pip')\n") != {}


def test_what_installs_a_project_and_the_installer_itself_do_not_count(tmp_path: Path) -> None:
    assert found(tmp_path, "srv/setup.py", "from setuptools import setup\n") == {}
    assert found(tmp_path, "site-packages/pip/main.py", "import setuptools\n") == {}


def test_a_compiled_module_that_names_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.so"
    path.write_bytes(b"\x7fELF\0PyImport_ImportModule\0uv\0")
    assert dict(imported_modules(DirectoryTree(tmp_path), ["x.so"], ["uv"], part=lambda one: False)) == {}
    for function, expected in (("PyImport_ImportModuleLevelObject", {"pkg_resources": "x.so"}), ("printf", {})):
        path.write_bytes(b"\x7fELF\0%s\0pkg_resources\0" % function.encode())
        assert dict(imported_modules(DirectoryTree(tmp_path), ["x.so"], MODULES, part=lambda one: False)) == expected


@pytest.mark.parametrize(
    ("name", "text", "module"),
    [
        ("start.sh", "python -m pip install -r /data/requirements.txt\n", "pip"),
        ("start", '#!/bin/sh\npython -c "import pkg_resources; print(1)"\n', "pkg_resources"),
        ("app/manage", "#!/usr/bin/env python3\nimport pkg_resources\n", "pkg_resources"),
        ("etc/supervisord.conf", "[program:x]\ncommand=python -m pip list\n", "pip"),
        ("app/fast.pyx", "import pkg_resources\n", "pkg_resources"),
    ],
)
def test_every_text_may_hold_a_command(tmp_path: Path, name: str, text: str, module: str) -> None:
    assert found(tmp_path, name, text) == {module: name}


def test_a_command_of_the_configuration_counts(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    assert dict(imported_modules(tree, [], MODULES, part=lambda one: False, commands=["python -m pip list"])) == {
        "pip": ""
    }


@pytest.mark.parametrize("name", ["setuptools_ext.py", "_shimmed_dist_utils.py", "distutils/core.py", "build_ext.py"])
def test_what_a_library_has_for_builds_does_not_count(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, f"lib/site-packages/cffi/{name}", "import setuptools\n") == {}
    assert found(tmp_path, f"srv/{name}", "import setuptools\n") == {"setuptools": f"srv/{name}"}


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("def late():\n    import pkg_resources\n", "pkg_resources"),
        ("from pkg_resources.extern import packaging\n", "pkg_resources"),
        ('cmd = [sys.executable, "-m", "pip", "install"]\n', "pip"),
        ('run(python, "-m", "pip")\n', "pip"),
        ('cmd = f"{sys.executable} -m pip install {name}"\n', "pip"),
        ('import importlib\nfor one in ("pkg_resources", "os"):\n    importlib.import_module(one)\n', "pkg_resources"),
        ('load = __import__\nNAME = "pkg_resources"\n', "pkg_resources"),
        ('helper = try_to_import("pkg_resources")\n', "pkg_resources"),
        ('import_module("json" if old else "pkg_resources")\n', "pkg_resources"),
        ('print(version("pip"))\n', "pip"),
        ('print(run("x -m pip list"))\n', "pip"),
        ('raise Oops(run("x -m pip list"))\n', "pip"),
        ("import pkg_resources\nprint 'a file of Python 2'\n", "pkg_resources"),
    ],
)
def test_a_library_that_imports_keeps(tmp_path: Path, text: str, module: str) -> None:
    for path in ("lib/site-packages/x/y.py", "tests/.local/lib/site-packages/x/y.py"):
        assert found(tmp_path, path, text) == {module: path}


@pytest.mark.parametrize(
    "text",
    [
        '"""To install it::\n\n    python -m pip install x\n"""\n',
        'raise ImportError(f"{name} is missing: python -m pip install {name}")\n',
        'warnings.warn("use python -m pip", stacklevel=2)\n',
        'ICONS = ["pin", "pip", "pix"]\n',
        'SKIPPED = {"setuptools", "pip"}\n',
        'if attr == "setuptools":\n    pass\n',
        'deps = project["tool"]["setuptools"]\n',
        'import_module(name) if name != "setuptools" and "pip" in tools["setuptools"] else None\n',
        "from . import pip\n",
        "from .setuptools import x\n",
    ],
)
def test_a_library_that_names_does_not(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, "lib/site-packages/x/y.py", text) == {}


@pytest.mark.parametrize("folder", ["tests", "deep/test", "_pyinstaller", ".agents"])
def test_what_lies_beside_a_library_does_not_count(tmp_path: Path, folder: str) -> None:
    assert found(tmp_path, f"lib/site-packages/x/{folder}/y.py", "import setuptools\n") == {}
