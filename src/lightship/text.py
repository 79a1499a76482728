"""Text with positions: spans, edits, lines; reading and writing files without changing a byte."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of character offsets, ``text[start:end]``."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A replacement of one span of a text; an empty span inserts."""

    span: Span
    replacement: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with all ``edits`` made at once.

    Raises ValueError when two edits overlap or one lies outside the text.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if edit.span.start < at or edit.span.end < edit.span.start or edit.span.end > len(text):
            raise ValueError(f"edits overlap or lie outside the text at {edit.span}")
        parts += [text[at : edit.span.start], edit.replacement]
        at = edit.span.end
    return "".join([*parts, text[at:]])


class Lines:
    """Where the lines of a text start; lines end at LF only, as they do for Docker."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = [0]
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def start(self, line: int) -> int:
        """The offset at which a 1-based line starts."""
        return self._starts[line - 1]

    def line(self, number: int) -> str:
        """A 1-based line, without its line ending (LF or CRLF)."""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].removesuffix("\n").removesuffix("\r")


def decode(raw: bytes) -> str:
    """Bytes as text; bytes that are not UTF-8 become lone surrogates, so that ``encode`` gives them back."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The inverse of ``decode``."""
    return text.encode("utf-8", "surrogateescape")


def write_atomic(path: Path, text: str) -> None:
    """Put ``text`` into ``path``: wholly or, when anything fails, not at all.

    A file that was there keeps its mode; a new one gets the mode that the umask gives.
    Raises OSError.
    """
    # Imported here: it brings compressors and random numbers along, and most commands only read.
    import tempfile

    try:
        mode = path.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    name = ""
    try:
        handle = _unnamed(path.parent)
        if handle is None:
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(encode(text))
            file.flush()
            os.fsync(handle)
            if not name:
                name = tempfile.mktemp(prefix=f".{path.name}.", dir=path.parent)
                # linkat(2) follows the link of /proc only when it is given a directory.
                os.link(f"/proc/self/fd/{handle}", name, src_dir_fd=handle)
        Path(name).replace(path)
    except BaseException as error:
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            # A full disk is told of by write(2), which knows no name.
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _unnamed(folder: Path) -> int | None:
    """A file of a folder that has no name yet, so that a run that is killed leaves nothing; None where there is none.

    open(2), O_TMPFILE: a build context that keeps half of a file would ship it.
    """
    if not hasattr(os, "O_TMPFILE") or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
