"""Building again and again, and counting what each edit costs."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from lightship.engines.protocol import BuildRequest, BuiltImage, Engine
from lightship.errors import LightshipError
from lightship.messages import message, said
from lightship.oci import open_image
from lightship.optimize.model import Progress
from lightship.optimize.read import read_dockerfile
from lightship.rebuild.edits import CODES, Change, Code, changes_for
from lightship.rebuild.model import RebuildCost
from lightship.rebuild.workplace import copied, edit_file, on_new_bases, restore


@dataclass(frozen=True, slots=True)
class RebuildOptions:
    """What to build, which edits to make, and how many times each. ``context`` None: the Dockerfile's folder."""

    dockerfile: Path
    context: Path | None = None
    codes: tuple[Code, ...] = CODES
    runs: int = 3
    target: str = ""
    build_args: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    network: Literal["auto", "host", "default", "none"] = "auto"
    ca_bundle: Path | None = None


def rebuild_costs(engine: Engine, options: RebuildOptions, progress: Progress) -> Iterator[RebuildCost]:
    """The cost of every edit, one after the other. Raises InputError, BuildError (of the unedited file), EngineError.

    Images are left for the end of the engine's run: some engines' cache is made of them.
    """
    text = read_dockerfile(options.dockerfile).text
    with TemporaryDirectory(prefix=f"lightship-{engine.run_id}-") as directory:
        place = _Place(engine, options, Path(directory), progress)
        files = copied(options.context or options.dockerfile.parent, options.dockerfile, place.context)
        progress.phase(
            said("building {dockerfile}, so that everything is cached that can be", dockerfile=options.dockerfile)
        )
        place.known = Counter(engine.config(place.build(text).image).diff_ids)
        for change in changes_for(files, text):
            if change.code in options.codes:
                progress.phase(
                    said(
                        "{code}: {title}{value}",
                        code=change.code,
                        title=change.title,
                        value=f" ({change.file})" if change.file else "",
                    )
                )
                yield _cost(place, change, text)


class _Place:
    """Where one Dockerfile is built: the copy of its context, and the layers that its image has unedited."""

    def __init__(self, engine: Engine, options: RebuildOptions, directory: Path, progress: Progress) -> None:
        self.engine, self.options, self.progress = engine, options, progress
        self.directory = directory
        self.context = directory / "context"
        self.known: Counter[str] = Counter()
        self.request = BuildRequest(
            dockerfile="",
            context=self.context,
            dockerfile_path=options.dockerfile,
            target=options.target,
            build_args=options.build_args,
            secrets=options.secrets,
            network=options.network,
            ca_bundle=options.ca_bundle,
        )

    def build(self, text: str) -> BuiltImage:
        return self.engine.build(replace(self.request, dockerfile=text), self.progress.step)

    def built_after(self, change: Change, text: str, number: int) -> BuiltImage:
        """Build with an edit that no build has seen before; the copy is as it was afterwards."""
        token = f"{self.engine.run_id}-{number}"
        if change.code == "E0":
            return self.build(text)
        if change.code == "E4":
            return self.build(on_new_bases(self.engine, text, token, self.directory / "base", self.request))
        before = edit_file(self.context, change.file, token)
        try:
            return self.build(text)
        finally:
            restore(self.context, change.file, before)

    def new_layers(self, built: BuiltImage) -> tuple[int, int]:
        """How many layers the image has that the unedited one has not, and their bytes."""
        new = list((Counter(self.engine.config(built.image).diff_ids) - self.known).elements())
        if not new:
            return 0, 0
        folder = self.directory / "export"
        folder.mkdir()
        archive = self.engine.export(built.image, folder)
        with open_image(archive, trusted=True) as image:
            sizes = {layer.diff_id: layer.size for layer in image.layers}
        _remove(folder)
        return len(new), sum(sizes.get(diff_id, 0) for diff_id in new)


def _cost(place: _Place, change: Change, text: str) -> RebuildCost:
    cost = RebuildCost(str(place.options.dockerfile), change.code, change.title, change.file, problem=change.problem)
    if change.problem:
        return cost
    seconds: list[float] = []
    for number in range(place.options.runs):
        try:
            built = place.built_after(change, text, number)
        except LightshipError as error:
            return replace(cost, problem=message(error.what) + (": " + message(error.why) if error.why else ""))
        seconds.append(built.seconds)
        if number == 0:
            steps = [step for step in built.steps if not step.text.upper().startswith("FROM ")]
            ran = tuple(step.text for step in steps if step.state != "cached")
            count, size = place.new_layers(built)
            cost = replace(
                cost, steps_run=len(ran), steps_cached=len(steps) - len(ran), ran=ran, new_layers=count, new_bytes=size
            )
    return replace(cost, seconds=statistics.median(seconds), runs=len(seconds))


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
