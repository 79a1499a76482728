"""L3: the program's own files, with the same content, owner and mode."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lightship.evidence.observation import FileFact, ImageFacts, Observation
from lightship.messages import said
from lightship.verify.allowed import NONE, Allowances, Change, allowance
from lightship.verify.config import user_id
from lightship.verify.numbers import REASON, Renumbered, renumbered
from lightship.verify.verdict import Allowed, Comparison, Difference, settle

_SITE = re.compile(r"^(?P<prefix>.*?)(?:^|/)lib/python3(?:\.\d+)?/(?:site|dist)-packages(?=/|$)")
_TOP = "files"
_LINKS_LIMIT = 8
_LINK_OF_GONE = said("a link to a file of an OS package that is gone, made when it was installed")
_COMPILED_ANEW = said("compiled anew: other bytes, the same libraries and modules; that it works is shown from L5 on")


def compare_files(original: Observation, candidate: Observation, allowed: Allowances = NONE) -> Comparison:
    """Every file that no OS package owns, and the files of OS packages that both images have.

    Python packages may lie in another site-packages; other files must be where they were.
    """
    both = _packages_in_both(original.facts, candidate.facts)
    numbers = renumbered(original.facts, candidate.facts)
    pair = _Pair(original.facts, candidate.facts, both, allowed, numbers)
    # A file that the original has at that very path is that file, and stands for no other.
    elsewhere = _by_place({path: fact for path, fact in pair.new.files.items() if path not in pair.old.files})
    parents = {path.rpartition("/")[0] for path in pair.old.files}
    scripts = {script.path.lstrip("/") for script in pair.old.scripts}
    found: list[tuple[str, Change, str, str]] = []
    let_through: dict[str, list[Difference]] = defaultdict(list)
    compared = 0
    for path, fact in pair.old.files.items():
        if path in scripts or (fact.owner and fact.owner not in both):
            continue
        now = pair.new.files.get(path) or _best(fact, elsewhere.get(canonical(path), ()))
        if now is None and fact.kind == "dir" and path in parents:
            continue  # what was in it is missed by itself
        compared += 1
        for change, before, after in _changes(fact, now, pair.new):
            why = _reason(fact, now, change, pair)
            if why:
                let_through[why].append(Difference((_TOP, path, change), before, after))
            else:
                found.append((path, change, before, after))
    return settle(
        said("{compared} files and directories", compared=compared),
        _grouped(found),
        allowed=(_summed(why, differences) for why, differences in sorted(let_through.items())),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    old: ImageFacts
    new: ImageFacts
    both: frozenset[str]
    """OS packages that both have in the same version."""
    allowed: Allowances
    numbers: Renumbered


def canonical(path: str) -> str:
    """The path with a site-packages directory replaced by ``<site-packages>``, wherever it lies."""
    return _SITE.sub("<site-packages>", path, count=1)


def _by_place(files: Mapping[str, FileFact]) -> dict[str, list[FileFact]]:
    places: dict[str, list[FileFact]] = defaultdict(list)
    for path, fact in files.items():
        place = canonical(path)
        if place != path:
            places[place].append(fact)
    return places


def _best(fact: FileFact, choices: Sequence[FileFact]) -> FileFact | None:
    """The one with the same content if there is one: an image can have several site-packages."""
    return next((one for one in choices if one.digest == fact.digest), choices[0] if choices else None)


def _packages_in_both(old: ImageFacts, new: ImageFacts) -> frozenset[str]:
    """Names of the OS packages that both have in the same version: their files must then be whole."""
    versions = {(one.name, one.version) for one in new.os_packages or ()}
    return frozenset(one.name for one in old.os_packages or () if (one.name, one.version) in versions)


def _changes(fact: FileFact, now: FileFact | None, new: ImageFacts) -> Iterator[tuple[Change, str, str]]:
    if now is None:
        yield "missing", fact.kind if fact.kind != "file" else said("{size} bytes", size=fact.size), ""
        return
    if _kind(fact) != _kind(now):
        there = _followed(now, new.files) if now.kind == "symlink" else None
        if there is not None and _kind(there) == _kind(fact):
            # Reached by another way (merged /usr); the files of a directory are compared by themselves.
            yield from () if fact.kind == "dir" else _changes(fact, there, new)
            return
        yield "content", fact.kind, now.kind
        return
    if fact.kind == "symlink":
        if fact.link != now.link:
            yield "content", said("link to {link}", link=fact.link), said("link to {link}", link=now.link)
        return
    if _kind(fact) == "file" and ((fact.digest != now.digest) if fact.digest and now.digest else fact.size != now.size):
        yield (
            "content",
            said("{size} bytes, {digest}", size=fact.size, digest=fact.digest[:12]),
            said("{size} bytes, {digest}", size=now.size, digest=now.digest[:12]),
        )
    if _rights(fact) != _rights(now):
        yield "mode", _rights(fact), _rights(now)
    if (fact.uid, fact.gid) != (now.uid, now.gid):
        yield "owner", f"{fact.uid}:{fact.gid}", f"{now.uid}:{now.gid}"


def _rights(fact: FileFact) -> str:
    """Mode and capabilities: both say what running the file allows."""
    more = said(", capabilities {capabilities}", capabilities=fact.capabilities) if fact.capabilities else ""
    return f"{fact.mode & 0o7777:04o}{more}"


def _kind(fact: FileFact) -> str:
    return "file" if fact.kind == "hardlink" else fact.kind


def _followed(link: FileFact, files: Mapping[str, FileFact]) -> FileFact | None:
    """What a link leads to in the end; None when there is nothing."""
    found: FileFact | None = link
    for _ in range(_LINKS_LIMIT):
        if found is None or found.kind != "symlink":
            return found
        found = files.get(_target(found, files))
    return None


def _reason(fact: FileFact, now: FileFact | None, change: Change, pair: _Pair) -> str:
    """Why a change does not count, or ""."""
    path, place, extra = fact.path, canonical(fact.path), pair.allowed
    why = allowance(path, change, extra) or (allowance(place, change, extra) if place != path else "")
    if why:
        return why
    if now is None:
        return _LINK_OF_GONE if fact.kind == "symlink" and _leads_to_gone(fact, pair) else ""
    if change == "content" and fact.shape and fact.shape == now.shape:
        return _COMPILED_ANEW
    user = user_id(pair.new)
    if change == "owner" and user != user_id(pair.old) and user not in (None, 0) and now.uid == user:
        return said("the owner follows the changed USER")
    if change == "owner" and fact.owner and pair.numbers.is_same((fact.uid, fact.gid), (now.uid, now.gid)):
        return REASON
    return ""


def _leads_to_gone(link: FileFact, pair: _Pair) -> bool:
    """Whether a link leads to a file of an OS package that is gone as a whole: its maintainer script made the link."""
    target = pair.old.files.get(_target(link, pair.old.files))
    return target is not None and bool(target.owner) and target.owner not in pair.both


def _target(link: FileFact, files: Mapping[str, FileFact]) -> str:
    """Where a link leads, through linked directories on the way (merged /usr: ``/lib`` is ``/usr/lib``)."""
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(link.path), link.link)).lstrip("/")
    for _ in range(_LINKS_LIMIT):
        first, _, rest = path.partition("/")
        top = files.get(first)
        if top is None or top.kind != "symlink" or not rest:
            return path
        path = posixpath.normpath(posixpath.join("/", top.link, rest)).lstrip("/")
    return path


def _grouped(found: list[tuple[str, Change, str, str]]) -> Iterator[Difference]:
    """One difference a file; several of one kind in one directory become one with children."""
    groups: dict[tuple[str, Change], list[tuple[str, str, str]]] = defaultdict(list)
    for path, change, before, after in found:
        groups[path.rpartition("/")[0], change].append((path, before, after))
    for (directory, change), members in sorted(groups.items()):
        children = tuple(Difference((_TOP, path, change), before, after) for path, before, after in sorted(members))
        if len(children) == 1:
            yield children[0]
        else:
            yield Difference((_TOP, f"{directory}/", change), said("{count} files", count=len(children)), "", children)


def _summed(why: str, differences: list[Difference]) -> Allowed:
    first = differences[0]
    if len(differences) == 1:
        return Allowed(first, why)
    return Allowed(
        Difference(
            (_TOP,),
            said("{count} files, such as {path}", count=len(differences), path=first.path[1]),
            "",
            tuple(differences),
        ),
        why,
    )
