"""What compiled programs start: names in a C program's strings, sources of what a Go program is made of."""

from __future__ import annotations

from elf.trees import MemoryTree, Node, elf, program
from inspection.images import go_program
from lightship.closure import Closure, closure, roots
from lightship.oci.model import ImageConfig

GIT = 'package dep\nimport "os/exec"\nfunc Clone() { exec.Command("git", "clone").Run() }\n'
STARTS = b"\0os/exec.(*Cmd).Start\0example.org/dep.Clone\0main.main\0"
MOD = "go/pkg/mod/example.org/dep@v0.2.0"


def closed(files: dict[str, str | bytes | Node], **changes: bool) -> Closure:
    tree = MemoryTree({"usr/bin/git": program(elf()), "usr/bin/unused": program(elf()), **files})
    config = ImageConfig(cmd=("/app/app",), env=(("PATH", "/usr/bin"),))
    made = changes.get("made", True)
    return closure(tree, roots(config, tree), config, made=lambda path: made)


def sources(found: Closure) -> list[str]:
    return [one.name for one in found.unresolved if one.kind == "source"]


def test_go_sources_in_the_module_cache_name_what_is_started() -> None:
    own = {"src/go.mod": "module example.org/app\n", "src/main.go": "package main\n"}
    found = closed({"app/app": program(go_program() + STARTS), f"{MOD}/dep.go": GIT, **own})
    assert "usr/bin/git" in found.possible
    assert "usr/bin/unused" not in found
    assert sources(found) == []


def test_packages_that_are_not_linked_start_nothing() -> None:
    own = {"src/go.mod": "module example.org/app\n"}
    found = closed({"app/app": program(go_program() + STARTS), f"{MOD}/cmd/tool/main.go": GIT, **own})
    assert "usr/bin/git" not in found
    assert sources(found) == []


def test_a_vendored_module_and_the_programs_own_source_are_read() -> None:
    own = {"src/go.mod": "module example.org/app\n", "src/run.go": GIT.replace("git", "unused")}
    found = closed({"app/app": program(go_program() + STARTS), "src/vendor/example.org/dep/dep.go": GIT, **own})
    assert {"usr/bin/git", "usr/bin/unused"} <= found.possible
    assert sources(found) == []


def test_what_has_no_source_left_is_said() -> None:
    found = closed({"app/app": program(go_program() + STARTS)})
    assert sources(found) == ["example.org/app", "example.org/dep"]


def test_without_a_module_the_names_of_its_source_files_tell_which_source_is_its_own() -> None:
    names = STARTS + b"/go/src/app/main.go\0"
    other = {"srv/other/main.go": "package main\n"}
    assert sources(closed({"app/app": program(go_program("") + names), **other})) == ["its own source"]
    own = {**other, "go/src/app/main.go": "package main\n"}
    assert sources(closed({"app/app": program(go_program("") + names), **own})) == []


def test_a_go_program_that_starts_nothing_needs_no_source() -> None:
    assert sources(closed({"app/app": program(go_program() + b"\0main.main\0")})) == []


def test_what_a_package_brought_is_not_looked_into() -> None:
    assert sources(closed({"app/app": program(go_program() + STARTS)}, made=False)) == []


def test_the_strings_of_a_c_program_that_can_start_others() -> None:
    strings = b"\0libc.so.6\0%s\0usage: unused file\0git rev-parse HEAD\0"
    starts = program(elf(kind=2, tail=strings % b"execvp"))
    assert "usr/bin/git" in closed({"app/app": starts}).possible
    assert "usr/bin/unused" not in closed({"app/app": starts})
    assert "usr/bin/git" not in closed({"app/app": program(elf(kind=2, tail=strings % b"printf"))})
