"""Connections handed on: from a listening socket, wherever it was made, to a port of this machine's loopback."""

from __future__ import annotations

import contextlib
import socket
import threading

CHUNK = 1 << 16
LIMIT = 256
"""Connections at a time; more wait."""


class Forward:
    """A listening socket whose connections end at ``127.0.0.1:port``, until it is closed."""

    def __init__(self, listening: socket.socket, port: int) -> None:
        self._listening = listening
        self._port = port
        self._free = threading.BoundedSemaphore(LIMIT)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections; those that are open end with their two ends."""
        with contextlib.suppress(OSError):
            # Closing alone does not wake a thread that waits in accept(2).
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            self._free.acquire()
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            with near, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as far:
                back = threading.Thread(target=_copy, args=(far, near), daemon=True)
                back.start()
                _copy(near, far)
                back.join()
        finally:
            self._free.release()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy until the source says that nothing more comes, and say so to the target."""
    with contextlib.suppress(OSError):
        while part := source.recv(CHUNK):
            target.sendall(part)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
