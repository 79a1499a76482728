"""The runtime stages worth trying for one original, the smallest first."""

from __future__ import annotations

from collections.abc import Callable

from lightship import distros
from lightship.evidence import Evidence
from lightship.messages import joined, said
from lightship.multistage import (
    Candidate,
    Needs,
    RuntimeBase,
    distroless_names,
    is_slim,
    on_base,
    on_scratch,
    slim_names,
)
from lightship.oci import Image
from lightship.optimize.model import Runtime

OpenBase = Callable[[str], Image | None]


def candidates(evidence: Evidence, needs: Needs, runtime: Runtime, open_base: OpenBase) -> tuple[Candidate, ...]:
    """The candidates of the asked-for kind, or of every kind for "auto".

    ``open_base`` gives the image of a reference, or None when it cannot be had.
    """
    found: list[Candidate] = []
    if runtime in ("auto", "scratch"):
        found.append(on_scratch(evidence, needs))
    if runtime in ("auto", "distroless"):
        found.append(_distroless(evidence, needs, open_base))
    # Who asks for a slim base and has one is answered on it.
    on_same = runtime in ("auto", "same") or (runtime == "slim" and is_slim(evidence.stage.base.reference))
    if runtime == "auto" or (runtime == "slim" and not on_same):
        found.append(_slim(evidence, needs, open_base))
    if on_same:
        same = RuntimeBase(
            evidence.stage.from_instruction.words[0].text,
            evidence.base_config,
            evidence.base_files,
            evidence.base_installed,
        )
        found.append(on_base(evidence, needs, same, "same"))
    return tuple(found)


def _distroless(evidence: Evidence, needs: Needs, open_base: OpenBase) -> Candidate:
    names = distroless_names(evidence, needs)
    title = said("a distroless image")
    if not names:
        return Candidate("distroless", title, refused="there is none of this distribution's release")
    last = Candidate("distroless", names[0], refused=said("{names} cannot be had", names=", ".join(names)))
    for name in names:
        image = open_base(name)
        if image is None:
            continue
        base = RuntimeBase(name, image.config, image.rootfs(), distros.installed(image.rootfs()))
        unfit = unfitness(evidence, base)
        last = Candidate("distroless", name, refused=unfit) if unfit else on_base(evidence, needs, base, "distroless")
        if not last.refused:
            break
    return last


def _slim(evidence: Evidence, needs: Needs, open_base: OpenBase) -> Candidate:
    release = evidence.base_installed.release
    names = slim_names(evidence.stage.base.reference, release)
    title = said("{base} ({kind})", base=names[0], kind=said("a smaller base")) if names else said("a smaller base")
    if not names:
        return Candidate("slim", title, refused="the base image has no known smaller variant")
    refusals: list[str] = []
    for name in names:
        image = open_base(name)
        if image is None:
            refusals.append(said("{name} cannot be had", name=name))
            continue
        base = RuntimeBase(name, image.config, image.rootfs(), distros.installed(image.rootfs()))
        unfit = unfitness(evidence, base)
        if not unfit:
            return on_base(evidence, needs, base, "slim")
        refusals.append(f"{name}: " + unfit)
    return Candidate("slim", title, refused=joined("; ", refusals))


def unfitness(evidence: Evidence, base: RuntimeBase) -> str:
    """Why another base image may not take the place of the original's, or "".

    The distribution, its release, the machine and every version that the base image's environment states must be the
    same: then libc and interpreters are.
    """
    mine, other = evidence.base_installed.release, base.installed.release
    if (mine.id, mine.version, mine.codename) != (other.id, other.version, other.codename):
        return said(
            "another release ({id} {version} instead of {mine_id} {mine_version})",
            id=other.id,
            version=other.version,
            mine_id=mine.id,
            mine_version=mine.version,
        )
    if evidence.base_config.architecture != base.config.architecture:
        return said("another architecture ({architecture})", architecture=base.config.architecture)
    environment = dict(base.config.env)
    for name, value in evidence.base_config.env:
        if name.endswith("_VERSION") and name in environment and environment[name] != value:
            return said(
                "another {name} ({environment} instead of {value})",
                name=name,
                environment=environment[name],
                value=value,
            )
    return ""
