"""A first Dockerfile for Node.js: npm, Yarn, pnpm, with or without a build step."""

from __future__ import annotations

from lightship.projects.emission import apt_install, copy, environment, last_steps
from lightship.projects.files import Project, string, table
from lightship.projects.ignored import ignored
from lightship.projects.model import Fact, Plan, StagePlan, Step, Wishes, refusal
from lightship.projects.node_entries import node_entry
from lightship.projects.node_manifests import (
    Installation,
    compiled_module,
    installation,
    lifecycle,
    local_dependency,
    refuse_workspaces,
)
from lightship.projects.versions import node_version

NAME = "node"


def is_node(project: Project) -> bool:
    """Whether the folder holds a Node.js project."""
    return "package.json" in project.files


def plan_node(project: Project, wishes: Wishes) -> Plan:
    """The stages. Raises UnknownError when version, package manager or entry point are not clear."""
    if not is_node(project):
        raise refusal("there is no package.json", where=str(project.folder), help="`npm init` writes one")
    package = project.json("package.json")
    if package.get("workspaces"):
        refuse_workspaces(project, "package.json")
    base, why = _base(project, wishes)
    builds = bool(string(table(package, "scripts").get("build")))
    install = installation(project, package)
    entry = node_entry(project, package, wishes, builds=builds)
    last = last_steps(entry, wishes, base)
    production = Step(environment((("NODE_ENV", "production"),)), "Only production dependencies are in here.")
    if install is None and not builds:
        steps = (production, Step("WORKDIR /app"), _source(), *last)
        why += "\nNothing is installed, so there is nothing to build in a stage of its own."
        return Plan(NAME, (StagePlan("", base, why, steps),), entry, ignored(project, NAME), entry.notes)
    builder = StagePlan(
        "builder",
        base,
        f"{why}\nInstalling and building happen in this stage, which is not shipped.",
        tuple(_builder(project, package, install, base, builds=builds)),
    )
    whole = builds or _needs_everything(package)
    copies = (
        (
            Step(
                "COPY --from=builder /app ./",
                "What was built, and what it may read: the manifests do not say which files that are.",
            ),
        )
        if whole
        else (
            Step(
                "COPY --from=builder /app/node_modules ./node_modules",
                "Before the source: it stays in the cache when that changes.",
            ),
            _source(),
        )
    )
    runtime = StagePlan(
        "runtime",
        base,
        "The same image as above: what links to a library that is not in it fails while building, not while running.",
        (production, Step("WORKDIR /app"), *copies, *last),
    )
    notes = list(entry.notes)
    if install is not None and not install.lock:
        notes.append("there is no lock file: the same Dockerfile may install other versions tomorrow")
    return Plan(NAME, (builder, runtime), entry, ignored(project, NAME, _made(project, package)), tuple(notes))


def _source() -> Step:
    return Step(copy((".",), "./"), "The source; .dockerignore says what is left out.")


def _base(project: Project, wishes: Wishes) -> tuple[str, str]:
    if wishes.base:
        return wishes.base, "The image that --base names."
    version = node_version(project)
    if version is None:
        raise refusal(
            "no version of Node.js is stated",
            where=str(project.folder),
            why="looked in .nvmrc, .node-version, volta, .tool-versions, engines and .github/workflows",
            help='say it: --base node:MAJOR-slim, or write "engines": {"node": "MAJOR"} into package.json',
        )
    return f"node:{version.value}-slim", f"Node.js {version.value}, from {version.reason}."


def _needs_everything(package: dict[str, object]) -> str:
    """Why installing needs the source and development dependencies; empty when it does not."""
    script, local = lifecycle(package), local_dependency(package)
    if script:
        return f"scripts.{script} runs while installing and may read the source, so that comes first."
    return f"The dependency {local} is a folder of the source, so that comes first." if local else ""


def _builder(
    project: Project, package: dict[str, object], install: Installation | None, base: str, *, builds: bool
) -> list[Step]:
    steps: list[Step] = []
    compiled = compiled_module(project, package)
    if compiled and "alpine" not in base:
        why = f"{compiled}; node-gyp needs these: https://github.com/nodejs/node-gyp#on-unix"
        steps.append(apt_install(("python3", "make", "g++"), why))
    if install is not None and install.version is not None:
        steps.append(_manager(install, install.version))
    steps.append(Step("WORKDIR /app"))
    source_first = _needs_everything(package)
    everything = builds or bool(source_first)
    if install is not None:
        if source_first:
            steps.append(Step(copy((".",), "./"), source_first))
        else:
            steps.append(
                Step(
                    copy(install.files, "./"),
                    "What names the dependencies; they are installed again only when this changes.",
                )
            )
        if everything:
            kind = "development dependencies too: the build may need them"
        else:
            kind = "without development dependencies, which only building and testing need"
        locked = "Exactly what is locked" if install.lock else "The newest that fit, as nothing is locked"
        steps.append(Step(f"RUN {install.everything if everything else install.production}", f"{locked}, {kind}."))
    if not source_first:
        steps += [Step(copy((".",), "./"))] if builds else []
    if builds:
        run = install.run if install is not None else "npm run"
        steps.append(Step(f"RUN {run} build", "scripts.build in package.json."))
    if install is not None and everything:
        steps.append(Step(f"RUN {install.prune}", "Running needs no development dependencies."))
    return steps


def _manager(install: Installation, stated: Fact) -> Step:
    name = install.manager.partition(" ")[0]
    why = f"{name} {stated.value}, from {stated.reason}."
    if install.manager == "pnpm":
        return Step(f"RUN npm install --global pnpm@{stated.value}", why)
    return Step("RUN corepack enable", f"{why} Corepack fetches it.")


def _made(project: Project, package: dict[str, object]) -> tuple[str, ...]:
    """What the build makes anew, where the manifests name it."""
    found = []
    outputs = (
        string(table(project.json("tsconfig.json"), "compilerOptions").get("outDir"))
        if _plain_tsconfig(project)
        else ""
    )
    path = outputs.removeprefix("./").strip("/")
    if path and path != "." and not path.startswith("..") and string(table(package, "scripts").get("build")):
        found.append(path)
    if "next" in table(package, "dependencies"):
        found.append(".next")
    return ("", "# Made anew by the build", *found) if found else ()


def _plain_tsconfig(project: Project) -> bool:
    """Whether tsconfig.json has no comments: it may, and JSON may not."""
    from lightship.errors import InputError

    try:
        project.json("tsconfig.json")
    except InputError:
        return False
    return True
