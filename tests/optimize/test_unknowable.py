"""Programs that build others when they run: the tools of the build are the program's own then."""

from __future__ import annotations

from pathlib import Path

import pytest

from elf.trees import elf
from lightship.multistage import needs_of
from lightship.multistage.on_scratch import on_scratch
from lightship.multistage.packages import runtime_packages
from oci.archives import Member, file, symlink
from optimize.originals import evidence_of

STATUS = "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nSection: {section}\n\n"
CALLS = "import subprocess\nsubprocess.run(['gcc', '-o', target, source])\n"
DOCKERFILE = """FROM x
RUN apt-get install -y gcc libc6-dev
WORKDIR /app
COPY . .
RUN make
CMD ["/bin/sh", "-c", "{command}"]
"""


def made() -> list[Member]:
    packages = {"gcc": ("devel", "usr/bin/gcc"), "libc6-dev": ("libdevel", "usr/include/stdio.h")}
    status = "".join(STATUS.format(name=name, section=section) for name, (section, _) in packages.items())
    found = [file("var/lib/dpkg/status", status.encode())]
    for name, (_, path) in packages.items():
        found.append(file(f"var/lib/dpkg/info/{name}.list", f"/.\n/{path}\n".encode()))
        found.append(file(path, elf(kind=2), 0o755))
    return found


@pytest.mark.parametrize(
    ("command", "context", "builds"),
    [
        ("python main.py", {"main.py": CALLS}, True),
        ("python main.py", {"main.py": "from judge import run", "judge.py": CALLS}, True),
        (
            "node main.js",
            {"main.js": "require('./lib/judge')", "lib/judge.js": "require('child_process').spawn('gcc')"},
            True,
        ),
        ("sh /app/start.sh", {"start.sh": "#!/bin/sh\ngcc -o x x.c\n"}, True),
        ("python main.py", {"main.py": "print('gcc')"}, False),
        ("python main.py", {"main.py": "import json", "helper.py": CALLS}, False),
        ("python main.py", {"main.py": "import json", "tests/judge.py": CALLS}, False),
    ],
)
def test_what_the_project_calls_when_it_runs(
    tmp_path: Path, command: str, context: dict[str, str], builds: bool
) -> None:
    evidence = evidence_of(tmp_path, DOCKERFILE.replace("{command}", command), context, {"apt-get": made()})
    needs = needs_of(evidence)
    assert needs.builds is builds
    refused = on_scratch(evidence, needs).refused
    assert ("so that programs are built when it runs" in refused) is builds
    kept = {package.name for package in runtime_packages(evidence, needs, evidence.base_installed).install}
    assert ("libc6-dev" in kept) is builds, "a compiler alone finds no headers"


def test_a_compiler_that_no_instruction_can_use_is_for_running(tmp_path: Path) -> None:
    text = DOCKERFILE.replace("RUN make\n", "").replace("{command}", "/app/start")
    needs = needs_of(evidence_of(tmp_path, text, {"start": "x"}, {"apt-get": made()}))
    assert needs.builds
    assert needs.only_same.startswith("the Dockerfile asks for gcc and builds nothing")


def test_small_tools_that_a_library_calls_are_there(tmp_path: Path) -> None:
    """pdfkit asks which(1) where its program is; debianutils also serves the package manager."""
    status = STATUS.format(name="debianutils", section="utils")
    packages: list[Member] = [
        file("var/lib/dpkg/status", status.encode()),
        file("var/lib/dpkg/info/debianutils.list", b"/.\n/usr/bin/which.debianutils\n"),
        file("usr/bin/dpkg", b"x", 0o755),
        file("usr/bin/which.debianutils", b"#!/bin/sh\n", 0o755),
        symlink("usr/bin/which", "/etc/alternatives/which"),
        symlink("etc/alternatives/which", "/usr/bin/which.debianutils"),
    ]
    library = [
        file(
            "usr/local/lib/python3.11/site-packages/kit/find.py", b"import subprocess\nsubprocess.run(['which', 'x'])\n"
        )
    ]
    text = 'FROM x\nRUN apt-get install -y debianutils\nRUN pip install kit\nCOPY . /app\nCMD ["/bin/sh", "/app/x"]\n'
    evidence = evidence_of(tmp_path, text, {"x": "kit"}, {"apt-get": packages, "pip": library})
    needs = needs_of(evidence)
    assert "usr/bin/which.debianutils" in needs.files
    text = on_scratch(evidence, needs).text
    assert " etc/alternatives " in text, "the links to it"
    assert " usr/bin/which " in text


def test_a_second_reason_counts_where_the_first_is_the_base_images(tmp_path: Path) -> None:
    status = STATUS.format(name="pager", section="utils")
    base: list[Member] = [
        file("var/lib/dpkg/status", status.encode()),
        file("var/lib/dpkg/info/pager.list", b"/.\n/usr/bin/more\n"),
        file("usr/bin/more", elf(kind=2), 0o755),
        file("opt/a/pydoc.py", b"import os\nos.system('more')\n"),
    ]
    text = 'FROM x\nRUN pip install click\nCMD ["/bin/sh", "-c", "x"]\n'
    call = b"import subprocess\nsubprocess.run(['more'])\n"
    for installed, there in ((call, True), (b"", False)):
        folder = tmp_path / str(there)
        folder.mkdir()
        made = [file("usr/local/lib/python3.11/site-packages/click/a.py", installed)]
        assert ("usr/bin/more" in needs_of(evidence_of(folder, text, {}, {"pip": made}, base)).files) is there
