"""Whether the program wants to be told its port: platforms that run containers set PORT, and a Dockerfile need not.

Source: https://cloud.google.com/run/docs/container-contract#port, https://devcenter.heroku.com/articles/dynos#web-dynos
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lightship.closure.mentions import language_of
from lightship.closure.surroundings import Surroundings
from lightship.oci.model import ImageConfig
from lightship.probes.facts.programs import TEXT_LIMIT

# Read without anything in its place where it is not set.
_SHELL = re.compile(r"\$(?:PORT\b|\{PORT\})")
_PYTHON = re.compile(r"""environ\[\s*["']PORT["']\s*\]|(?:getenv|environ\.get)\(\s*["']PORT["']\s*\)(?!\s*or\b)""")
_NODE = re.compile(r"""process\.env(?:\.PORT\b|\[["']PORT["']\])(?!\s*(?:\|\||\?\?|\?|=[^=]))""")


def wants_port(around: Surroundings, config: ImageConfig, own: Iterable[str]) -> bool:
    """Whether the command or the program's own source reads PORT, with nothing in its place when it is not set."""
    if any(name == "PORT" for name, _ in config.env):
        return False
    if _SHELL.search(" ".join((*(config.entrypoint or ()), *(config.cmd or ())))):
        return True
    for path in own:
        language = language_of(path)
        pattern = {"python": _PYTHON, "node": _NODE}.get(language, _SHELL if language in ("", "shell") else None)
        if pattern and pattern.search(around.tree.read(path, TEXT_LIMIT).decode("utf-8", "replace")):
            return True
    return False
