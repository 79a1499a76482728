"""Evidence from ``evidence.json``: what every layer of an image holds, described so that a person can read it.

The descriptions are written by hand, after the layout that each language's tools and images have; no engine built them,
and nothing here shows that a Dockerfile which is made of them builds or runs. Versions, hashes and sizes are made up.

    about     what is to be seen in the case
    base      the base image, on top of what ``debian.json`` holds
    made      for an instruction, named by the beginning of its text: what its layer holds; any other one makes no layer
    config    the built image's settings that are not the base image's, as the engine's ``inspect`` shows them
    kept, left, left_on_scratch    what the test asserts: see there

A layer has ``files`` and ``packages`` (name: ``section``, ``depends``, ``automatic``, ``files``). A path with a slash
at its end is a directory. What a file holds is a text, or an object:

    {"program": ["libc.so.6"]}    an ELF program that is linked to these libraries
    {"library": ["libc.so.6"]}    a shared object that is; both may have a "runpath"
    {"link": "usr/bin"}           a symbolic link
    {"same_as": "app/main"}       a hard link
    {"size": 1000}                so many bytes of nothing, behind a text or an ELF file

with "mode" and "owner" beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from elf.trees import elf
from lightship.dockerfile import parse
from lightship.evidence import Evidence, gather
from lightship.oci import open_image
from lightship.semantic import stages
from oci.archives import Member, config_of, directory, docker_archive, file, hardlink, symlink, tar

DEBIAN = Path(__file__).parent / "debian.json"
LOADER = "/lib64/ld-linux-x86-64.so.2"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder: a Dockerfile as people write it, and a description of the image that building it would make."""

    folder: Path
    dockerfile: str
    written: Mapping[str, Any]


def read_case(folder: Path) -> Case:
    """The case of a folder."""
    return Case(folder, (folder / "Dockerfile").read_text(), json.loads((folder / "evidence.json").read_text()))


def started_by(case: Case, words: list[str]) -> Case:
    """The same case with another CMD, and no entry point of its own."""
    head, _, _ = case.dockerfile.partition("CMD [" if "CMD [" in case.dockerfile else "ENTRYPOINT [")
    config = {**case.written["config"], "Cmd": words}
    config.pop("Entrypoint", None)
    return replace(case, dockerfile=f"{head}CMD {json.dumps(words)}\n", written={**case.written, "config": config})


def evidence_of(case: Case, folder: Path) -> Evidence:
    """The evidence of a case; its image is written into ``folder``."""
    dockerfile = parse(case.dockerfile)
    stage = stages(dockerfile).target
    assert stage is not None
    base, made = case.written["base"], dict(case.written["made"])
    writing = _Writing()
    layers = [tar(writing.layer(json.loads(DEBIAN.read_text()), base))]
    history: list[dict[str, Any]] = [{"created_by": "base"}]
    for item in stage.instructions:
        if item.keyword == "from":
            continue
        named = [beginning for beginning in made if item.text.startswith(beginning)]
        assert len(named) < 2, f"line {item.line} has two layers: {named}"
        history.append({"created_by": item.keyword.upper(), "empty_layer": not named})
        layers += [tar(writing.layer(made.pop(beginning))) for beginning in named]
    assert not made, f"no instruction begins so: {sorted(made)}"
    settings = {**base["config"], **case.written["config"]}
    raw = config_of(layers, history=history) | {"config": settings}
    image = open_image(docker_archive(folder / "image.tar", layers, config=raw))
    of_base = config_of(layers[:1], history=history[:1]) | {"config": base["config"]}
    base_config = open_image(docker_archive(folder / "base.tar", layers[:1], config=of_base)).config
    return gather(dockerfile, stage, image, base_config)


class _Writing:
    """What the layers so far hold: directories are written once, dpkg's database whenever it grew."""

    def __init__(self) -> None:
        self._there: set[str] = {""}
        self._status: dict[str, str] = {}
        self._marks: dict[str, str] = {}

    def layer(self, *parts: Mapping[str, Any]) -> list[Member]:
        members: list[Member] = []
        for part in parts:
            for name, package in part.get("packages", {}).items():
                self._install(name, package)
                listed = "".join(f"/{path.rstrip('/')}\n" for path in (".", *_with_parents(package["files"])))
                members += self._placed(package["files"])
                members += self._placed({f"var/lib/dpkg/info/{name}.list": listed})
            members += self._placed(part.get("files", {}))
        if any(part.get("packages") for part in parts):
            status, marks = "\n".join(self._status.values()), "\n".join(self._marks.values())
            members += self._placed({"var/lib/dpkg/status": status, "var/lib/apt/extended_states": marks})
        return members

    def _install(self, name: str, package: Mapping[str, Any]) -> None:
        fields = {
            "Package": name,
            "Status": "install ok installed",
            "Priority": package.get("priority", "optional"),
            "Section": package.get("section", "misc"),
            "Architecture": "amd64",
            "Version": "1",
            "Depends": package.get("depends", ""),
        }
        self._status[name] = "".join(f"{field}: {value}\n" for field, value in fields.items() if value)
        if package.get("automatic"):
            self._marks[name] = f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n"

    def _placed(self, files: Mapping[str, Any]) -> list[Member]:
        members: list[Member] = []
        for path in _with_parents(files):
            name = path.rstrip("/")
            if path not in files and name in self._there:
                continue
            self._there.add(name)
            members.append(_member(path, files.get(path, {})))
        return members


def _with_parents(paths: Iterable[str]) -> list[str]:
    """Paths in order, each after the directories that it lies in."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.rstrip("/").split("/")
        above = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
        found.update(dict.fromkeys([*(one for one in above if one not in found), path]))
    return list(found)


def _member(path: str, what: Any) -> Member:
    written: Mapping[str, Any] = {"text": what} if isinstance(what, str) else what
    uid, gid = map(int, written.get("owner", "0:0").split(":"))
    owner = {"uid": uid, "gid": gid}
    if path.endswith("/"):
        return directory(path.rstrip("/"), int(written.get("mode", "755"), 8), **owner)
    if "link" in written:
        return symlink(path, written["link"])
    if "same_as" in written:
        return hardlink(path, written["same_as"])
    content = _elf(path, written) + written.get("text", "").encode() + bytes(written.get("size", 0))
    is_program = "program" in written or content.startswith(b"#!")
    return file(path, content, int(written.get("mode", "755" if is_program else "644"), 8), **owner)


def _elf(path: str, written: Mapping[str, Any]) -> bytes:
    runpath = written.get("runpath", "")
    if "program" in written:
        return elf(kind=2, interpreter=LOADER, needed=tuple(written["program"]), runpath=runpath)
    if "library" in written:
        return elf(needed=tuple(written["library"]), soname=path.rpartition("/")[2], runpath=runpath)
    return b""
