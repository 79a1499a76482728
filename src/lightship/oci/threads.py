"""A few threads for work that the interpreter's lock does not hold up: inflating, deflating, hashing.

Not concurrent.futures: that imports logging, which takes as long as reading a small image.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TypeVar

from lightship.oci.limits import THREADS

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
