"""A 3 kB image for tests of engines: one program, and nothing else."""

from __future__ import annotations

from pathlib import Path

from engines.actor import actor
from lightship.engines.protocol import BuildRequest, Engine, Step

DOCKERFILE = """\
# the smallest server
FROM scratch
COPY actor /actor
ENV GREETING="hello  world" EMPTY=
LABEL org.example.kind=test
EXPOSE 8000
WORKDIR /data
VOLUME /var/spool
HEALTHCHECK --interval=7s --timeout=3s --retries=2 CMD ["/actor", "id"]
SHELL ["/actor", "-c"]
STOPSIGNAL SIGINT
ONBUILD COPY . /src
USER 65532:65532
ENTRYPOINT ["/actor"]
CMD ["serve", "8000"]
"""


def context(folder: Path) -> Path:
    """A build context with the program in it."""
    (folder / "actor").write_bytes(actor())
    (folder / "actor").chmod(0o755)
    return folder


def build(engine: Engine, folder: Path, dockerfile: str = DOCKERFILE, **request: object) -> str:
    """An image built from the program's context."""
    return build_with_steps(engine, folder, dockerfile, **request)[0]


def build_with_steps(
    engine: Engine, folder: Path, dockerfile: str = DOCKERFILE, **request: object
) -> tuple[str, list[Step]]:
    """The same, and every step that was reported on the way."""
    steps: list[Step] = []
    asked = BuildRequest(dockerfile, context(folder), **request)  # type: ignore[arg-type]
    return engine.build(asked, steps.append).image, steps
