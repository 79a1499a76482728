"""Which Pythons an image has, which one its program uses, and what can be imported there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lightship.closure.scripts import interpreter_of
from lightship.closure.surroundings import Surroundings
from lightship.evidence.observation import FileFact, PythonFact
from lightship.oci.model import ImageConfig
from lightship.probes.facts.languages import Places

_PYTHON = re.compile(r"^python(?:3(?:\.\d+)?)?$")
_TOP_LEVEL = re.compile(r"^([A-Za-z_]\w*)(?:/__init__\.py|(?:\.[\w-]+)?\.so|\.py)$")


def pythons(
    around: Surroundings, config: ImageConfig, files: Mapping[str, FileFact], places: Places
) -> tuple[PythonFact, ...]:
    """The program's own Python first, with every module that its site-packages give; then those of other venvs."""
    program = program_python(around, config)
    venvs = sorted(path.rpartition("/")[0] for path in files if path.endswith("/pyvenv.cfg"))
    modules: dict[str, set[str]] = {}
    for site, info, _ in places.dist_infos:
        home = next((venv for venv in venvs if site.startswith(f"{venv}/")), "")
        modules.setdefault(home, set()).update(_top_level(around, files, site, info))
    own = next((venv for venv in venvs if program.startswith(f"/{venv}/")), "")
    found = []
    if program:
        names = set(modules.get(own, set()))
        if own and "include-system-site-packages = true" in around.text(f"{own}/pyvenv.cfg"):
            names |= modules.get("", set())
        found.append(PythonFact("program", program, tuple(sorted(names))))
    for venv in venvs:
        if venv != own and modules.get(venv) and around.paths.is_file(f"{venv}/bin/python"):
            found.append(PythonFact(f"/{venv}", f"/{venv}/bin/python", tuple(sorted(modules[venv]))))
    return tuple(found)


def program_python(around: Surroundings, config: ImageConfig) -> str:
    """The Python that the image's command comes to: by its own name, by a script's first line, else by the PATH."""
    for word in _words(config):
        path = around.program(word)
        if path is None:
            continue
        if _PYTHON.match(word.rpartition("/")[2]):
            return f"/{path}"
        found = _by_first_line(around, path)
        if found:
            return found
    last = around.program("python3") or around.program("python")
    return f"/{last}" if last else ""


def _by_first_line(around: Surroundings, path: str) -> str:
    real = around.paths.real(path)
    shebang = interpreter_of(around.tree.read(real, 300)) if real else None
    for program in reversed(shebang.programs if shebang else ()):
        found = around.program(program)
        if found and _PYTHON.match(program.rpartition("/")[2]):
            return f"/{found}"
    return ""


def _words(config: ImageConfig) -> Iterator[str]:
    """The words of the command that may name a program; those of a shell text too."""
    for argv in (config.entrypoint or (), config.cmd or ()):
        for word in argv:
            yield from (one for one in word.split() if not one.startswith("-"))


def _top_level(around: Surroundings, files: Mapping[str, FileFact], site: str, info: str) -> set[str]:
    """Top-level names of one distribution: what RECORD lists; top_level.txt where there is no RECORD (setuptools)."""
    record = around.text(f"{info}/RECORD")
    if record:
        lines = (line.partition(",")[0].strip('"') for line in record.split("\n"))
        return {match[1] for line in lines if (match := _TOP_LEVEL.match(line)) and f"{site}/{line}" in files}
    names = around.text(f"{info}/top_level.txt").split()
    return {name for name in names if name.isidentifier()}
