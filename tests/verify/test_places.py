"""Which file of a candidate stands for which of the original, where an image has several Pythons."""

from __future__ import annotations

from lightship.evidence.observation import FileFact, Observation
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
