"""A first Dockerfile for Go: a static program on distroless, or with cgo on a base that has the C library."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from lightship.messages import said
from lightship.projects.emission import copy, last_steps
from lightship.projects.files import READS_PORT, Project
from lightship.projects.go_source import (
    GoFile,
    cgo_file,
    go_files,
    linked_libraries,
    main_packages,
    reached,
    read_at_run_time,
    started_programs,
    stated_port,
)
from lightship.projects.ignored import ignored
from lightship.projects.model import Entry, Fact, Plan, StagePlan, Step, Wishes, chosen_entry, refusal
from lightship.projects.start import procfile, start_of
from lightship.projects.versions import tested_version

NAME = "go"
STATIC = "gcr.io/distroless/static-debian12"
WITH_C = "gcr.io/distroless/base-debian12"
WITH_CXX = "gcr.io/distroless/cc-debian12"
WITH_SHELL = "debian:bookworm-slim"
CGO_MODULES = {
    "github.com/mattn/go-sqlite3": WITH_C,
    "github.com/confluentinc/confluent-kafka-go": WITH_C,
    "github.com/marcboeker/go-duckdb": WITH_CXX,
}
"""Modules that do nothing without cgo and bring along all that they link to besides the C and C++ libraries."""


def is_go(project: Project) -> bool:
    """Whether the folder holds a Go module."""
    return "go.mod" in project.files


def plan_go(project: Project, wishes: Wishes) -> Plan:
    """The stages. Raises UnknownError when version, main package or libraries are not clear."""
    module = project.text("go.mod")
    if module is None:
        raise refusal("there is no go.mod", where=str(project.folder), help="`go mod init MODULE` writes one")
    if project.has("go.work"):
        raise refusal(
            "a Go workspace holds several modules",
            where=project.where("go.work"),
            help="name the folder of one module that stands alone, or write the Dockerfile by hand",
        )
    named = re.search(r"^module\s+\"?([^\s\"]+)", module, re.MULTILINE)
    path = named[1] if named else "app"
    every = go_files(project)
    binary, entry = _entry(project, path, every, wishes)
    files = reached(every, path, "" if entry.path == "." else entry.path)
    entry = replace(entry, port=stated_port(files), reads_port=any(READS_PORT.search(one.code) for one in files))
    why_cgo, runtime = _runtime_base(project, module, files)
    base, why = _base(project, module, wishes, needs_c=bool(why_cgo))
    steps = (Step("WORKDIR /src"), *_source(project, module), _build(entry.name, binary, why_cgo))
    builder = StagePlan("builder", base, f"{why}\nBuilding happens in this stage, which is not shipped.", steps)
    programs = started_programs(files)
    reason = (
        why_cgo or "The program is static, so it needs no C library; certificates and time zones are in this image."
    )
    notes = list(entry.notes)
    certificates: tuple[Step, ...] = ()
    if programs or entry.argv[0] == "/bin/sh":
        names = ", ".join(f"{name} ({where})" for name, where in programs) or "a shell (--command)"
        reason, runtime = (
            f"The program starts other programs: {names}; this image has a shell and the core tools.",
            WITH_SHELL,
        )
        bundle = "/etc/ssl/certs/ca-certificates.crt"
        certificates = (Step(f"COPY --from=builder {bundle} {bundle}", "What TLS connections are checked against."),)
        if programs:
            notes.append(f"the program starts {names}: see that {runtime} has them, or install their packages there")
    else:
        reason += "\nlightship ignore=untagged_image its name holds the Debian release; there are no versioned tags"
    read = read_at_run_time(project, files)
    final = (
        *certificates,
        *_files_read(project, read),
        Step(f"COPY --from=builder {binary} {binary}", "The program."),
        *last_steps(entry, wishes, runtime),
    )
    return Plan(
        NAME, (builder, StagePlan("runtime", runtime, reason, final)), entry, ignored(project, NAME), tuple(notes)
    )


def _entry(project: Project, module: str, files: tuple[GoFile, ...], wishes: Wishes) -> tuple[str, Entry]:
    """The path that the program gets in the image, and how it is started; its name is that of the main package."""
    mains = main_packages(files)
    if not mains:
        raise refusal(
            "no package main with a func main", where=str(project.folder), help="a library has nothing to start"
        )
    named = re.sub(r"/v\d+$", "", module)
    entries = [
        Entry(f"./{folder}" if folder else ".", (posixpath.basename(folder or named),), "package main", folder or ".")
        for folder in mains
    ]
    found = entries
    started = {posixpath.basename(one.argv[0]): one for one in procfile(project, wishes)}
    by_process = [one for one in entries if one.argv[0] in started]
    if len(entries) > 1 and len(by_process) == 1:
        found = by_process
    one = chosen_entry(found, entries, wishes, str(project.folder))
    binary = f"/usr/local/bin/{one.argv[0]}"
    where = "the module's own package" if one.name == "." else f"package {one.name}"
    if not wishes.command:
        process = started.get(one.argv[0])
        words = process.argv[1:] if process is not None else ()
        why = f"{process.why}: {where}" if process is not None else f"{where}, the only program here"
        if len(entries) > 1 and process is None:
            why = f"--entry: {where}"
        return binary, Entry(one.name, (binary, *words), why, one.path)
    start = start_of(wishes.command.strip())
    argv = (binary, *start.argv[1:]) if posixpath.basename(start.argv[0]) == one.argv[0] else start.argv
    return binary, Entry(one.name, argv, "--command", one.path, environment=start.environment)


def _base(project: Project, module: str, wishes: Wishes, *, needs_c: bool) -> tuple[str, str]:
    release = "bookworm"
    if wishes.base:
        if needs_c and release not in wishes.base:
            raise refusal(
                "with cgo both stages must be of one Debian release",
                where=f"--base {wishes.base}",
                why=said(
                    "the final stage is on Debian 12 ({release}), where a newer C library than its own is not there",
                    release=release,
                ),
                help=said("name a tag that ends in -{release}, such as golang:1.22-{release}", release=release),
            )
        return wishes.base, "The image that --base names."
    line = re.search(r"^(go|toolchain)\s+(?:go)?(\d+\.\d+)\S*\s*$", module, re.MULTILINE)
    chain = re.search(r"^toolchain\s+go(\d+\.\d+)", module, re.MULTILINE)
    version = Fact(line[2], "the go line in go.mod", "its newest release") if line else None
    version = Fact(chain[1], "the toolchain line in go.mod", "its newest release") if chain else version
    version = version or tested_version(project, "go")
    if version is None:
        raise refusal(
            "no version of Go is stated",
            where=project.where("go.mod"),
            why="there is no line `go 1.X`",
            help="say it: --base golang:1.X, or run `go mod edit -go=1.X`",
        )
    suffix = f"-{release}" if needs_c else ""
    return f"golang:{version.value}{suffix}", f"Go {version.value}, from {version.reason}."


def _runtime_base(project: Project, module: str, files: tuple[GoFile, ...]) -> tuple[str, str]:
    """Why the program needs the C library (empty: it does not), and the image that it runs on."""
    required = {
        name
        for name in CGO_MODULES
        if re.search(rf"^\s*(?:require\s+)?{re.escape(name)}(?:/v\d+)?\s+v", module, re.MULTILINE)
    }
    own = cgo_file(files)
    libraries = linked_libraries(files) if own is not None else ()
    if libraries:
        raise refusal(
            said("cgo links to {libraries}", libraries=", ".join(libraries)),
            where=project.where(own.path if own else "go.mod"),
            why="which packages hold it for building and for running, the source does not say",
            help="write a single-stage Dockerfile that installs them; `lightship optimize` splits it",
        )
    if own is None and not required:
        return "", STATIC
    cxx = own is not None and any(
        posixpath.dirname(one) == own.folder and one.endswith((".cc", ".cpp", ".cxx")) for one in project.files
    )
    base = WITH_CXX if cxx or any(CGO_MODULES[one] == WITH_CXX for one in required) else WITH_C
    what = f"{own.path} calls C" if own is not None else f"{min(required)} is C in parts (go.mod)"
    return f"The program needs the C library: {what}. Both stages are of the same Debian release.", base


def _source(project: Project, module: str) -> tuple[Step, ...]:
    """The steps that bring modules and source, modules first where they can be fetched alone."""
    everything = Step(copy((".",), "./"))
    outside = re.search(r"=>\s*(\.\./\S*)", module)
    if outside:
        raise refusal(
            said("a replace directive leads to {outside}, outside of the build context", outside=outside[1]),
            where=project.where("go.mod"),
            help="vendor the modules (`go mod vendor`), or write the Dockerfile for the folder that holds both",
        )
    if (project.folder / "vendor" / "modules.txt").is_file():
        return (Step(everything.text, "All modules are vendored, so nothing is fetched."),)
    if re.search(r"=>\s*\./", module):
        return (Step(everything.text, "A replace directive in go.mod leads into the source, so that comes first."),)
    if not re.search(r"^\s*(?:require\s+)?\S+\.\S+/\S+\s+v\d", module, re.MULTILINE):
        return (everything,)
    names = tuple(one for one in ("go.mod", "go.sum") if one in project.files)
    return (
        Step(copy(names, "./"), "What names the modules; they are fetched again only when this changes."),
        Step("RUN go mod download"),
        everything,
    )


def _build(package: str, binary: str, why_cgo: str) -> Step:
    why = "cgo as the source needs it" if why_cgo else "Without cgo: the program then needs no C library"
    flags = '-trimpath -ldflags="-s -w"'
    return Step(
        f"RUN CGO_ENABLED={1 if why_cgo else 0} go build {flags} -o {binary} {package}",
        f"{why}; without the symbols that only a debugger reads.",
    )


def _files_read(project: Project, read: tuple[tuple[str, str], ...]) -> tuple[Step, ...]:
    """WORKDIR and COPY for what the program may read from its working directory."""
    if not read:
        return ()
    steps = [Step("WORKDIR /app", "Relative paths in the source start here.")]
    for path, where in read:
        is_folder = (project.folder / path).is_dir()
        destination = f"./{path}/" if is_folder else f"./{path}"
        steps.append(Step(copy((path,), destination), f"Named in {where}."))
    return tuple(steps)
