"""Users and groups: passwd(5) and group(5)."""

from __future__ import annotations

from lightship.closure.surroundings import Surroundings
from lightship.evidence.observation import Account, GroupFact


def accounts(around: Surroundings) -> tuple[Account, ...]:
    """The users of /etc/passwd; lines that are not one are left out, as the C library does."""
    found = []
    for line in around.text("etc/passwd").split("\n"):
        fields = line.split(":")
        if len(fields) >= 7 and fields[2].isdigit() and fields[3].isdigit():
            found.append(Account(fields[0], int(fields[2]), int(fields[3]), fields[5], fields[6]))
    return tuple(found)


def groups(around: Surroundings) -> tuple[GroupFact, ...]:
    """The groups of /etc/group."""
    found = []
    for line in around.text("etc/group").split("\n"):
        fields = line.split(":")
        if len(fields) >= 4 and fields[2].isdigit():
            members = tuple(sorted(name for name in fields[3].split(",") if name))
            found.append(GroupFact(fields[0], int(fields[2]), members))
    return tuple(found)
