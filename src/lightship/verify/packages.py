"""L3: the same language packages in the same versions, and no OS package in another upstream version."""

from __future__ import annotations

from collections import Counter, defaultdict

from lightship.evidence.observation import LanguagePackage, Observation
from lightship.messages import joined, said
from lightship.verify.verdict import Allowed, Comparison, Difference, settle

INSTALLERS: tuple[tuple[str, str], ...] = (
    ("python", "pip"),
    ("python", "wheel"),
    ("python", "uv"),
    ("python", "pipenv"),
    ("python", "virtualenv"),
    ("node", "npm"),
    ("node", "corepack"),
    ("node", "yarn"),
    ("node", "pnpm"),
    ("node", "node-gyp"),
)
"""Packages that install packages: the image may do without them. setuptools is not one: programs import it."""

WITH_EVERY_VENV: tuple[tuple[str, str], ...] = (("python", "setuptools"),)
"""Packages that ``python -m venv`` installs in the version that the Python has (before 3.12)."""


def compare_packages(original: Observation, candidate: Observation) -> Comparison:
    """Names and versions, wherever the packages lie; more packages than before are only noted."""
    old, new = _versions(original.facts.packages), _versions(candidate.facts.packages)
    reasons = {(one.ecosystem, one.name): one.build_only for one in original.facts.packages if one.build_only}
    kept = {(one.ecosystem, one.name) for one in original.facts.packages if not one.build_only}
    differences: list[Difference] = []
    allowed: list[Allowed] = []
    for key in sorted(old):
        if old[key] == new.get(key):
            continue
        ecosystem, name = key
        path = (f"{ecosystem} packages", name) if key not in new else (f"{ecosystem} packages", name, "version")
        difference = Difference(path, ", ".join(sorted(old[key])), ", ".join(sorted(new.get(key, ()))))
        if key in INSTALLERS:
            allowed.append(Allowed(difference, said("an installer: used to build the image, not by the program")))
        elif key in new and key in WITH_EVERY_VENV:
            allowed.append(
                Allowed(difference, said("every virtual environment brings its own; that it imports is compared"))
            )
        elif key not in new and key in reasons and key not in kept:
            allowed.append(Allowed(difference, reasons[key]))
        else:
            differences.append(difference)
    more = sorted(f"{name} ({ecosystem})" for ecosystem, name in new.keys() - old.keys())
    notes = [said("more packages than before: {more}", more=", ".join(more[:20]))] if more else []
    counts = Counter(ecosystem for ecosystem, _ in old)
    detail = joined(
        ", ",
        (
            said("{count} {ecosystem} packages", count=count, ecosystem=ecosystem)
            for ecosystem, count in sorted(counts.items())
        ),
    )
    return settle(detail or "no language packages", differences, allowed=allowed, notes=notes)


def compare_os_packages(original: Observation, candidate: Observation) -> Comparison:
    """OS packages that both have must be of one upstream version; those that are gone are noted."""
    old, new = original.facts.os_packages, candidate.facts.os_packages
    if old is None:
        return settle("no OS package database in the original")
    if new is None:
        return settle("", notes=["the candidate has no OS package database: a scanner sees no packages in it"])
    versions = {one.name: one.version for one in new}
    differences, allowed = [], []
    for one in sorted(old):
        now = versions.get(one.name)
        if now is None or now == one.version:
            continue
        difference = Difference(("OS packages", one.name, "version"), one.version, now)
        if upstream(one.version) == upstream(now):
            allowed.append(Allowed(difference, said("another revision of the same upstream version")))
        else:
            differences.append(difference)
    gone = sum(one.name not in versions for one in old)
    notes = [said("{gone} of {count} OS packages are gone", gone=gone, count=len(old))] if gone else []
    return settle(said("{count} OS packages in both", count=len(old) - gone), differences, allowed=allowed, notes=notes)


def upstream(version: str) -> str:
    """A distribution version without epoch and revision: deb-version(7), apk's ``-rN``, rpm's ``-release``."""
    return version.rpartition(":")[2].rsplit("-", 1)[0].partition("+deb")[0]


def _versions(packages: tuple[LanguagePackage, ...]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for package in packages:
        found[package.ecosystem, package.name].add(package.version)
    return dict(found)
