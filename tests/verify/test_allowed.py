from __future__ import annotations

import pytest

from lightship.verify.allowed import BUILT_IN, Allowance, Allowances, allowance


@pytest.mark.parametrize(
    ("path", "change", "allowed"),
    [
        ("root/.cache/pip/http/a/b", "missing", True),
        ("root/.cache/pip", "missing", True),
        ("root/.cache/nltk_data/x", "missing", False),
        ("root/.cache/ms-playwright/chromium/chrome", "missing", False),
        ("home/app/.cache/uv/x", "missing", True),
        ("var/cache/apt/pkgcache.bin", "missing", True),
        ("var/cache/app/data", "missing", False),
        ("app/requirements.txt", "missing", True),
        ("app/requirements.txt", "content", False),
        ("app/package.json", "missing", False),
        ("app/data/words.txt", "missing", False),
        ("app/__pycache__/main.cpython-311.pyc", "content", True),
        ("app/main.pyc", "missing", False),
        ("app/main.go", "missing", True),
        ("app/main.go", "content", False),
        ("app/static/site.css", "missing", False),
        ("usr/share/zoneinfo/Europe/Berlin", "missing", True),
        ("usr/local/go/src/fmt/print.go", "missing", True),
        ("usr/local/go2/x", "missing", False),
        ("usr/local/lib/libfoo.so", "missing", False),
        ("tmp/x", "missing", True),
        ("tmp", "mode", False),
        ("etc/passwd", "content", True),
        ("etc/app.conf", "content", False),
        ("<site-packages>/pip/main.py", "missing", True),
        ("<site-packages>/piper/main.py", "missing", False),
    ],
)
def test_what_may_differ(path: str, change: str, allowed: bool) -> None:
    assert bool(allowance(path, change)) is allowed  # type: ignore[arg-type]


def test_the_caller_adds() -> None:
    extra = Allowances([Allowance("app/tests/**", ("missing",), "tests"), Allowance("app/one", ("content",), "one")])
    assert allowance("app/one", "content", extra) == "one"
    assert allowance("app/one", "missing", extra) == ""
    assert allowance("app/tests/test_x.py", "missing", extra) == "tests"
    assert allowance("app/tests/test_x.py", "content", extra) == ""


def test_every_one_has_a_reason_and_is_there_once() -> None:
    assert all(one.why and one.changes for one in BUILT_IN)
    assert len({(one.pattern, one.changes) for one in BUILT_IN}) == len(BUILT_IN)
