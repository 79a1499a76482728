"""What COPY and ADD bring into a stage, and where to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lightship.dockerfile import ExpandError
from lightship.rules.model import Placed, Subject
from lightship.semantic import CopyEdge, Scope, Stage, expand_in
from lightship.text import Span

_SMALL = re.compile(r"\.(?:txt|toml|json|ya?ml|cfg|conf|ini|lock|sh|py|js|ts|c|h|sql|md|xml|crt|key|pem|list|repo)$")
_FROM_NOWHERE = ("http://", "https://", "git@", "<<")


@dataclass(frozen=True, slots=True)
class Copied:
    """One source of a COPY or ADD.

    ``source`` is relative to the context without a leading ``./``, or absolute when another stage or an image gives it
    (``from_stage`` then is that stage, ``external`` the image). ``destination`` is absolute, empty when not known.
    ``inside`` is true when a file is sure to land *in* the destination and not as it.
    """

    placed: Placed
    source: str
    span: Span
    destination: str
    inside: bool
    from_stage: Stage | None = None
    external: str = ""

    @property
    def from_context(self) -> bool:
        """Whether it is a path of the build context."""
        return self.from_stage is None and not self.external

    @property
    def is_everything(self) -> bool:
        """Whether the whole context is taken."""
        return self.from_context and self.source in ("", ".", "*")

    @property
    def is_small(self) -> bool:
        """Whether its name says that it is a text file, of which a second copy costs next to nothing."""
        return _SMALL.search(self.source) is not None

    def place(self, path: str) -> str:
        """Where a path of the source stage ends up, empty when it is not taken along."""
        if not self.destination:
            return ""
        if path == self.source or path.startswith(self.source.rstrip("/") + "/"):
            return posixpath.normpath(f"{self.destination}/{path[len(self.source) :]}")
        return ""

    @property
    def landings(self) -> tuple[str, ...]:
        """Where it may be afterwards: as the destination, or in it under its own name."""
        if not self.destination:
            return ()
        name = posixpath.basename(self.source)
        within = posixpath.join(self.destination, name) if name not in ("", ".") else self.destination
        return (within,) if self.inside else (self.destination, within)


def copied(subject: Subject, stages: Iterable[Stage]) -> Iterator[Copied]:
    """Everything that COPY and ADD bring into some stages, in order; heredocs and downloads are left out."""
    for stage in stages:
        for index, instruction in enumerate(stage.instructions):
            if instruction.keyword in ("copy", "add"):
                yield from copied_by(subject, Placed(stage, index, instruction))


def copied_by(subject: Subject, placed: Placed) -> tuple[Copied, ...]:
    """What one COPY or ADD brings. Many rules ask, so the answer is kept with the subject."""
    key = ("copied", placed.instruction.span)
    if key not in subject._known:
        subject._known[key] = tuple(_copied_by(subject, placed))
    found: tuple[Copied, ...] = subject._known[key]
    return found


def expanded(subject: Subject, scope: Scope, text: str) -> str | None:
    """A word with its variables replaced, None when one of them is not known."""
    try:
        return expand_in(scope, text, subject.dockerfile.escape)
    except ExpandError:
        return None


def absolute(scope: Scope, path: str) -> str:
    """An absolute path without a slash at its end; empty when it hangs on a working directory that is not known."""
    if path.startswith("/"):
        return posixpath.normpath(path).replace("//", "/", 1)
    # Public images for languages start in /; one that does not sets a directory that nothing here would match.
    return "" if scope.workdir is None else posixpath.normpath(posixpath.join(scope.workdir, path))


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _copied_by(subject: Subject, placed: Placed) -> Iterator[Copied]:
    words = placed.instruction.words
    if len(words) < 2:
        return
    edge = _edges(subject).get(placed.instruction.span)
    from_stage = subject.graph.stages[edge.source] if edge is not None and edge.source is not None else None
    external = edge.reference if edge is not None and from_stage is None else ""
    written = expanded(subject, placed.scope, words[-1].text)
    destination = absolute(placed.scope, written) if written is not None else ""
    inside = len(words) > 2 or (written is not None and written.endswith(("/", "/.")))
    for word in words[:-1]:
        if word.value.startswith(_FROM_NOWHERE):
            continue
        source = expanded(subject, placed.scope, word.text)
        if source is None:
            continue
        source = posixpath.normpath(source)
        source = "/" + source.lstrip("/") if edge is not None else source.lstrip("/")
        yield Copied(placed, source, word.span, destination, inside, from_stage, external)


def _edges(subject: Subject) -> dict[Span, CopyEdge]:
    """What comes from a stage or an image, by the place of its COPY."""
    if "edges" not in subject._known:
        subject._known["edges"] = {one.instruction.span: one for one in subject.graph.edges if one.kind == "copy"}
    found: dict[Span, CopyEdge] = subject._known["edges"]
    return found
