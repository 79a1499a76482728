"""Vulnerability scanners that are on this machine: asked for counts, never replaced by a database of our own.

Sources: https://trivy.dev/latest/docs/target/container_image/, https://github.com/anchore/grype#supported-sources
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lightship.engines.process import run
from lightship.engines.protocol import CommandLog
from lightship.messages import said

TIMEOUT = 900.0
"""Seconds: the first run fetches the scanner's database."""
_OUTPUT_LIMIT = 256 << 20
SEVERITIES = ("critical", "high", "medium", "low", "negligible", "unknown")


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What one scanner says of one image. ``problem`` is "" or says why it says nothing; then there are no counts."""

    scanner: str
    counts: tuple[tuple[str, int], ...] = ()
    problem: str = ""


def scan_image(source: str, engine: str = "", *, log: CommandLog | None = None) -> tuple[ScanResult, ...]:
    """The counts of every scanner that is here; () when none is.

    ``source`` is a prefixed name of an archive or layout (``docker-archive:PATH``, ``oci:PATH``, ``registry:NAME``), or
    a name in the store of ``engine``.
    """
    results = []
    for name, (argv, read) in _SCANNERS.items():
        path = shutil.which(name)
        if path:
            results.append(_asked(name, [path, *argv(source, engine)], read, log or CommandLog()))
    return tuple(results)


def _asked(name: str, argv: list[str], read: Callable[[object], Counter[str]], log: CommandLog) -> ScanResult:
    done = run(argv, timeout=TIMEOUT, log=log, output_limit=_OUTPUT_LIMIT)
    if done.exit_code != 0:
        words = done.stderr.decode("utf-8", "replace").strip().split("\n")
        why = (
            said("took too long")
            if done.exit_code is None
            else words[-1][:200] or said("ended with {exit_code}", exit_code=done.exit_code)
        )
        return ScanResult(name, problem=why)
    try:
        counts = read(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ScanResult(name, problem=said("its answer cannot be understood"))
    return ScanResult(name, tuple((word, counts[word]) for word in SEVERITIES if counts[word]))


def _trivy_argv(source: str, engine: str) -> list[str]:
    words = ["image", "--quiet", "--scanners", "vuln", "--format", "json"]
    kind, _, rest = source.partition(":")
    if kind in ("docker-archive", "oci-archive", "oci"):
        return [*words, "--input", rest]
    return [*words, rest.removeprefix("//") if kind == "registry" else source]


def _grype_argv(source: str, engine: str) -> list[str]:
    kind, _, rest = source.partition(":")
    if kind in ("docker-archive", "oci-archive"):
        return ["--output", "json", source]
    if kind == "oci":
        return ["--output", "json", f"oci-dir:{rest}"]
    if kind == "registry":
        return ["--output", "json", f"registry:{rest.removeprefix('//')}"]
    return ["--output", "json", f"{'podman' if engine in ('podman', 'buildah') else 'docker'}:{source}"]


def _trivy_counts(document: object) -> Counter[str]:
    results = document["Results"] if isinstance(document, dict) and "Results" in document else []
    return Counter(str(one["Severity"]).lower() for result in results for one in result.get("Vulnerabilities") or ())


def _grype_counts(document: object) -> Counter[str]:
    if not isinstance(document, dict):
        raise TypeError(document)
    return Counter(str(match["vulnerability"]["severity"]).lower() for match in document["matches"])


_SCANNERS: dict[str, tuple[Callable[[str, str], list[str]], Callable[[object], Counter[str]]]] = {
    "trivy": (_trivy_argv, _trivy_counts),
    "grype": (_grype_argv, _grype_counts),
}
