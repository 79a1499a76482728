"""The split whose runtime stage stands on a distroless image: libraries and certificates, no shell, no package manager.

https://github.com/GoogleContainerTools/distroless builds them from the packages of one Debian release. Nothing can be
run or installed in such a stage, so that everything the program needs is either in the image or copied.
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.model import Left
from lightship.multistage.needs import Needs
from lightship.multistage.packages import runtime_packages
from lightship.oci import Rootfs

# The smallest first; what an interpreter is in has to be at the same place in both.
_NAMES = ("static", "base", "cc", "python3", "java17")
_RELEASES = {"11": "debian11", "12": "debian12", "13": "debian13"}
_MOST_NAMED = 3
# Every distroless image has certificates and time zones of its own; that they are the same is compared.
_DATA = frozenset({"ca-certificates", "tzdata", "base-files", "netbase", "media-types"})


def distroless_names(evidence: Evidence, needs: Needs) -> tuple[str, ...]:
    """References of the distroless images worth opening, the smallest first; none when there is none of the release."""
    release = evidence.installed.release
    suffix = _RELEASES.get(release.version, "") if release.id == "debian" else ""
    if not suffix:
        return ()
    owners = {owner.name for path in needs.files if (owner := evidence.installed.owner(path))}
    names = [name for name in _NAMES if name in ("static", "base", "cc") or _is_used(name, owners)]
    if needs.needs_libc:
        names.remove("static")
    return tuple(f"gcr.io/distroless/{name}-{suffix}" for name in names)


def _is_used(name: str, owners: set[str]) -> bool:
    beginning = {"python3": "python3", "java17": "openjdk-17-jre"}[name]
    return any(owner.startswith(beginning) for owner in owners)


def lacks(evidence: Evidence, needs: Needs, base: Rootfs, installed: frozenset[str]) -> tuple[str, ...]:
    """The OS packages that the program needs something of and a distroless image with these files has not."""
    missing = (path for path in needs.files if not _is_there(base, path))
    owners = {owner.name for path in missing if (owner := evidence.installed.owner(path))} - _DATA
    asked = runtime_packages(evidence, needs, evidence.base_installed).install
    return tuple(sorted(owners | {package.name for package in asked if package.name not in installed}))


def missing_in_words(found: tuple[str, ...]) -> str:
    """``it has no bash, dash and 3 more packages that are needed, and no package manager``."""
    # What the program starts says more to a reader than what is linked.
    names = sorted(found, key=lambda name: (name.startswith("lib"), name))
    more = said(" and {count} more packages", count=len(names) - _MOST_NAMED) if len(names) > _MOST_NAMED else ""
    return said(
        "it has no {names}{more}, which the program needs, and no package manager",
        names=", ".join(names[:_MOST_NAMED]),
        more=more,
    )


def allowed_on_distroless(evidence: Evidence) -> Iterator[Left]:
    """Differences that come with every distroless image."""
    own = dict(evidence.config.env)
    base_files = evidence.installed.package("base-files")
    for path in base_files.files if base_files else ():
        yield Left(path, said("distroless images have less of base-files: greetings, licences, empty directories"))
    if "SSL_CERT_FILE" not in own:
        yield Left(
            "image config/ENV/SSL_CERT_FILE",
            said("names the certificates of the distroless image, which are there"),
        )


def _is_there(base: Rootfs, path: str) -> bool:
    # Distroless images of Debian 11 and 12 have /lib beside /usr/lib; a merged system has only one of the two.
    real = base.resolve(path)
    return real is not None or base.resolve(path.removeprefix("usr/")) is not None
