"""Which version of a language a project states, and where. Nothing is stated: None, never a default."""

from __future__ import annotations

import re

from lightship.projects.files import Project
from lightship.projects.model import Fact

_NODE_CODENAMES = {
    "argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14",
    "gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}  # fmt: skip
"""https://github.com/nodejs/Release#release-schedule"""
_PLAIN = re.compile(r"v?(\d+(?:\.\d+){0,2})")


def version_file(project: Project, *names: str) -> Fact | None:
    """The version in a file that holds nothing else, such as ``.python-version`` or ``.nvmrc``."""
    for name in names:
        for line in (project.text(name) or "").split("\n"):
            word = line.partition("#")[0].strip()
            if not word:
                continue
            lts = _NODE_CODENAMES.get(word.removeprefix("lts/").lower())
            if lts:
                return Fact(lts, name, f"{word} is Node.js {lts}")
            match = _PLAIN.fullmatch(word.removeprefix("python-"))
            if match:
                return Fact(match[1], name)
            break
    return None


def tool_versions(project: Project, *tools: str) -> Fact | None:
    """The version in ``.tool-versions`` (asdf, mise)."""
    for line in (project.text(".tool-versions") or "").split("\n"):
        words = line.partition("#")[0].split()
        match = _PLAIN.fullmatch(words[1]) if len(words) > 1 and words[0] in tools else None
        if match:
            return Fact(match[1], ".tool-versions")
    return None


def tested_version(project: Project, language: str) -> Fact | None:
    """The one version that GitHub workflows set up; None when they set up several or none."""
    folder = project.folder / ".github" / "workflows"
    found: dict[str, str] = {}
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix in (".yml", ".yaml"))
    except OSError:
        return None
    for name in names:
        text = project.text(f".github/workflows/{name}") or ""
        for match in re.finditer(rf"^[ \t-]*{language}-version:[ \t]*(\S.*)$", text, re.MULTILINE):
            value = match[1].partition(" #")[0].strip().strip("'\"")
            plain = re.fullmatch(r"v?(\d+(?:\.\d+){0,2})(?:\.x)?", value)
            found[plain[1] if plain else ""] = name
    if len(found) != 1 or "" in found:
        return None
    ((version, name),) = found.items()
    return Fact(version, f".github/workflows/{name}", "the one version that is tested")


def python_range(text: str, where: str) -> Fact | None:
    """What ``requires-python``, or Poetry's ``python``, names: an exact version, else its lower bound."""
    for part in (one.strip() for one in text.split(",")):
        match = re.fullmatch(r"(===?|>=|~=|\^|~)?\s*(\d+\.\d+)(\.\d+)?(?:\.\d+)*(\.\*)?", part)
        if match is None:
            continue
        exact = match[1] in (None, "==", "===")
        if exact and not match[4]:
            return Fact(match[2] + (match[3] or ""), where)
        why = "" if exact else f"the lowest that `{text}` allows: no newer one is named anywhere"
        return Fact(match[2], where, why)
    return None


def node_range(text: str, where: str) -> Fact | None:
    """What ``engines.node`` names: an exact version, else a major version, the newest of several alternatives."""
    found: list[Fact] = []
    for alternative in text.split("||"):
        words = re.sub(r"(>=|<=|[<>^~=])\s+", r"\1", alternative).split()
        for word in words:
            match = re.fullmatch(r"(>=|\^|~|=)?v?(\d+)((?:\.(?:\d+|x|\*)){0,2})", word)
            if match is None:
                continue
            exact = match[1] in (None, "=") and re.fullmatch(r"(\.\d+){2}", match[3])
            open_ended = match[1] == ">=" and not any(one.startswith("<") for one in words)
            why = f"the lowest that `{text}` allows: no newer one is named anywhere" if open_ended else ""
            found.append(Fact(match[2] + (match[3] if exact else ""), where, why))
            break
    return max(found, key=lambda fact: int(fact.value.partition(".")[0])) if found else None


def python_version(project: Project) -> Fact | None:
    """The Python that a project states: what it is run with first, then what it says that it allows."""
    pyproject, pipfile = project.toml("pyproject.toml"), project.toml("Pipfile")
    requires = pipfile.get("requires")
    piped = requires if isinstance(requires, dict) else {}
    exact = piped.get("python_full_version") or piped.get("python_version")
    named = (
        version_file(project, ".python-version", "runtime.txt")
        or tool_versions(project, "python")
        or (python_range(str(exact), "Pipfile") if exact else None)
    )
    if named is not None and "." in named.value:
        return named
    stated = _nested(pyproject, "project", "requires-python")
    poetry = _nested(pyproject, "tool", "poetry", "dependencies", "python")
    return (
        (python_range(stated, "requires-python in pyproject.toml") if stated else None)
        or (python_range(poetry, "tool.poetry.dependencies.python in pyproject.toml") if poetry else None)
        or _setup_cfg(project)
        or _compiled_with(project)
        or _environment(project)
        or tested_version(project, "python")
    )


def node_version(project: Project) -> Fact | None:
    """The Node.js that a project states."""
    package = project.json("package.json")
    volta, engines = (_nested(package, one, "node") for one in ("volta", "engines"))
    return (
        version_file(project, ".nvmrc", ".node-version")
        or (node_range(volta, "volta.node in package.json") if volta else None)
        or tool_versions(project, "nodejs", "node")
        or (node_range(engines, "engines.node in package.json") if engines else None)
        or tested_version(project, "node")
    )


def _nested(value: object, *names: str) -> str:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _setup_cfg(project: Project) -> Fact | None:
    match = re.search(r"^python_requires\s*=\s*(\S.*)$", project.text("setup.cfg") or "", re.MULTILINE)
    return python_range(match[1].strip(), "python_requires in setup.cfg") if match else None


def _compiled_with(project: Project) -> Fact | None:
    """What pip-compile and uv write at the top of the requirements that they resolve."""
    text = (project.text("requirements.txt") or "")[:2000]
    match = re.search(r"pip-compile with Python (\d+\.\d+)", text, re.IGNORECASE)
    match = match or re.search(r"uv pip compile .*--python-version[ =](\d+\.\d+)", text)
    return Fact(match[1], "requirements.txt", "which was resolved for it") if match else None


def _environment(project: Project) -> Fact | None:
    """The interpreter of the virtual environment that the project is developed in."""
    for name in (".venv", "venv", "env"):
        match = re.search(
            r"^version(?:_info)?\s*=\s*(\d+\.\d+)", project.text(f"{name}/pyvenv.cfg") or "", re.MULTILINE
        )
        if match:
            return Fact(match[1], f"{name}/pyvenv.cfg", "the virtual environment beside the source")
    return None
