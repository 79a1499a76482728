"""Markdown for comments and job summaries: pieces that cannot break out of their place, and a limit on the whole.

GitHub takes comments of 65,536 characters at most; bytes are counted here, which is never more.
https://github.github.com/gfm/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lightship.reports.translation import told, tr

LIMIT = 65_000
"""Bytes of UTF-8 that a whole document may have."""

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$])")


@dataclass(frozen=True, slots=True)
class Section:
    """A collapsible part: ``head``, lines that may be left out from the end, ``tail``."""

    summary: str
    head: str
    lines: tuple[str, ...]
    tail: str = ""


def text(value: str) -> str:
    """Any text as a piece of one line, with no markup, no HTML and no @mention in it."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(_unicode(told(value)).split()))
    return plain.replace("&", "&amp;").replace("@", "@&#8203;")


def code(value: str) -> str:
    """Any text as a code span; mentions do not work in one."""
    plain = " ".join(_unicode(told(value)).split()).replace("|", "\\|")
    if not plain:
        return ""
    ticks = "`" * (_longest(plain) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{space}{plain}{space}{ticks}"


def table(summary: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Section:
    """Rows of cells that are Markdown already. A header that ends with ``:`` is of a right-aligned column."""
    names = [name.removesuffix(":") for name in header]
    rules = ["--:" if name.endswith(":") else "---" for name in header]
    head = f"| {' | '.join(names)} |\n| {' | '.join(rules)} |"
    return Section(summary, head, tuple(f"| {' | '.join(row)} |" for row in rows))


def block(summary: str, language: str, content: str) -> Section:
    """A code block, whatever the content is."""
    content = _unicode(content).rstrip("\n")
    fence = "`" * max(3, _longest(content) + 1)
    return Section(summary, f"{fence}{language}", tuple(content.split("\n")), fence)


def document(top: str, sections: Iterable[Section], bottom: str, *, limit: int = LIMIT) -> str:
    """The whole. Of what is left of ``limit`` each section may take a half, the last one all."""
    sections = tuple(sections)
    parts = [top]
    left = limit - _size(top) - _size(bottom) - 4
    for section in sections:
        part = _fitted(section, left if section is sections[-1] else left // 2)
        if part:
            parts.append(part)
            left -= _size(part) + 2
    return "\n\n".join([*parts, bottom] if bottom else parts)


def _fitted(section: Section, room: int) -> str:
    """A section in at most ``room`` bytes; "" when not even one of its lines fits."""
    before = f"<details>\n<summary>{section.summary}</summary>\n\n{section.head}\n"
    after = f"\n{section.tail}" if section.tail else ""
    end = "\n\n</details>"
    room -= _size(before) + _size(after) + _size(end) + _size(tr("... and {count} more lines")) + 16
    lines = []
    for line in section.lines:
        room -= _size(line) + 1
        if room < 0:
            break
        lines.append(line)
    if not lines:
        return ""
    missing = len(section.lines) - len(lines)
    cut = "\n\n" + tr("... and {count} more lines", count=missing) if missing else ""
    return before + "\n".join(lines) + after + cut + end


def _size(value: str) -> int:
    return len(value.encode())


def _longest(value: str) -> int:
    return max((len(run) for run in re.findall("`+", value)), default=0)


def _unicode(value: str) -> str:
    """Without the lone surrogates that stand for bytes that are not UTF-8."""
    return value.encode("utf-8", "replace").decode()
