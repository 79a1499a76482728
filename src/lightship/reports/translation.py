"""What lightship says to people, in the reader's language. English is the source; the catalogues are gettext's.

Numbers, names, and documents for programs (JSON, SARIF, JUnit) stay as they are. Lower rooms speak English, and keep
with each message what it was made of (``lightship.messages``).
https://www.gnu.org/software/gettext/manual/html_node/Locale-Environment-Variables.html
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from lightship.messages import Said, said, translated

LANGUAGES: tuple[str, ...] = ("en", "es")
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_chosen: list[str] = []


def use(language: str) -> None:
    """Speak one of ``LANGUAGES`` from now on; "" for the environment's again."""
    _chosen[:] = [language] if language else []


def language() -> str:
    """The language of the reports: the chosen one, else the environment's, else English."""
    if _chosen:
        return _chosen[0]
    value = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    wanted = (one.partition(".")[0].partition("_")[0] for one in value.split(":"))
    return next((one for one in wanted if one in LANGUAGES), "en")


@contextmanager
def in_english() -> Iterator[None]:
    """English while it lasts: what documents for other programs are made in."""
    before = list(_chosen)
    use("en")
    try:
        yield
    finally:
        _chosen[:] = before


def asked_for(arguments: Sequence[str]) -> str:
    """The language that ``--lang`` names among the words of a command line, "" without one that is known."""
    words = iter(arguments)
    for word in words:
        value = next(words, "") if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in LANGUAGES:
            return value
    return ""


def tr(message: str, /, **values: object) -> str:
    """A message in the reader's language, with ``{name}`` replaced by its value.

    ``message`` is a constant, or what a lower room said; a text that no catalogue has is given back as it is.
    """
    if values:
        message = said(message, **values)
    if not message or language() == "en":
        return message
    translate = _catalogue(language()).gettext
    return translated(message, translate) if isinstance(message, Said) else translate(message)


def told(value: str) -> str:
    """A value in the reader's language where it is something that lightship said; names and texts of others as is."""
    return tr(value) if isinstance(value, Said) else value


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    if name == "en":
        return gettext.NullTranslations()
    from importlib import resources  # brings shutil, tempfile and random along, which English does not need

    path = resources.files(__package__) / "locale" / name / "LC_MESSAGES" / "lightship.mo"
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
