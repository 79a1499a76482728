"""A first Dockerfile for Python: pip, uv, Poetry, Pipenv, or a project that is installed itself."""

from __future__ import annotations

import re

from lightship.messages import said
from lightship.projects.emission import apt_install, copy, environment, last_steps
from lightship.projects.files import Project
from lightship.projects.ignored import ignored
from lightship.projects.model import Entry, Plan, StagePlan, Step, Wishes, refusal
from lightship.projects.python_entries import python_entry
from lightship.projects.python_manifests import Dependencies, dependencies, is_installable
from lightship.projects.python_system import SystemNeed, system_needs
from lightship.projects.versions import python_version

NAME = "python"
MANIFESTS = (
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "Pipfile.lock",
    "manage.py",
)
VENV = "/opt/venv"
_NAMES_THEM = "What names the dependencies; they are installed again only when this changes."
_READ_DEPENDENCIES = (
    """python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], """
    """sep="\\n")'"""
)


def is_python(project: Project) -> bool:
    """Whether the folder holds a Python project: it has a manifest, or source and no manifest of another language."""
    if any(project.has(name) for name in MANIFESTS):
        return True
    if any(re.fullmatch(r"requirements[^/]*\.txt|requirements/[^/]+\.txt", name) for name in project.files):
        return True
    is_other = project.has("package.json") or project.has("go.mod")
    return not is_other and any(re.fullmatch(r"[^/]+\.py|[^/]+/__main__\.py", name) for name in project.files)


def plan_python(project: Project, wishes: Wishes) -> Plan:
    """The stages. Raises UnknownError when version, dependencies or entry point are not clear."""
    base, why = _base(project, wishes)
    asked = dependencies(project)
    entry = python_entry(project, asked, wishes)
    if entry.installed and not is_installable(project):
        raise refusal(
            said("{name} is there only once the project is installed, and nothing says how", name=entry.name),
            where=project.where("pyproject.toml"),
            why="there is no [build-system]",
            help="add one (https://packaging.python.org/guides/writing-pyproject-toml/), or use --command",
        )
    needs = system_needs(asked)
    _refuse_alpine(base, needs, project)
    stages: list[StagePlan] = []
    if asked.kind != "none" or entry.installed:
        steps = (*_tools(needs), *_install(project, asked, entry, base))
        reason = f"{why}\nInstalling happens in this stage, which is not shipped."
        stages.append(StagePlan("builder", base, reason, steps))
    # A console script brings all that it is along; whatever else is started may read what lies beside it.
    is_script = entry.installed and entry.argv == (entry.name,)
    runtime = _runtime(entry, needs, with_venv=bool(stages), with_source=not is_script or _in_place(asked))
    reason = (
        "The same image as above: what links to a library that is not in it fails while building, not while running."
        if stages
        else f"{why}\nNothing is installed, so there is nothing to build in a stage of its own."
    )
    name = "runtime" if stages else ""
    stages.append(StagePlan(name, base, reason, (*runtime, *last_steps(entry, wishes, base))))
    return Plan(NAME, tuple(stages), entry, ignored(project, NAME), (*entry.notes, *_notes(project, asked)))


def _base(project: Project, wishes: Wishes) -> tuple[str, str]:
    if wishes.base:
        return wishes.base, "The image that --base names."
    version = python_version(project)
    if version is None:
        raise refusal(
            "no version of Python is stated",
            where=str(project.folder),
            why="looked in .python-version, runtime.txt, .tool-versions, Pipfile, requires-python, the first lines of "
            "requirements.txt, .venv and .github/workflows",
            help="say it: --base python:X.Y-slim, or write X.Y into .python-version",
        )
    return f"python:{version.value}-slim", f"Python {version.value}, from {version.reason}."


def _refuse_alpine(base: str, needs: tuple[SystemNeed, ...], project: Project) -> None:
    if "alpine" in base and needs:
        raise refusal(
            said("{name} needs packages whose names are known for Debian only", name=needs[0].name),
            where=str(project.folder),
            why=said("--base {base} is Alpine", base=base),
            help="name an image on Debian, such as python:X.Y-slim",
        )


def _tools(needs: tuple[SystemNeed, ...]) -> tuple[Step, ...]:
    packages = tuple(dict.fromkeys(package for need in needs for package in need.build))
    if not packages:
        return ()
    why = "\n".join(
        f"{need.name} is built from source or fetched with these: {need.source}" for need in needs if need.build
    )
    return (apt_install(packages, why),)


def _install(project: Project, asked: Dependencies, entry: Entry, base: str) -> tuple[Step, ...]:
    """The steps that fill the virtual environment, dependencies before source."""
    venv = (
        Step(f"RUN python -m venv {VENV}", "All that is installed ends up in one tree, which the next stage copies."),
        Step(f'ENV PATH="{VENV}/bin:$PATH"'),
    )
    source = Step(
        copy((".",), "./"), "The source comes after the dependencies: they stay in the cache when it changes."
    )
    project_itself = (
        (source, Step("RUN pip install --no-cache-dir --no-deps .", "The project itself.")) if entry.installed else ()
    )
    if asked.kind == "uv":
        return _uv(asked, entry, venv, source)
    if asked.kind == "poetry":
        tool = f"poetry=={asked.version}" if asked.version else "poetry"
        wrote = (
            f"Poetry {asked.version}, which wrote poetry.lock"
            if asked.version
            else "Poetry; poetry.lock names no version"
        )
        return (
            Step(
                f"RUN python -m venv /opt/poetry && /opt/poetry/bin/pip install --no-cache-dir {tool}",
                f"{wrote}. It gets an environment of its own.",
            ),
            *venv,
            Step(environment((("VIRTUAL_ENV", VENV),)), "Poetry installs into the environment that this names."),
            Step("WORKDIR /src"),
            Step(copy(asked.files, "./"), _NAMES_THEM),
            Step(
                "RUN /opt/poetry/bin/poetry install --only main --no-root --no-interaction --no-cache",
                "Exactly what is locked, without development groups.",
            ),
            *project_itself,
        )
    if asked.kind == "pipenv":
        return (
            Step(
                "RUN python -m venv /opt/pipenv && /opt/pipenv/bin/pip install --no-cache-dir pipenv",
                "Pipenv, for its lock file; no version is stated. It gets an environment of its own.",
            ),
            *venv,
            Step("WORKDIR /src"),
            Step(copy(asked.files, "./"), _NAMES_THEM),
            Step(
                "RUN /opt/pipenv/bin/pipenv requirements --hash > locked.txt \\\n"
                "    && pip install --no-cache-dir -r locked.txt",
                "Exactly what is locked, checked against its hashes.",
            ),
            *project_itself,
        )
    # What is installed in place is found where it was: at the same path in both stages.
    head = (*venv, Step("WORKDIR /app" if _in_place(asked) else "WORKDIR /src"))
    if asked.kind == "requirements":
        return (*head, *_requirements(asked), *(project_itself[1:] if asked.needs_source else project_itself))
    if asked.kind == "project" and not asked.needs_source and _reads_toml(base):
        steps = (
            Step(copy(("pyproject.toml",), "./"), _NAMES_THEM),
            Step(
                f"RUN {_READ_DEPENDENCIES} > /tmp/requirements.txt \\\n"
                "    && pip install --no-cache-dir -r /tmp/requirements.txt",
                "The dependencies without the source; there is no lock file, so these are the newest that fit.",
            ),
        )
        return (*head, *steps, *project_itself)
    if not is_installable(project):
        raise refusal(
            "the dependencies cannot be installed without the project, and nothing says how that is built",
            where=project.where("pyproject.toml"),
            help="add a [build-system], or write the dependencies into requirements.txt",
        )
    why = "Its dependencies are known only when the project is built, so the source comes first."
    return (*head, Step(copy((".",), "./"), why), Step("RUN pip install --no-cache-dir ."))


def _requirements(asked: Dependencies) -> tuple[Step, ...]:
    if asked.needs_source:
        why = f"{asked.files[0]} names parts of the source, so that comes first."
        return (Step(copy((".",), "./"), why), Step(f"RUN pip install --no-cache-dir -r {asked.files[0]}"))
    folders = {name.rpartition("/")[0] for name in asked.files}
    copies = [
        Step(
            copy(
                tuple(one for one in asked.files if one.rpartition("/")[0] == folder),
                f"./{folder}/" if folder else "./",
            )
        )
        for folder in sorted(folders)
    ]
    copies[0] = Step(copies[0].text, _NAMES_THEM)
    return (*copies, Step(f"RUN pip install --no-cache-dir -r {asked.files[0]}"))


def _uv(asked: Dependencies, entry: Entry, venv: tuple[Step, ...], source: Step) -> tuple[Step, ...]:
    tool = f"uv=={asked.version}" if asked.version else "uv"
    stated = "tool.uv.required-version" if asked.version else "no version of it is stated in tool.uv.required-version"
    pairs = (("UV_PROJECT_ENVIRONMENT", VENV), ("UV_PYTHON_DOWNLOADS", "never"))
    steps = (
        Step(f"RUN pip install --no-cache-dir {tool}", f"uv: {stated}."),
        *venv,
        Step(environment(pairs), "uv installs into that environment, for this image's own interpreter."),
        Step("WORKDIR /src"),
        Step(copy(asked.files, "./"), _NAMES_THEM),
        Step(
            "RUN uv sync --frozen --no-dev --no-install-project --no-cache",
            "Exactly what is locked, without development groups.",
        ),
    )
    if not entry.installed:
        return steps
    return (*steps, source, Step("RUN uv sync --frozen --no-dev --no-editable --no-cache", "The project itself."))


def _in_place(asked: Dependencies) -> bool:
    """Whether a requirements file names parts of the source, which may be installed as links to it (``-e``)."""
    return asked.kind == "requirements" and asked.needs_source


def _reads_toml(base: str) -> bool:
    """Whether the interpreter of an image has tomllib (Python 3.11); True when the name does not tell."""
    match = re.search(r"python:3\.(\d+)", base)
    return match is None or int(match[1]) >= 11


def _runtime(entry: Entry, needs: tuple[SystemNeed, ...], *, with_venv: bool, with_source: bool) -> tuple[Step, ...]:
    steps: list[Step] = []
    libraries = tuple(dict.fromkeys(package for need in needs for package in need.run))
    if libraries:
        why = "\n".join(f"{need.name} loads a library when it runs: {need.source}" for need in needs if need.run)
        steps.append(apt_install(libraries, why))
    if with_venv:
        steps += [
            Step(f"COPY --from=builder {VENV} {VENV}", "At the same path: its scripts name it."),
            Step(f'ENV PATH="{VENV}/bin:$PATH"'),
        ]
    steps.append(Step("WORKDIR /app"))
    if with_source:
        steps.append(Step(copy((".",), "./"), "The source; .dockerignore says what is left out."))
        if entry.import_root and not entry.installed:
            path = f"/app/{entry.import_root}"
            steps.append(Step(environment((("PYTHONPATH", path),)), f"Imports start from {entry.import_root}/."))
    return tuple(steps)


def _notes(project: Project, asked: Dependencies) -> tuple[str, ...]:
    notes = []
    if asked.kind == "project" or (asked.kind == "none" and project.has("pyproject.toml")):
        notes.append("there is no lock file: the same Dockerfile may install other versions tomorrow")
    if project.has("manage.py") and any("STATIC_ROOT" in (project.text(one) or "") for one in project.sources(".py")):
        notes.append(
            "STATIC_ROOT is set: whether `manage.py collectstatic` works without your settings is not known, "
            "so it is not run in the build"
        )
    return tuple(notes)
