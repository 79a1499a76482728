"""One HTTP request over a socket into a container; every answer, or its absence, is a value.

Redirects are not followed: they are answers. A body is read up to a limit. One deadline bounds everything, so
that a server which drips, loops or never answers costs ``timeout`` seconds and no more.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from dataclasses import replace

from lightship.engines.protocol import Container
from lightship.evidence.observation import HttpAnswer, HttpRequest
from lightship.messages import said

_CHUNK = 1 << 16


def ask(container: Container, request: HttpRequest, *, timeout: float, body_limit: int) -> HttpAnswer:
    """The answer to one request."""
    started = time.monotonic()
    try:
        connected = container.connect(request.port, timeout)
    except OSError as error:
        return HttpAnswer(None, problem=_reason(error), seconds=time.monotonic() - started)
    late = threading.Event()
    watch = threading.Timer(max(0.1, timeout - (time.monotonic() - started)), _cut, (connected, late))
    watch.daemon = True
    watch.start()
    try:
        answer = _exchange(connected, request, timeout, body_limit, started)
        if late.is_set():
            # Cutting the connection looks like its end: what came may be half of the headers or of the body.
            return replace(
                answer, truncated=True, problem=said("no whole answer within {timeout:g} s", timeout=timeout)
            )
        return answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        problem = said("no whole answer within {timeout:g} s", timeout=timeout) if late.is_set() else _reason(error)
        return HttpAnswer(None, problem=problem, seconds=time.monotonic() - started)
    finally:
        watch.cancel()
        connected.close()


def knock(container: Container, port: int, *, timeout: float) -> HttpAnswer:
    """What comes of connecting to a port that speaks no HTTP: an answer without a status, or why there is none."""
    started = time.monotonic()
    try:
        container.connect(port, timeout).close()
    except OSError as error:
        return HttpAnswer(None, problem=_reason(error), seconds=time.monotonic() - started)
    return HttpAnswer(None, problem="takes connections, speaks no HTTP", seconds=time.monotonic() - started)


def _exchange(
    connected: socket.socket, request: HttpRequest, timeout: float, body_limit: int, started: float
) -> HttpAnswer:
    connected.settimeout(timeout)
    connection = http.client.HTTPConnection("localhost", request.port, timeout=timeout)
    connection.sock = _wrapped(connected) if request.scheme == "https" else connected
    headers = {
        "Host": f"localhost:{request.port}",
        "User-Agent": "lightship",
        "Accept": "*/*",
        "Connection": "close",
    }
    headers |= dict(request.headers)
    connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if request.body:
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body or None)
    response = connection.getresponse()
    body, problem = _body(response, body_limit, started + timeout)
    return HttpAnswer(
        response.status,
        tuple(response.getheaders()),
        body[:body_limit],
        truncated=len(body) > body_limit or bool(problem),
        problem=problem,
        seconds=time.monotonic() - started,
    )


def _body(response: http.client.HTTPResponse, limit: int, deadline: float) -> tuple[bytes, str]:
    parts: list[bytes] = []
    size = 0
    try:
        while size <= limit:
            part = response.read1(min(_CHUNK, limit + 1 - size))
            if not part:
                missing = response.length or 0
                return b"".join(parts), said(
                    "the body broke off: {missing} bytes are missing", missing=missing
                ) if missing else ""
            parts.append(part)
            size += len(part)
            if time.monotonic() > deadline:
                return b"".join(parts), "the body did not end in time"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return b"".join(parts), said("the body broke off: {error}", error=_reason(error))
    return b"".join(parts), ""


def _wrapped(connected: socket.socket) -> ssl.SSLSocket:
    """TLS without checking who answers: it is our own container, and its certificate is usually its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(connected, server_hostname="localhost")


def _cut(connected: socket.socket, late: threading.Event) -> None:
    late.set()
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        connected.close()


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, http.client.RemoteDisconnected):
        return "closed the connection without an answer"
    if isinstance(error, http.client.HTTPException):
        return said("invalid HTTP ({name})", name=type(error).__name__)
    if isinstance(error, ConnectionError):
        return "the connection broke"
    return said("no HTTP ({name})", name=type(error).__name__)
