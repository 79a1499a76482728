"""The samples of docker/ as a Markdown table: the file of one stage, the one split by hand, and what optimize makes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES: dict[str, dict[str, str]] = {
    "en": {
        "head": "| sample | one stage | two stages, by hand | `lightship optimize` | proven | runtime stage |",
        "left": "not proven",
        "stages": "same base, slim base, distroless, scratch",
    },
    "es": {
        "head": "| ejemplo | una etapa | dos etapas, a mano | `lightship optimize` | demostrado | etapa final |",
        "left": "no demostrado",
        "stages": "misma base, base slim, distroless, scratch",
    },
}
KINDS = ("same", "slim", "distroless", "scratch")


def commands(sample: str) -> tuple[str, str]:
    """The two commands that measure one sample."""
    folder = f"docker/{sample}"
    return (
        f"lightship compare {folder}/Dockerfile.single {folder}/Dockerfile.multi --json",
        f"lightship optimize {folder} -f Dockerfile.single --dry-run --json",
    )


def samples() -> tuple[str, ...]:
    """Folders of docker/ that hold both Dockerfiles."""
    return tuple(sorted(path.parent.name for path in (ROOT / "docker").glob("*/Dockerfile.single")))


def table(output: Callable[[str], str], language: str) -> str:
    """The table, from what ``output`` gives for the commands; sizes are in MB, and less is in per cent of one stage."""
    words = LANGUAGES[language]
    rows = [words["head"], "|---|--:|--:|--:|---|---|"]
    for sample in samples():
        compared, optimized = (json.loads(output(command)) for command in commands(sample))
        rows.append(row(sample, compared, optimized, words))
    return "\n".join(rows)


def row(sample: str, compared: dict[str, Any], optimized: dict[str, Any], words: dict[str, str]) -> str:
    """One sample's line."""
    single, multi = (image["size"] for image in compared["images"])
    chosen = None if optimized["chosen"] is None else optimized["candidates"][optimized["chosen"]]
    cells = [f"[{sample}](docker/{sample})", size(single, single), size(multi, single)]
    if chosen is None:
        cells += ["-", words["left"], "-"]
    else:
        stage = dict(zip(KINDS, words["stages"].split(", "), strict=True))[chosen["runtime"]]
        verdict = chosen["verdict"]
        cells += [size(chosen["measurement"]["size"], single), f"{verdict['word']} L{verdict['level']}", stage]
    return f"| {' | '.join(cells)} |"


def size(value: int, single: int) -> str:
    """``93.1 MB (-83.3 %)``"""
    less = "" if value == single else f" ({(value - single) / single * 100:+.1f} %)"
    return f"{value / 1e6:.1f} MB{less}"
