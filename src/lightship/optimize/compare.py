"""Several Dockerfiles and images, measured the same way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lightship.engines.credential_helper import ask_credential_helper
from lightship.engines.protocol import Engine
from lightship.errors import InputError
from lightship.messages import said
from lightship.oci import compressed_size, open_image
from lightship.optimize.measure import measure
from lightship.optimize.model import Measurement, Options, Progress
from lightship.optimize.read import read_dockerfile, stage_to_split
from lightship.optimize.workshop import Workshop
from lightship.probes.target import PREFIXES, is_text
from lightship.semantic import Stage, StageGraph, stages


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """What to measure. ``context`` None: the folder of each Dockerfile."""

    targets: tuple[str, ...]
    context: Path | None = None
    target: str = ""
    build_args: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    network: Literal["auto", "host", "default", "none"] = "auto"
    ca_bundle: Path | None = None
    no_cache: bool = False


def measure_all(
    open_engine: Callable[[], Engine], options: CompareOptions, progress: Progress
) -> tuple[Measurement, ...]:
    """The figures of every target, in order; what has to be built is built.

    A target is a Dockerfile, an archive or layout (a path, or a name with one of skopeo's prefixes), or the reference
    of an image in the engine's store. ``open_engine`` is called only when an engine is needed.
    """
    rows = []
    with ExitStack() as stack:
        opened: list[Engine] = []

        def engine() -> Engine:
            if not opened:
                opened.append(open_engine())
            return opened[0]

        for target in options.targets:
            progress.phase(said("measuring {target}", target=target))
            rows.append(_measure(target, engine, options, progress, stack))
    return tuple(rows)


def _measure(
    target: str, engine: Callable[[], Engine], options: CompareOptions, progress: Progress, stack: ExitStack
) -> Measurement:
    path = Path(target)
    if target.startswith(PREFIXES) or path.is_dir() or (path.is_file() and not is_text(path)):
        image = stack.enter_context(open_image(target, credential_helper=ask_credential_helper))
        return measure(image, target, compressed=compressed_size(image))
    build = Options(
        context=options.context or path.parent,
        dockerfile=path,
        target=options.target,
        build_args=options.build_args,
        secrets=options.secrets,
        network=options.network,
        ca_bundle=options.ca_bundle,
        no_cache=options.no_cache,
    )
    workshop = stack.enter_context(Workshop(engine(), build, progress))
    if path.is_file():
        dockerfile = read_dockerfile(path)
        graph = stages(dockerfile, build_args=options.build_args, target=options.target)
        base = _base_of(graph, stage_to_split(graph, path))
        built = workshop.build(dockerfile.text)
        size = compressed_size(built.image)
        return measure(built.image, target, base=base, build_seconds=built.seconds, compressed=size)
    found = workshop.find(target)
    if found is None:
        raise InputError(
            "no such Dockerfile, archive or image",
            where=target,
            why=said(
                "there is no such file, and {name} neither has nor finds an image of that name", name=engine().name
            ),
            help="write a path, or an image reference that the engine can pull",
        )
    return measure(found, target, compressed=compressed_size(found))


def _base_of(graph: StageGraph, stage: Stage) -> str:
    while stage.base.kind == "stage" and stage.base.stage is not None:
        stage = graph.stages[stage.base.stage]
    return stage.base.reference or stage.base.kind
