"""A shared library is installed for building, and is missing where the program runs.

Headers (`libpq-dev`) in the builder stage let a driver be compiled against a library. The driver still loads that
library when the program starts: the final stage needs its runtime package (`libpq5`), or stops with "libpq.so.5:
cannot open shared object file". Wheels that bring their own copy (`psycopg2-binary`) need neither package.

There is no fix: how the runtime package is called depends on the release.

Bad:

```dockerfile
FROM python:3.12 AS build
RUN apt-get update && apt-get install -y libpq-dev
RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2

FROM python:3.12-slim
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/python", "app.py"]
```

Good:

```dockerfile
FROM python:3.12 AS build
RUN apt-get update && apt-get install -y libpq-dev
RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
CMD ["/opt/venv/bin/python", "app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lightship.dockerfile import Instruction
from lightship.messages import said
from lightship.rules.base_images import image_below
from lightship.rules.copied import Copied, copied
from lightship.rules.model import Finding, Rule, Subject
from lightship.rules.package_commands import installed
from lightship.semantic import Stage

NAME = "runtime_library_missing"


@dataclass(frozen=True, slots=True)
class _Library:
    """A library whose users are compiled where they are installed, because they have no wheels or are asked to be.

    ``headers`` and ``runtime`` match package names of any distribution, ``users`` the Python packages that load it, and
    ``carried`` those that bring it along.
    """

    headers: str
    runtime: str
    example: str
    users: str
    carried: str = r"$^"


_LIBRARIES = (
    _Library(
        r"libpq-dev|postgresql(?:\d+)?-dev(?:el)?|postgresql-libs",
        r"libpq\d*|libpq-dev|postgresql.*",
        "libpq5",
        r"psycopg2?(?![\w-])|psycopg\[c\]|psycopg-c\b",
        r"psycopg2-binary|psycopg(?:2)?\[[^\]]*binary|psycopg-binary|asyncpg|pg8000",
    ),
    _Library(
        r"(?:default-)?lib(?:mysqlclient|mariadb(?:client)?)-dev(?:-compat)?|mariadb(?:-connector-c)?-dev(?:el)?",
        r"(?:default-)?(?:lib)?(?:mysql|mariadb).*",
        "libmariadb3",
        r"mysqlclient",
        r"pymysql|mysql-connector|aiomysql|asyncmy",
    ),
    _Library(r"libldap2?-dev|openldap-dev(?:el)?", r"libldap.*|openldap.*|ldap-utils", "libldap2", r"python-ldap"),
    _Library(r"libmemcached-dev", r"libmemcached.*", "libmemcached11", r"pylibmc"),
    _Library(r"unixodbc-dev(?:el)?", r"unixodbc.*|msodbcsql.*|libodbc.*|tdsodbc", "unixodbc", r"pyodbc", r"pyodbc"),
)
_MODULES = re.compile(
    r"/(?:site|dist)-packages|/\.local\b|venv|/\.virtualenvs|^/usr/local(?:/lib)?$|^/install|wheel|^/app"
)

_INSTALLS_PYTHON = re.compile(r"\b(?:pip3?|uv|poetry|pipenv|pdm)\b")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the headers, in a builder stage, of a library that the final stage does not get."""
    stages = subject.image_stages
    here = image_below(subject, stages[-1]) if stages else None
    # Full images have the usual libraries; of other images nothing is known.
    if here is None or not (here.is_slim or here.is_alpine):
        return
    own = list(installed(subject, stages))
    taken = [one for one in copied(subject, stages) if one.from_stage is not None]
    if any(not one.complete for one in own) or any(_brings_libraries(one) for one in taken):
        return
    words = _asked_of_pip(subject)
    for one in taken:
        if one.from_stage is None or not _MODULES.search(one.source):
            continue
        if not any(_INSTALLS_PYTHON.search(item.text) for item in _runs(subject, one.from_stage)):
            continue
        for build in installed(subject, subject.graph.chain(one.from_stage)):
            if subject.in_image(build.placed.stage):
                continue
            for library in _LIBRARIES:
                headers = next((name for name in build.names if re.fullmatch(library.headers, name)), "")
                if not headers or any(re.fullmatch(library.runtime, name) for other in own for name in other.names):
                    continue
                if not _is_compiled(library, words):
                    continue
                yield Finding(
                    NAME,
                    said(
                        "{headers} is only in stage {label}; what was built with it needs its library here",
                        headers=headers,
                        label=one.from_stage.label,
                    ),
                    one.span,
                    said(
                        "install the runtime package of {headers} in this stage ({example} on Debian)",
                        headers=headers,
                        example=library.example,
                    ),
                )
                return


def _runs(subject: Subject, stage: Stage) -> Iterator[Instruction]:
    """The RUNs of a stage and of the stages below it."""
    for below in subject.graph.chain(stage):
        yield from (one for one in below.instructions if one.keyword == "run")


def _is_compiled(library: _Library, words: str) -> bool:
    """Whether the packages that load the library are asked for by a name without wheels; yes when nothing is known."""
    if re.search(library.carried, words, re.IGNORECASE):
        return False
    return not words or re.search(rf"(?:^|[\s\"'])(?:{library.users})", words, re.IGNORECASE) is not None


def _asked_of_pip(subject: Subject) -> str:
    """The Python packages that RUNs and the context's requirement files name; empty when none can be read."""
    words = [
        placed.instruction.text
        for placed in subject.instructions("run")
        if re.search(r"\bpip3?\b.*\b(?:install|wheel)\b", placed.instruction.text, re.DOTALL)
        and re.search(r"psycopg|mysql|ldap|pylibmc|pyodbc|asyncpg|pg8000", placed.instruction.text)
    ]
    files = ("requirements.txt", "pyproject.toml", "Pipfile", "requirements/base.txt", "requirements/production.txt")
    context = subject.context
    texts = [text for name in files if context is not None and (text := context.read(name))]
    return "\n".join([*words, *texts])


def _brings_libraries(one: Copied) -> bool:
    """Whether a COPY may bring shared libraries by itself."""
    return re.search(r"^/(?:usr/)?lib(?:/|$)|\.so(?:[.*]|$)|^/$|^/usr$", one.source) is not None and not re.search(
        r"python", one.source
    )


RULE = Rule(NAME, "warning", "correctness", check)
