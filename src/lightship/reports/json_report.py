"""Reports as JSON, for other programs. Each document names its schema and version; see docs/reference/json.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from lightship.optimize import Contents
from lightship.optimize.model import IgnoreFile, Measurement, Optimization, Trial

if TYPE_CHECKING:
    from lightship.rebuild import RebuildCost


def optimization(result: Optimization, written: str, rebuild: Sequence[RebuildCost] = ()) -> str:
    """The document ``lightship.optimize/1``. ``written`` is "written", "unchanged" or "" for a dry run."""
    return _dump(
        {
            "schema": "lightship.optimize/1",
            "outcome": result.outcome,
            "reason": result.reason,
            "engine": result.engine,
            "output": written,
            "seconds": round(result.seconds, 3),
            "own_seconds": round(result.own_seconds, 3),
            "original": _measurement(result.original) if result.original else None,
            "chosen": result.trials.index(result.chosen) if result.chosen else None,
            "candidates": [_trial(trial) for trial in result.trials],
            "contents": _contents(result.contents) if result.contents else None,
            "remarks": list(result.remarks),
            "rebuild": [asdict(cost) for cost in rebuild],
            "ignore_file": _ignore_file(result.ignore_file) if result.ignore_file else None,
            "dockerfile": result.text,
        }
    )


def measurements(rows: Sequence[Measurement]) -> str:
    """The document ``lightship.compare/1``."""
    return _dump({"schema": "lightship.compare/1", "images": [_measurement(row) for row in rows]})


def _trial(trial: Trial) -> dict[str, object]:
    verdict = trial.verdict
    return {
        "runtime": trial.candidate.kind,
        "title": trial.candidate.title,
        "problem": trial.problem,
        "detail": trial.detail,
        "measurement": _measurement(trial.measurement) if trial.measurement else None,
        "verdict": None
        if verdict is None
        else {
            "word": verdict.word,
            "level": verdict.level,
            "levels": [{"level": rung.level, "state": rung.state, "detail": rung.detail} for rung in verdict.levels],
            "differences": [
                {"path": list(one.path), "original": one.original, "candidate": one.candidate}
                for one in verdict.differences
            ],
            "doubts": [list(one.path) for one in verdict.doubts],
            "allowed": [{"path": list(one.difference.path), "why": one.why} for one in verdict.allowed],
        },
        "hunks": [{"line": hunk.line, "reason": hunk.reason, "bytes": hunk.saves} for hunk in trial.candidate.hunks],
    }


def _ignore_file(ignored: IgnoreFile) -> dict[str, object]:
    return {"path": str(ignored.path), "before": ignored.before, "text": ignored.text}


def _contents(contents: Contents) -> dict[str, object]:
    return {
        "instructions": [asdict(one) for one in contents.parts],
        "result_instructions": [asdict(one) for one in contents.parts_after],
        "packages": [asdict(one) for one in contents.packages],
        "surface": {
            "original": asdict(contents.before),
            "result": asdict(contents.after) if contents.after else None,
        },
    }


def _measurement(row: Measurement) -> dict[str, object]:
    return {
        "reference": row.reference,
        "size": row.size,
        "compressed_size": row.compressed,
        "layers": row.layers,
        "files": row.files,
        "user": row.user,
        "ports": list(row.ports),
        "base": row.base,
        "build_seconds": row.build_seconds,
    }


def _dump(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
