"""Output and error text, free of where things happen to lie: a venv may move and mean the same."""

from __future__ import annotations

import re

_SITE = re.compile(r"(?:/[\w.@+-]+)*?/lib/python3(?:\.\d+)?/(?:site|dist)-packages")
_BIN = re.compile(r"(?:/[\w.@+-]+)+/bin/(?=[\w.@+-])")
_PYTHON = re.compile(r"\bpython3?(?:\.\d+)?(?![\w./-])")


def place_free(text: str) -> str:
    """``text`` with site-packages and bin directories named by what they are."""
    if "/" not in text:
        return text
    return _BIN.sub("<bin>/", _SITE.sub("<site-packages>", text))


def program_words(argv: tuple[str, ...]) -> tuple[str, ...]:
    """A command line free of places: ``/opt/venv/bin/python3.11 /opt/venv/bin/x`` is ``python /usr/local/bin/x``."""
    words = tuple(place_free(word).removeprefix("<bin>/") for word in argv)
    return (_PYTHON.sub("python", words[0]), *words[1:]) if words else words
