"""Servers that behave badly cost a bounded time and are told as what they are."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from lightship.evidence.observation import HttpAnswer, HttpRequest
from lightship.probes.http import ask
from probes.fakes import Answer, FakeContainer, Server

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


def asked(answer: Answer, *, timeout: float = 5.0, limit: int = 1000) -> HttpAnswer:
    server = Server(answer)
    try:
        return ask(FakeContainer(server.port), HttpRequest(8000, "/x"), timeout=timeout, body_limit=limit)
    finally:
        server.close()


def drip(head: bytes, part: bytes) -> Answer:
    def answer(request: bytes) -> Iterator[bytes]:
        yield head
        while True:
            yield part
            time.sleep(0.05)

    return answer


def flood(request: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    for _ in range(1 << 20):
        yield b"x" * 1024


def silent(request: bytes) -> None:
    time.sleep(5)


def test_a_good_answer() -> None:
    answer = asked(lambda request: GOOD)
    assert (answer.status, answer.body, answer.truncated, answer.problem) == (200, b"hello", False, "")
    assert ("Content-Type", "text/plain") in answer.headers


def test_a_request_is_sent_as_written() -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return GOOD

    server = Server(answer)
    request = HttpRequest(8000, "/items?a=1", "POST", (("X-Key", "1"), ("Host", "example.org")), b"{}")
    assert ask(FakeContainer(server.port), request, timeout=5, body_limit=10).status == 200
    assert seen[0].startswith(b"POST /items?a=1 HTTP/1.1\r\n")
    assert b"Host: example.org\r\n" in seen[0]
    assert b"X-Key: 1\r\n" in seen[0]
    assert seen[0].endswith(b"\r\n\r\n{}")


def test_redirects_are_answers() -> None:
    answer = asked(lambda request: b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
    assert answer.status == 302


def test_a_long_body_is_cut_and_said_to_be() -> None:
    started = time.monotonic()
    answer = asked(flood, limit=100_000)
    assert (answer.status, len(answer.body), answer.truncated) == (200, 100_000, True)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (lambda request: b"\x00\x01garbage\r\n\r\n", "invalid HTTP"),
        (lambda request: b"HTTP/1.1 abc\r\n\r\n", "invalid HTTP"),
        (lambda request: b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000, "invalid HTTP"),
        (lambda request: b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 100_000 + b"\r\n", "invalid HTTP"),
        (lambda request: b"", "closed the connection"),
    ],
)
def test_what_is_no_http(answer: Answer, problem: str) -> None:
    found = asked(answer)
    assert found.status is None
    assert problem in found.problem


@pytest.mark.parametrize(
    "answer",
    [
        silent,
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    ],
    ids=["never", "slow first line", "endless headers", "endless body"],
)
def test_slow_answers_end_at_the_limit(answer: Answer) -> None:
    started = time.monotonic()
    found = asked(answer, timeout=0.6)
    assert time.monotonic() - started < 2
    assert found.problem


def test_broken_off_bodies_are_cut() -> None:
    answer = asked(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
    assert (answer.status, answer.body, answer.truncated) == (200, b"hello", True)
    assert "broke off" in answer.problem


def test_a_closed_port() -> None:
    answer = ask(FakeContainer(1), HttpRequest(9), timeout=1, body_limit=10)
    assert (answer.status, answer.problem) == (None, "connection refused")
