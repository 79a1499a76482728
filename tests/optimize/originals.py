"""Evidence without an engine: an image whose layers are made of what a Dockerfile's instructions would have made."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

from lightship.dockerfile import parse
from lightship.evidence import Evidence, gather
from lightship.oci import ImageConfig, open_image
from lightship.semantic import stages
from oci.archives import Member, config_of, directory, docker_archive, file, tar

BASE: list[Member] = [file("bin/sh", b"#!", 0o755), file("etc/os-release", b"ID=debian\nVERSION_ID=12\n")]


def evidence_of(
    folder: Path,
    text: str,
    context: Mapping[str, str],
    made: Mapping[str, list[Member]],
    base: Sequence[Member] = (),
) -> Evidence:
    """The evidence of a single-stage Dockerfile. ``made``: a piece of a RUN's text, and the files of its layer.

    ``base`` is what the base image has besides.
    """
    dockerfile = parse(text)
    stage = stages(dockerfile).target
    assert stage is not None
    layers, history, workdir = [tar([*BASE, *base])], [{"created_by": "base"}], "/"
    for item in stage.instructions:
        members: list[Member] | None = None
        if item.keyword == "workdir":
            workdir = posixpath.join(workdir, item.words[0].value)
            members = [directory(workdir.strip("/"))]
        elif item.keyword in ("copy", "add"):
            members = _copied([word.value for word in item.words], workdir, context)
        elif item.keyword == "run":
            members = next((files for piece, files in made.items() if piece in item.text), [])
            members = members or [file(f"var/log/line-{item.line}", b"made")]
        history.append({"created_by": item.keyword.upper(), "empty_layer": members is None})  # type: ignore[dict-item]
        if members is not None:
            layers.append(tar(members))
    started = [item.exec_form for item in stage.instructions if item.keyword == "cmd" and item.exec_form]
    config = config_of(layers, history=history) | {"config": {"Cmd": list(started[-1])} if started else {}}
    image = open_image(docker_archive(folder / "image.tar", layers, config=config))
    base = ImageConfig(
        diff_ids=image.config.diff_ids[:1], history=image.config.history[:1], env=(("GOPATH", "/go"),), working_dir="/"
    )
    return gather(dockerfile, stage, image, base)


def _copied(words: list[str], workdir: str, context: Mapping[str, str]) -> list[Member]:
    destination = posixpath.normpath(posixpath.join(workdir, words[-1])).strip("/")
    found = []
    for path, content in context.items():
        for word in words[:-1]:
            source = posixpath.normpath(word)
            below = path if source == "." else path.removeprefix(f"{source}/") if source != path else Path(path).name
            if below != path or source in (".", path):
                found.append(file(f"{destination}/{below}".lstrip("/"), content.encode()))
    return found
