"""What reports say, in the reader's language. English is the source; the catalogues are gettext's.

Numbers, names, JSON, and the reasons and details that lower rooms give stay as they are.
https://www.gnu.org/software/gettext/manual/html_node/Locale-Environment-Variables.html
"""

from __future__ import annotations

import gettext
import os
from functools import cache

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


def tr(message: str, **values: object) -> str:
    """A message in the reader's language, with ``{name}`` replaced by its value."""
    found = _catalogue(language()).gettext(message)
    return found.format(**values) if values else found


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    if name == "en":
        return gettext.NullTranslations()
    from importlib import resources  # brings shutil, tempfile and random along, which English does not need

    path = resources.files(__package__) / "locale" / name / "LC_MESSAGES" / "lightship.mo"
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)
