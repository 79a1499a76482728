"""Users and groups that a package's installation made: which number they got says nothing about the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lightship.evidence.observation import ImageFacts
from lightship.messages import said
from lightship.verify.config import user_id

# What adduser(8) and systemd-sysusers(8) give to system accounts; those below are the same everywhere.
_SYSTEM = range(100, 1000)
REASON = said("made by installing an OS package, which takes the next free number")


@dataclass(frozen=True, slots=True)
class Renumbered:
    """Numbers of the original, each with the one that the account of that name has in the candidate."""

    users: Mapping[int, int]
    groups: Mapping[int, int]

    def is_same(self, old: tuple[int, int], new: tuple[int, int]) -> bool:
        """Whether an owner, as (uid, gid), is the same by name."""
        uid, gid = old
        return (self.users.get(uid, uid), self.groups.get(gid, gid)) == new


def renumbered(old: ImageFacts, new: ImageFacts) -> Renumbered:
    """The system accounts whose number differs and does not count.

    They own files of OS packages and nothing else in the original, which neither runs as one of them nor keeps data in
    a volume, where numbers outlive the image.
    """
    if old.config.volumes:
        return Renumbered({}, {})
    packages: set[tuple[str, int | None]] = set()
    others: set[tuple[str, int | None]] = {("user", user_id(old))}
    for fact in old.files.values():
        (packages if fact.owner else others).update((("user", fact.uid), ("group", fact.gid)))
    # The user of a package's group is the package's, although only the group may own anything.
    packages |= {("user", one.uid) for one in old.accounts if ("group", one.gid) in packages}
    of_packages = packages - others
    users = {one.name: one.uid for one in new.accounts}
    groups = {one.name: one.gid for one in new.groups}
    return Renumbered(
        dict(_pairs("user", {one.name: one.uid for one in old.accounts}, users, of_packages)),
        dict(_pairs("group", {one.name: one.gid for one in old.groups}, groups, of_packages)),
    )


def _pairs(
    kind: str, old: Mapping[str, int], new: Mapping[str, int], eligible: set[tuple[str, int | None]]
) -> Iterator[tuple[int, int]]:
    for name, number in old.items():
        now = new.get(name, number)
        if now != number and number in _SYSTEM and now in _SYSTEM and (kind, number) in eligible:
            yield number, now
