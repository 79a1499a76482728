"""An optimization as one self-contained page: everything that is known, for a browser, a phone or a printer."""

from __future__ import annotations

from collections.abc import Sequence

from lightship import __version__
from lightship.optimize import Contents, Part, Tree
from lightship.optimize.model import Measurement, Optimization, Trial
from lightship.reports.figures import megabytes, percent
from lightship.reports.headline import headline, nearest
from lightship.reports.html import rendered
from lightship.reports.html.side_by_side import Row, rows
from lightship.reports.optimizations import Outcome
from lightship.reports.rebuild import rebuild_row
from lightship.reports.translation import told, tr
from lightship.verify.verdict import LEVELS

_NONE = "\N{EN DASH}"


def render(outcome: Outcome) -> str:
    """The page."""
    result = outcome.result
    shown = result.chosen or nearest(result)
    contents = result.contents
    head = headline(result, outcome.output, outcome.written)
    return rendered(
        "page.html.j2",
        {
            "version": __version__,
            "outcome": outcome,
            "result": result,
            "head": head,
            "before": result.original,
            "after": result.chosen.measurement if result.chosen else None,
            "chosen": result.chosen,
            "shown": shown,
            "levels": LEVELS,
            "images": _images(result),
            "candidates": [_candidate(trial, result) for trial in result.trials],
            "contents": contents,
            "lines": _lines(result.original_text, contents.parts if contents else ()),
            "surface": _surface(contents) if contents else (),
            "tree": compact(contents.tree) if contents else None,
            "rows": _rows(result),
            "rebuild": [(cost.dockerfile, *rebuild_row(cost)) for cost in outcome.rebuild],
            "added": _added(result),
            "percent": percent,
            "words": {
                "light": tr("Light"),
                "dark": tr("Dark"),
                "packages": tr("Packages"),
                "before": tr("in the original"),
                "after": tr("in the result"),
                "gone": tr("went away"),
                "files": tr("files"),
            },
        },
    )


def compact(tree: Tree) -> list[object]:
    """A tree as nested lists, a third of the size of objects: name, before, after, files, children."""
    own: list[object] = [tree.name, tree.before, tree.after, tree.files]
    return [*own, [compact(one) for one in tree.children]] if tree.children else own


def _images(result: Optimization) -> list[dict[str, object]]:
    new = result.chosen.measurement if result.chosen else None
    return [
        _image(title, row)
        for title, row in ((tr("Original"), result.original), (tr("Result"), new))
        if row is not None
    ]  # fmt: skip


def _image(title: str, row: Measurement) -> dict[str, object]:
    figures = [
        (tr("Compressed"), _NONE if row.compressed is None else f"{megabytes(row.compressed)} MB"),
        (tr("Layers"), f"{row.layers}"),
        (tr("Files"), f"{row.files:,}"),
        (tr("Runs as"), row.user),
        (tr("Ports"), " ".join(row.ports) or _NONE),
        (tr("Base"), row.base or _NONE),
        (tr("Build"), _NONE if row.build_seconds is None else f"{row.build_seconds:.1f} s"),
    ]
    return {"title": title, "name": told(row.reference), "size": row.size, "figures": figures}


def _candidate(trial: Trial, result: Optimization) -> dict[str, object]:
    size = trial.measurement.size if trial.measurement else None
    taken = trial is result.chosen
    return {
        "title": tr(trial.candidate.title),
        "size": size,
        "saves": "" if size is None or result.original is None else percent(size, result.original.size),
        "verdict": tr(str(trial.verdict)) if trial.verdict else "",
        "taken": taken,
        "why": tr("the smallest that is proven") if taken else tr(trial.problem or trial.candidate.refused),
    }


def _lines(text: str, parts: Sequence[Part]) -> list[dict[str, object]]:
    """The original's lines, each with what its instruction put into the image, or None."""
    by_line = {part.line: part for part in parts}
    largest = max((part.size for part in parts), default=0) or 1
    found = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        part = by_line.get(number)
        share = (part.size / largest * 100, part.shipped / largest * 100) if part else (0.0, 0.0)
        found.append(
            {"number": number, "text": line, "part": part, "width": f"{share[0]:.2f}", "shipped": f"{share[1]:.2f}"}
        )
    return found


def _surface(contents: Contents) -> list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]]:
    """Rows: what, how many before and after, which before and after."""
    old, new = contents.before, contents.after

    def counted(
        name: str, before: tuple[str, ...], after: tuple[str, ...] | None
    ) -> tuple[str, str, str, tuple[str, ...], tuple[str, ...]]:
        return name, f"{len(before)}", "" if after is None else f"{len(after)}", before, after or ()

    return [
        (tr("Runs as"), old.user, new.user if new else "", (), ()),
        (tr("Ports"), " ".join(old.ports) or tr("none"), (" ".join(new.ports) or tr("none")) if new else "", (), ()),
        (tr("OS packages"), f"{old.os_packages}", f"{new.os_packages}" if new else "", (), ()),
        (tr("Language packages"), f"{old.language_packages}", f"{new.language_packages}" if new else "", (), ()),
        (tr("Executable files"), f"{old.executables:,}", f"{new.executables:,}" if new else "", (), ()),
        counted(tr("Setuid and setgid files"), old.set_id, new.set_id if new else None),
        counted(tr("Files with capabilities"), old.capabilities, new.capabilities if new else None),
        counted(tr("Writable for everybody"), old.world_writable, new.world_writable if new else None),
        counted(tr("Shells"), old.shells, new.shells if new else None),
        counted(tr("Package managers"), old.package_managers, new.package_managers if new else None),
        counted(tr("Compilers"), old.compilers, new.compilers if new else None),
        counted(tr("Programs that fetch or connect"), old.network_tools, new.network_tools if new else None),
    ]


def _added(result: Optimization) -> list[str]:
    """The lines that the ignore file gets."""
    ignored = result.ignore_file
    return [line for line in ignored.text.removeprefix(ignored.before).split("\n") if line.strip()] if ignored else []


def _rows(result: Optimization) -> tuple[Row, ...]:
    if result.chosen is None:
        return ()
    reasons: dict[int, tuple[str, ...]] = {}
    for hunk in result.chosen.candidate.hunks:
        saving = "" if hunk.saves is None else f" ({hunk.saves / 1e6:+.1f} MB)"
        reasons[hunk.line] = (*reasons.get(hunk.line, ()), f"{tr(hunk.reason)}{saving}")
    contents = result.contents
    return rows(
        result.original_text,
        result.text,
        old_notes=_bytes_by_line(contents.parts if contents else ()),
        new_notes=_bytes_by_line(contents.parts_after if contents else ()),
        reasons=reasons,
    )


def _bytes_by_line(parts: Sequence[Part]) -> dict[int, str]:
    return {part.line: f"{megabytes(part.size)} MB" for part in parts if part.size >= 50_000}
