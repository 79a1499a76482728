"""Pages and pictures from templates: one self-contained text each, which loads nothing and runs only what it brings.

Everything that comes from a Dockerfile or an image is escaped by the template engine; the page's own policy
(Content-Security-Policy) names the digests of its two scripts, so that nothing else could run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from lightship.messages import Said
from lightship.reports.translation import language, told, tr

if TYPE_CHECKING:
    from jinja2 import Environment

_SCRIPTS = ("d3-hierarchy.min.js", "page.js")
# What XML 1.0 does not allow in a document, and a browser does not show.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def rendered(template: str, values: dict[str, object]) -> str:
    """A template of this folder with its values; assets are put in where it asks for them."""
    text = _environment().get_template(template).render(**values, lang=language())
    return _UNPRINTABLE.sub("\ufffd", text).rstrip("\n")


def data(value: object) -> str:
    """A value as JSON that may stand in a script element: no ``<`` can end the element."""
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: told(value) if isinstance(value, Said) else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals["asset"] = lambda name: Markup(_file(f"assets/{name}"))
    environment.globals["scripts"] = _SCRIPTS
    environment.globals["policy"] = _policy()
    environment.globals["_"] = tr
    environment.filters["sentence"] = _sentence
    environment.filters["mb"] = lambda size: f"{size / 1e6:,.1f}"
    environment.filters["bytes"] = _bytes
    environment.filters["data"] = lambda value: Markup(data(value))
    return environment


def _sentence(text: str) -> str:
    """A reason as it begins a sentence, in the reader's language."""
    said = tr(text)
    return said[:1].upper() + said[1:]


def _bytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 50_000 else f"{size / 1e3:,.1f} kB" if size else "0"


def _file(name: str) -> str:
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


def _policy() -> str:
    digests = (
        base64.b64encode(hashlib.sha256(_file(f"assets/{name}").encode()).digest()).decode() for name in _SCRIPTS
    )
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}; "
        "base-uri 'none'; form-action 'none'"
    )
