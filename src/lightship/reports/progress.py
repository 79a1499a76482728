"""Live progress: a moving line at a terminal, plain lines everywhere else, nothing when asked to be quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lightship.engines.protocol import Step
from lightship.optimize.model import Progress
from lightship.reports.translation import tr

_WIDTH = 100


@contextmanager
def progress(*, quiet: bool, file: IO[str] | None = None) -> Iterator[Progress]:
    """Something to tell an optimization's progress to. It writes to stderr, so that stdout stays the report's."""
    file = file or sys.stderr
    if quiet:
        yield Progress(note=lambda text: print(f"{tr('note')}: {tr(text)}", file=file))
    elif file.isatty():
        with _live(file) as found:
            yield found
    else:
        yield _plain(file)


def _plain(file: IO[str]) -> Progress:
    start = time.monotonic()

    def phase(text: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] {tr(text)}", file=file, flush=True)

    def step(one: Step) -> None:
        if one.state in ("done", "cached", "failed"):
            took = tr("cached") if one.state == "cached" else f"{one.seconds:.1f} s"
            number = tr("step {number}/{total}", number=one.number, total=one.total)
            print(f"           {number}: {_short(one.text)} ({took})", file=file, flush=True)

    def note(text: str) -> None:
        print(f"           {tr('note')}: {tr(text)}", file=file, flush=True)

    return Progress(phase, step, note)


@contextmanager
def _live(file: IO[str]) -> Iterator[Progress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.status import Status

    console = Console(file=file, highlight=False, emoji=False)
    start = time.monotonic()
    current = [""]
    began = [start]

    with Status(tr("starting"), console=console) as status:

        def finish() -> None:
            if current[0]:
                console.print(f"[green]✓[/] {escape(current[0])} [dim]({time.monotonic() - began[0]:.1f} s)[/]")

        def phase(text: str) -> None:
            finish()
            current[0], began[0] = tr(text), time.monotonic()
            status.update(escape(current[0]))

        def step(one: Step) -> None:
            if one.state == "running":
                line = f"{current[0]}: {one.number}/{one.total} {' '.join(one.text.split())}"
                status.update(escape(line[: max(console.width - 4, 20)]))
            elif one.state in ("done", "cached", "failed"):
                took = tr("cached") if one.state == "cached" else f"{one.seconds:.1f} s"
                console.print(
                    f"  [dim]{one.number}/{one.total} {escape(_short(one.text, console.width - 20))} ({took})[/]"
                )

        def note(text: str) -> None:
            console.print(f"[yellow]{tr('note')}:[/] {escape(tr(text))}")

        yield Progress(phase, step, note)
        finish()


def _short(text: str, width: int = _WIDTH) -> str:
    line = " ".join(text.split())
    width = max(min(width, _WIDTH), 20)
    return line if len(line) <= width else line[: width - 1] + "…"
