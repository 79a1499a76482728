"""What isal alone reaches: the gzip layers of an image inflated and thrown away, in two threads, the largest first.

    python benchmarks/isal_alone.py FILE:OFFSET:SIZE...

Nothing of lightship is in this process, so that it is a bound and no part of what is measured.
"""

from __future__ import annotations

import os
import sys
import threading
from queue import Empty, SimpleQueue

from isal import igzip_lib

CHUNK = 128 << 10  # of 64 KiB to 4 MiB the fastest or as good as it, on the machines that were tried
THREADS = 2


def main(layers: list[str]) -> None:
    """Inflate each of the layers, which may lie in one file or in several."""
    todo: SimpleQueue[tuple[str, int, int]] = SimpleQueue()
    places = [layer.rsplit(":", 2) for layer in layers]
    for path, offset, size in sorted(places, key=lambda place: -int(place[2])):
        todo.put((path, int(offset), int(size)))
    threads = [threading.Thread(target=_work, args=(todo,)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(todo: SimpleQueue[tuple[str, int, int]]) -> None:
    while True:
        try:
            _inflate(*todo.get_nowait())
        except Empty:
            return


def _inflate(path: str, at: int, size: int) -> None:
    end = at + size
    descriptor = os.open(path, os.O_RDONLY)
    inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    while not inflater.eof:
        packed = b""
        if inflater.needs_input:
            packed = os.pread(descriptor, min(CHUNK, end - at), at)
            at += len(packed)
            if not packed:
                raise SystemExit(f"{path}: a layer ends early")
        inflater.decompress(packed, CHUNK)
    os.close(descriptor)


if __name__ == "__main__":
    main(sys.argv[1:])
