"""The engine of one command: what dead runs left is removed first, what this run made at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lightship.engines import choose
from lightship.engines.protocol import CommandLog, Engine


@contextmanager
def opened_engine(name: str | None, *, verbose: bool) -> Iterator[Engine]:
    """The engine of that name, or the first that answers; cleaned up behind whatever happens."""
    log = CommandLog()
    try:
        engine = choose(name, log=log)
        engine.clean()
        try:
            yield engine
        finally:
            engine.clean(engine.run_id)
    finally:
        if verbose:
            for line in log.lines:
                print(f"$ {line}", file=sys.stderr)
