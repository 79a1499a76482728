"""A few threads for work that the interpreter's lock does not hold up: inflating, deflating, hashing.

Not concurrent.futures: that imports logging, which takes as long as reading a small image.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import TypeVar

from lightship.oci.limits import AHEAD, THREADS

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_threads(function: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """The results in the order of the items. The first failure stops the rest and is raised."""
    todo: SimpleQueue[tuple[int, _Item]] = SimpleQueue()
    count = 0
    for item in items:
        todo.put((count, item))
        count += 1
    results: dict[int, _Result] = {}
    failures: list[BaseException] = []

    def work() -> None:
        while not failures:
            try:
                index, item = todo.get_nowait()
            except Empty:
                return
            try:
                results[index] = function(item)
            except BaseException as error:
                failures.append(error)

    others = [threading.Thread(target=work, daemon=True) for _ in range(min(THREADS, os.cpu_count() or 1, count) - 1)]
    for thread in others:
        thread.start()
    try:
        work()
    except KeyboardInterrupt as error:
        failures.append(error)
    for thread in others:
        thread.join()
    if failures:
        raise failures[0]
    return [results[index] for index in range(count)]


def ahead(pieces: Iterator[bytes], depth: int = AHEAD) -> Generator[bytes, None, None]:
    """The same pieces, made in a thread of its own, at most ``depth`` of them before they are asked for.

    What making them raises is raised where they are asked for. Closing the iterator ends the thread.
    """
    ready: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
    room: SimpleQueue[bool] = SimpleQueue()

    def work() -> None:
        try:
            while room.get() and (piece := next(pieces, None)) is not None:
                ready.put(piece)
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        for _ in range(depth):
            room.put(True)
        while (made := ready.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made
            room.put(True)
    finally:
        room.put(False)
        thread.join()
