"""Building, exporting, opening and watching images, with everything removed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TypeVar

from lightship.engines.protocol import BuildRequest, Engine, Step
from lightship.errors import EngineError
from lightship.messages import said
from lightship.oci import Image, ImageConfig, compressed_size, open_image
from lightship.optimize.model import Options, Progress

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Built:
    """An image in the engine's store that was exported and opened. ``seconds`` is how long the build took."""

    name: str
    image: Image
    seconds: float


class Workshop:
    """Where one optimization works: a temporary directory, the engine, and the list of what must be removed.

    A context manager: on leaving, the images that were built here are removed and the archives deleted, whatever
    happened. Images that were there before are not touched.
    """

    def __init__(self, engine: Engine, options: Options, progress: Progress) -> None:
        self.engine = engine
        self.options = options
        self.progress = progress
        self.engine_seconds = 0.0
        self._stack = ExitStack()
        # Named after the run, so that the next one removes it when this one is killed.
        self._directory = Path()
        self._count = 0
        self._pool = ThreadPoolExecutor(1)
        self._compressed: dict[str, Future[int]] = {}
        self._known: frozenset[str] = frozenset()
        self.rebuilt = False
        """A candidate's build ran an instruction of the original once more: the engine had dropped its layer."""

    def __enter__(self) -> Workshop:
        # Named after the run, so that the next one removes it when this one is killed.
        self._directory = Path(self._stack.enter_context(TemporaryDirectory(prefix=f"lightship-{self.engine.run_id}-")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What is under way reads images that are closed next.
        self._pool.shutdown(cancel_futures=True)
        self._stack.close()

    def compressed(self, built: Built) -> Future[int]:
        """The compressed size of an image, worked out while the engine does its own work; begun by the first call."""
        if built.name not in self._compressed:
            self._compressed[built.name] = self._pool.submit(compressed_size, built.image)
        return self._compressed[built.name]

    def meanwhile(self, work: Callable[[], T]) -> Future[T]:
        """Work of ours that is done while the engine does its own. It ends before the workshop does."""
        return self._pool.submit(work)

    @contextmanager
    def engine_at_work(self) -> Iterator[None]:
        """Count the time inside as the engine's, not as lightship's own."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.engine_seconds += time.monotonic() - start

    def build(self, dockerfile: str, *, ignore: str | None = None, rewritten: bool = False) -> Built:
        """Build a Dockerfile's text in the user's context, and open the result. Raises BuildError, EngineError.

        ``ignore`` is the text of an ignore file that takes the place of the user's. ``rewritten``: instructions of the
        original are expected to run once more.

        The first build is the original's. Those after it use what it left in the engine's cache, whatever the user
        asked: else no candidate would be made of the layers that were looked at.
        """
        options = self.options
        request = BuildRequest(
            dockerfile=dockerfile,
            context=options.context,
            dockerfile_path=options.dockerfile,
            target=options.target,
            build_args=options.build_args,
            secrets=options.secrets,
            no_cache=options.no_cache and not self._known,
            network=options.network,
            ca_bundle=options.ca_bundle,
            ignore=ignore,
        )
        ran: set[str] = set()

        def told(step: Step) -> None:
            if step.state in ("done", "cached") and step.text.upper().startswith("RUN"):
                (ran if step.state == "done" else cached).add(step.text)
            self.progress.step(step)

        cached: set[str] = set()
        with self.engine_at_work():
            built = self.engine.build(request, told)
        self.rebuilt = self.rebuilt or (not rewritten and bool(self._known & ran))
        self._known = self._known or frozenset(ran | cached)
        self._stack.callback(self._remove, built.image)
        return Built(built.image, self.open(built.image), built.seconds)

    def open(self, name: str) -> Image:
        """Open an image of the engine's store. It is closed when the workshop is."""
        self._count += 1
        directory = self._directory / str(self._count)
        directory.mkdir()
        with self.engine_at_work():
            path = self.engine.export(name, directory)
        return self._stack.enter_context(open_image(path, trusted=True))

    def config(self, reference: str) -> ImageConfig:
        """The configuration of an image that the build pulled, or that is there."""
        with self.engine_at_work():
            name = self.engine.resolve(reference)
            if name is None:
                raise EngineError(
                    said("the base image {reference} is not in the engine's store", reference=reference),
                    why="it cannot be pulled",
                )
            return self.engine.config(name)

    def find(self, reference: str) -> Image | None:
        """The image of a reference, opened; None when it is not there and cannot be pulled."""
        try:
            with self.engine_at_work():
                name = self.engine.resolve(reference)
        except EngineError:
            return None
        return self.open(name) if name else None

    def _remove(self, name: str) -> None:
        try:
            with self.engine_at_work():
                self.engine.remove_image(name)
        except EngineError as error:
            self.progress.note(said("an image of this run could not be removed: {why}", why=error.what))
