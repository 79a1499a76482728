"""Which file of a candidate stands for which of the original, where an image has several Pythons."""

from __future__ import annotations

import pytest

from lightship.evidence.observation import Account, FileFact, GroupFact, Observation, OsPackage
from lightship.oci.model import ImageConfig
from lightship.verify import compare
from verify.sample import FACTS, with_facts

VENV, SYSTEM = "opt/venv/lib/python3.11/site-packages", "usr/local/lib/python3.11/site-packages"
DEBIAN = "usr/lib/python3/dist-packages"


def image(**files: str) -> Observation:
    facts = {path: FileFact(path, "file", 0o644, 0, 0, size=len(text), digest=text) for path, text in files.items()}
    return with_facts(Observation("x", FACTS), files=facts, config=ImageConfig(), packages=(), scripts=())


def verdict(original: Observation, candidate: Observation) -> list[str]:
    level = compare(original, candidate).levels[3]
    return [one.name for one in level.differences]


def test_packages_may_move_to_another_site_packages() -> None:
    assert verdict(image(**{f"{SYSTEM}/x/a.py": "1"}), image(**{f"{VENV}/x/a.py": "1"})) == []
    assert verdict(image(**{f"{SYSTEM}/x/a.py": "1"}), image(**{f"{VENV}/x/a.py": "2"})) == [
        f"files > {SYSTEM}/x/a.py > content"
    ]


def test_what_was_there_before_stands_for_no_other() -> None:
    both = image(**{f"{SYSTEM}/x/a.py": "1", f"{DEBIAN}/x/a.py": "1"})
    assert verdict(both, image(**{f"{DEBIAN}/x/a.py": "1"})) == [f"files > {SYSTEM}/x/a.py > missing"]
    other = image(**{f"{SYSTEM}/pip/a.py": "1", f"{DEBIAN}/pip/a.py": "2"})
    assert verdict(other, image(**{f"{DEBIAN}/pip/a.py": "2"})) == [], "an installer may be missing"


def owned(gid: int, *, data: int = 0, volumes: tuple[str, ...] = (), user: str = "") -> Observation:
    """An image with a helper of dbus that belongs to a group which installing dbus made."""
    helper = FileFact("usr/lib/dbus/helper", "file", 0o4754, 0, gid, 9, owner="dbus")
    own = FileFact("srv/data", "file", 0o644, 0, data, 9, "d")
    return with_facts(
        Observation("x", FACTS),
        files={one.path: one for one in (helper, own)},
        os_packages=(OsPackage("dbus", "1"),),
        accounts=(Account("root", 0, 0, "/root", "/bin/sh"), Account("bus", gid, gid, "/", "/bin/false")),
        groups=(GroupFact("root", 0, ()), GroupFact("bus", gid, ())),
        config=ImageConfig(volumes=volumes, user=user),
    )


def owner_differences(old: Observation, new: Observation) -> set[str]:
    levels = compare(old, new).levels
    return {one.name for level in levels for one in level.differences if one.name.startswith(("files", "users", "gr"))}


def test_which_number_a_package_s_own_account_got_does_not_count() -> None:
    assert owner_differences(owned(102), owned(101)) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (owned(102, data=102), owned(101, data=101)),
        (owned(102, volumes=("/data",)), owned(101, volumes=("/data",))),
        (owned(1002), owned(1001)),
        (owned(102), owned(0)),
    ],
    ids=["it has data", "it may have data in a volume", "it is a person's", "it is root's now"],
)
def test_which_number_an_account_has_counts_when(old: Observation, new: Observation) -> None:
    assert {"files > usr/lib/dbus/helper > owner", "users > bus > gid"} <= owner_differences(old, new)
