"""`lightship.lock`: the figures of each image that somebody last accepted, so that a pull request shows growth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import InputError
from lightship.inspection.document import as_document, from_document
from lightship.inspection.model import Inspection
from lightship.text import decode, write_atomic

LOCK = "lightship.lock"
SCHEMA = "lightship.lock/1"


@dataclass(frozen=True, slots=True)
class Figures:
    """What of an image is held on to. ``compressed`` is None where nobody worked it out."""

    size: int
    compressed: int | None
    layers: int
    files: int
    wasted: int
    set_id: int
    executables: int
    packages: int
    user: str
    layer_ids: tuple[str, ...] = ()


def figures_of(image: Inspection) -> Figures:
    """The figures of an image as it is."""
    return Figures(
        size=image.size,
        compressed=image.compressed,
        layers=len(image.layers),
        files=image.files,
        wasted=image.wasted,
        set_id=len(image.surface.set_id),
        executables=image.surface.executables,
        packages=image.surface.os_packages + image.surface.language_packages,
        user=image.surface.user,
        layer_ids=tuple(row.diff_id for row in image.layers),
    )


def changed(old: Figures, new: Figures) -> Iterator[tuple[str, str, str, str]]:
    """What is not as it was accepted: name, then, now, and the difference ("" for words)."""
    for name, unit in (("size", 1e6), ("compressed", 1e6), ("wasted", 1e6), ("layers", 0), ("files", 0), ("set_id", 0),
                       ("executables", 0), ("packages", 0)):  # fmt: skip
        then, now = getattr(old, name), getattr(new, name)
        if then is None or now is None or then == now:
            continue
        if unit:
            yield name, f"{then / unit:.1f} MB", f"{now / unit:.1f} MB", f"{(now - then) / unit:+.1f} MB"
        else:
            yield name, str(then), str(now), f"{now - then:+d}"
    if old.user != new.user:
        yield "user", old.user, new.user, ""


def read_lock(path: Path) -> Mapping[str, Figures]:
    """The accepted figures by the name of what they are of; none when there is no file. Raises InputError."""
    try:
        document = json.loads(path.read_bytes())
        if document.get("schema") != SCHEMA:
            raise ValueError(f"its schema is not {SCHEMA}")
        return {name: from_document(Figures, one) for name, one in document["images"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise InputError(
            "the accepted figures cannot be read",
            where=str(path),
            why=str(error)[:200],
            help="take the file of the last commit, or write it anew with lightship check --accept",
        ) from None


def accept(path: Path, name: str, figures: Figures) -> bool:
    """Put figures into the file, beside those of other images; False when they stood there already."""
    known = dict(read_lock(path))
    known[name] = figures
    document = {"schema": SCHEMA, "images": {key: as_document(known[key]) for key in sorted(known)}}
    text = json.dumps(document, indent=2) + "\n"
    if path.is_file() and decode(path.read_bytes()) == text:
        return False
    write_atomic(path, text)
    return True
