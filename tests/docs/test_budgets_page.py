"""docs/how-to/ci-budgets.md: its commands are run on images made here, and print what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from lightship.cli import main
from oci.archives import config_of, docker_archive, file, tar

PAGE = Path(__file__).parents[2] / "docs/how-to/ci-budgets.md"
_CODE = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
_MB = 1_000_000
TELL = ' || echo "exit code $?"'


def packages(*names: str) -> bytes:
    fields = "Package: {}\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n"
    return "\n".join(fields.format(name) for name in names).encode()


def built(path: Path, *, with_curl: bool = False) -> None:
    """An image as `docker save` writes it, whose history is that of the page's Dockerfile."""
    site = "usr/local/lib/python3.11/site-packages"
    base = [file("var/lib/dpkg/status", packages("libc6")), file("usr/local/bin/python3.11", bytes(40 * _MB), 0o755)]
    installed = [file(f"{site}/flask/app.py", bytes(6 * _MB)), file("root/.cache/pip/http/0", bytes(3 * _MB))]
    source = [file("app/app.py", b"import flask\n" * 300)]
    layers, said = [base], ["/bin/sh -c #(nop) ADD file:0 in / "]
    if with_curl:
        tools = [file("var/lib/dpkg/status", packages("libc6", "curl")), file("usr/bin/curl", bytes(8 * _MB), 0o755)]
        tools.append(file("var/lib/dpkg/info/curl.list", b"/.\n/usr/bin/curl\n"))
        layers.append(tools)
        said.append("RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit")
    layers += [installed, source]
    said += ["RUN /bin/sh -c pip install flask==3.0.3 # buildkit", "COPY . /app # buildkit"]
    history: list[dict[str, Any]] = [{"created_by": text} for text in said]
    for text in ("USER 1000", 'CMD ["python", "/app/app.py"]'):
        history.append({"created_by": text, "empty_layer": True})
    raw = [tar(members) for members in layers]
    settings = {"User": "1000", "Cmd": ["python", "/app/app.py"]}
    docker_archive(path, raw, config=config_of(raw, history=history) | {"config": settings})


def test_the_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    dockerfiles = 0

    def real(match: re.Match[str]) -> str:
        nonlocal dockerfiles
        kind, shown = match.groups()
        if kind == "toml":
            (tmp_path / "lightship.toml").write_text(shown)
        if kind == "dockerfile":
            (tmp_path / "Dockerfile").write_text(shown)
            built(tmp_path / "image.tar", with_curl=dockerfiles > 0)
            dockerfiles += 1
        if kind != "console":
            return match[0]
        line = shown.split("\n", 1)[0]
        code = main(shlex.split(line.removeprefix("$ ").removesuffix(TELL))[1:])
        out = capsys.readouterr()
        assert out.err == ""
        told = f"exit code {code}\n" if code else ""
        return f"```console\n{line}\n{out.out.replace(f'{tmp_path}/', '')}{told}```"

    whole = _CODE.sub(real, text)
    assert dockerfiles == 2
    if request.config.getoption("--accept"):
        PAGE.write_text(whole, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == whole, "run make accept, or edit the code"
