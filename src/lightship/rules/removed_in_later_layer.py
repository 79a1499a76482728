r"""A RUN removes what an earlier layer put into the image.

Layers only add: a file that a later RUN deletes is hidden, but its bytes are still in the earlier layer and are
pulled with the image. Remove it in the RUN that made it, or never let it in: copy from a builder stage, or use `RUN
--mount`.

The fix joins the RUN that removes with the one right above it that made the files, when it does nothing else.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl
RUN rm -rf /var/lib/apt/lists/*
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.rules.copied import absolute, copied_by, is_below
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import APT, MANAGERS, installed_by, mounted, verb, words_of
from lightship.rules.script_end import joined

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "removed_in_later_layer"
_LISTS = "/var/lib/apt/lists"
_CLEANERS = frozenset(["rm", "apt-get", "apt", "apk", "dnf", "yum", "microdnf", "find", "true"])


@dataclass(frozen=True, slots=True)
class _Made:
    """A path or a package (``kind``) that an instruction brought into the image."""

    kind: str
    name: str
    by: Placed


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image that removes what an earlier instruction made."""
    made: dict[tuple[str, str], _Made] = {}
    for placed in subject.image_instructions("copy", "add", "run"):
        if placed.instruction.keyword != "run":
            large = [one for one in copied_by(subject, placed) if not one.is_small]
            _note(made, [_Made("path", path, placed) for one in large for path in one.landings[-1:]])
            _note(made, _downloaded_by_add(placed))
            continue
        removed = list(_removals(subject, placed, made))
        if removed:
            yield _finding(subject, placed, removed)
        _note(made, _made_by(subject, placed))


def _finding(subject: Subject, placed: Placed, removed: list[tuple[Program, str, _Made]]) -> Finding:
    program, name, one = removed[0]
    edit = None
    above = one.by
    only_removes = all((command.name or "") in _CLEANERS for command in subject.commands(placed))
    if only_removes and above.stage is placed.stage and above.index == placed.index - 1:
        edit = joined(subject, above, placed) if above.instruction.keyword == "run" else None
    number = above.instruction.line
    return Finding(
        NAME,
        said("{name} stays in the layer of line {number}; removing it here only hides it", name=name, number=number),
        program.span,
        "remove it in the RUN that made it" if above.instruction.keyword == "run" else "do not copy it into this stage",
        (Fix((edit,), True, said("remove it in the RUN of line {number}", number=number)),) if edit is not None else (),
    )


def _note(made: dict[tuple[str, str], _Made], more: Iterable[_Made]) -> None:
    """Remember what was made, by its name and, for a path, by every directory above it; the newest counts."""
    for one in more:
        made[one.kind, one.name] = one
        above = posixpath.dirname(one.name) if one.kind == "path" else ""
        while len(above) > 1:
            made["path", above] = one
            above = posixpath.dirname(above)


def _removals(
    subject: Subject, placed: Placed, made: dict[tuple[str, str], _Made]
) -> Iterator[tuple[Program, str, _Made]]:
    """What a RUN removes of what was made before."""
    if not made:
        return
    for program in subject.programs(placed, "rm"):
        for word in words_of(subject, program)[1:]:
            if word.value is None or word.value.startswith("-") or not word.value.startswith("/"):
                continue
            path = posixpath.normpath(word.value)
            path = path.removesuffix("/*") if path.count("/") > 2 else path
            found = made.get(("path", path))
            if found is not None and path not in ("/", "/tmp", "/var/tmp"):
                yield program, word.raw, found
    for program in subject.programs(placed, *MANAGERS):
        if verb(subject, program, "remove", "purge", "del", "erase") is None:
            continue
        names = [word.value for word in words_of(subject, program)[2:] if word.value]
        found = next((made["package", name] for name in names if ("package", name) in made), None)
        if found is not None:
            yield program, found.name, found


def _made_by(subject: Subject, placed: Placed) -> Iterator[_Made]:
    """What a RUN leaves behind that is known: package lists, packages, downloaded files."""
    own = [
        posixpath.normpath(word.value).removesuffix("/*")
        for program in subject.programs(placed, "rm")
        for word in words_of(subject, program)[1:]
        if word.value
    ]
    fetches = any(verb(subject, one, "update") for one in subject.programs(placed, *APT))
    if fetches and not mounted(placed, _LISTS) and not any(is_below(_LISTS, path) for path in own):
        yield _Made("path", _LISTS, placed)
    for one in installed_by(subject, placed):
        names = (one.virtual,) if one.virtual else one.names
        yield from (_Made("package", name, placed) for name in names)
    for path in _downloads(subject, placed):
        if not any(is_below(path, other) for other in own) and not mounted(placed, path):
            yield _Made("path", path, placed)


def _downloads(subject: Subject, placed: Placed) -> Iterator[str]:
    """The files that curl and wget are told to write."""
    for program in subject.programs(placed, "curl", "wget"):
        option = ("-o", "--output") if program.name.endswith("curl") else ("-O", "--output-document")
        arguments = program.arguments
        for at, word in enumerate(arguments[:-1]):
            target = arguments[at + 1]
            if word in option and target and target.startswith("/") and not target.startswith("/dev/"):
                yield absolute(placed.scope, target)


def _downloaded_by_add(placed: Placed) -> Iterator[_Made]:
    """The file that ADD downloads."""
    words = placed.instruction.words
    if placed.instruction.keyword != "add" or len(words) != 2 or "$" in words[0].value + words[1].value:
        return
    url, target = words[0].value, words[1].value
    if url.startswith(("http://", "https://")):
        path = target + posixpath.basename(url) if target.endswith("/") else target
        place = absolute(placed.scope, path)
        if place:
            yield _Made("path", place, placed)


RULE = Rule(NAME, "warning", "layers", check, fixable=True)
