"""The text of the multi-stage Dockerfile: the original's lines, with the new ones between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lightship.dockerfile import Dockerfile, Instruction
from lightship.text import Edit, Span, apply

BUILDER, ROOTFS, RUNTIME = "builder", "rootfs", "runtime"


@dataclass(frozen=True, slots=True)
class Block:
    """Some new lines and the reason that stands above them as a comment.

    ``bytes_`` is how much the lines bring into the runtime stage or keep out of it; None when that is not known.
    """

    lines: tuple[str, ...]
    reason: str = ""
    bytes_: int | None = None


@dataclass(frozen=True, slots=True)
class StageNames:
    """The names of the stages, chosen so that they meet no other name in the file."""

    builder: str
    rootfs: str
    runtime: str


def stage_names(taken: Iterable[str], own: str | None) -> StageNames:
    """Names for the new stages. The runtime stage inherits the original's name, since ``--target`` may ask for it."""
    used = {name.lower() for name in taken}

    def free(name: str) -> str:
        number, found = 2, name
        while found in used:
            found = f"{name}-{number}"
            number += 1
        used.add(found)
        return found

    builder, rootfs = free(BUILDER), free(ROOTFS)
    return StageNames(builder, rootfs, own or free(RUNTIME))


def emit(
    dockerfile: Dockerfile,
    *,
    from_instruction: Instruction,
    last_head: Instruction,
    builder: str,
    builder_blocks: Sequence[Block],
    stage_blocks: Sequence[Sequence[Block]],
) -> str:
    """The new text.

    ``builder_blocks`` go to the end of the builder stage; each member of ``stage_blocks`` is a further stage, its
    first block the FROM line. What follows ``last_head`` in the original follows the last of them, word for word.
    """
    newline = "\r\n" if "\r\n" in dockerfile.text else "\n"
    at = last_head.span.end
    text = dockerfile.text
    before = "" if text[:at].endswith("\n") else newline
    parts = [before]
    for block in builder_blocks:
        parts.append(_block(block, newline, dockerfile.escape))
    for stage in stage_blocks:
        parts.append(newline)
        parts += [_block(block, newline, dockerfile.escape) for block in stage]
    # What follows may begin with a blank line of its own.
    tail = text[at:]
    if tail.strip() and not tail.startswith(("\n", "\r\n")):
        parts.append(newline)
    edits = [name_stage(from_instruction, builder), Edit(Span(at, at), "".join(parts))]
    return apply(text, edits)


def name_stage(from_instruction: Instruction, name: str) -> Edit:
    """The edit that gives a FROM its (new) stage name."""
    words = from_instruction.words
    if len(words) >= 3 and words[1].value.lower() == "as":
        return Edit(words[2].span, name)
    end = words[0].span.end
    keyword = "as" if from_instruction.keyword_span.end and from_instruction.text.lstrip()[:4] == "from" else "AS"
    return Edit(Span(end, end), f" {keyword} {name}")


def _block(block: Block, newline: str, escape: str) -> str:
    comment = [f"# {line}" for line in _wrap(block.reason)] if block.reason else []
    # Of a line of ours only a continuation ends with a backslash; the file may have another character for it.
    lines = [line[:-1] + escape if line.endswith("\\") else line for line in block.lines]
    return "".join(line + newline for line in (*comment, *lines))


def _wrap(text: str, width: int = 100) -> list[str]:
    """A reason in lines of some width; several reasons that do not fit into one line stand below each other."""
    parts = text.split("; ") if len(text) > width else [text]
    return [line for part in parts for line in _wrapped(part, width)]


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(" ")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def spread(head: str, words: Sequence[str], *, indent: str = "      ", width: int = 100) -> tuple[str, ...]:
    """``head`` and ``words`` on one line when they fit, else one word a line with continuations."""
    line = " ".join([head, *words])
    if len(line) <= width:
        return (line,)
    lines = [f"{head} \\", *(f"{indent}{word} \\" for word in words[:-1]), f"{indent}{words[-1]}"]
    return tuple(lines)


def megabytes(size: int) -> str:
    """Bytes as people read them: ``38.2 MB``; small sizes in kB."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(size, 0) / 1e3:.0f} kB"
