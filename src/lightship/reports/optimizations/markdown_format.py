"""An optimization as a comment on a pull request: the answer first, everything else folded."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.optimize import Contents
from lightship.optimize.model import Measurement, Optimization, Trial
from lightship.reports.figures import megabytes, percent
from lightship.reports.headline import headline, nearest
from lightship.reports.markdown import Section, block, code, document, table, text
from lightship.reports.optimizations import Outcome
from lightship.reports.rebuild import rebuild_row
from lightship.reports.terminal import diff, ignore_diff
from lightship.reports.translation import tr
from lightship.reports.verdict import sections

# Whoever posts the report finds its own earlier comment by the first line.
MARKER = "<!-- lightship optimize: {name} -->"


def render(outcome: Outcome) -> str:
    """The report; at most ``reports.markdown.LIMIT`` bytes, the last sections are cut first."""
    result = outcome.result
    head = headline(result, outcome.output, outcome.written)
    top = [
        MARKER.format(name=outcome.dockerfile.name.replace("--", "- -")),
        f"### lightship: {text(head.title.replace('->', '→') or tr(result.outcome))}",
        f"{code(str(outcome.dockerfile))}: {text(head.written)}",
    ]
    top += _figures(result)
    bottom = f"<sub>lightship, {text(result.engine)}, {result.seconds:.0f} s ({result.own_seconds:.1f} s)"
    return document("\n\n".join(top), _sections(outcome), bottom + "</sub>")


def _figures(result: Optimization) -> Iterator[str]:
    old, new = result.original, result.chosen.measurement if result.chosen else None
    if old and new:
        yield figures(old, new, result.contents)


def figures(old: Measurement, new: Measurement, contents: Contents | None = None) -> str:
    """Two images in figures, one row each figure."""
    rows = [(tr("size"), f"{megabytes(old.size)} MB", f"{megabytes(new.size)} MB", percent(new.size, old.size))]
    if old.compressed and new.compressed:
        sizes = f"{megabytes(old.compressed)} MB", f"{megabytes(new.compressed)} MB"
        rows.append((tr("compressed"), *sizes, percent(new.compressed, old.compressed)))
    rows += [
        _counted(tr("layers"), old.layers, new.layers),
        (tr("files"), f"{old.files:,}", f"{new.files:,}", percent(new.files, old.files)),
    ]
    if contents and contents.after:
        before, after = contents.before, contents.after
        rows += [
            _counted(tr("OS packages"), before.os_packages, after.os_packages),
            _counted(tr("executable files"), before.executables, after.executables),
            _counted(tr("setuid files"), len(before.set_id), len(after.set_id)),
        ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| | {tr('before')} | {tr('after')} | {tr('difference')} |", "|---|--:|--:|--:|", *lines])


def _counted(name: str, before: int, after: int) -> tuple[str, str, str, str]:
    return name, str(before), str(after), f"{after - before:+}" if after != before else "0"


def _sections(outcome: Outcome) -> Iterator[Section]:
    result = outcome.result
    if result.chosen:
        rows = [
            (str(hunk.line), text(tr(hunk.reason)), "" if hunk.saves is None else f"{hunk.saves / 1e6:+.1f} MB")
            for hunk in result.chosen.candidate.hunks
        ]
        yield table(tr("Why each change"), (tr("line") + ":", tr("why"), "bytes:"), rows)
        changed = diff(result.original_text, result.text, str(outcome.dockerfile), str(outcome.output))
        yield block(tr("The change, line by line"), "diff", changed)
    if result.ignore_file:
        yield block(text(result.ignore_file.path.name), "diff", ignore_diff(result.ignore_file))
    if result.remarks:
        yield block(tr("Besides"), "text", "".join(f"{tr(remark)}\n" for remark in result.remarks))
    if result.trials:
        yield table(
            tr("Candidates"),
            _header(),
            [_trial(one, result) for one in result.trials],
        )
    shown = result.chosen or nearest(result)
    if shown and shown.verdict:
        yield from sections(shown.verdict)
    if outcome.rebuild:
        yield _rebuild(outcome)
    if result.contents:
        yield from _inside(result.contents)
    if result.chosen:
        yield block(tr("The whole new Dockerfile"), "dockerfile", result.text)


def _rebuild(outcome: Outcome) -> Section:
    heads = [tr("edit"), *(f"{tr(name)}:" for name in ("run", "cached", "new layers", "new kB", "seconds"))]
    rows = [(text(cost.dockerfile), *map(text, rebuild_row(cost))) for cost in outcome.rebuild]
    return table(tr("Rebuild cost"), (tr("Dockerfile"), *heads, tr("what was edited")), rows)


def _header() -> tuple[str, ...]:
    return tr("candidate"), tr("size") + ":", tr("saves") + ":", tr("verdict"), tr("why")


def _package_header() -> tuple[str, ...]:
    return tr("package"), tr("of"), tr("version"), tr("size") + ":"


def _trial(trial: Trial, result: Optimization) -> tuple[str, ...]:
    size = trial.measurement.size if trial.measurement else None
    return (
        text(tr(trial.candidate.title)),
        "" if size is None else f"{megabytes(size)} MB",
        percent(size, result.original.size) if size is not None and result.original else "",
        tr(str(trial.verdict)) if trial.verdict else "",
        f"**{tr('taken')}**" if trial is result.chosen else text(tr(trial.problem or trial.candidate.refused)),
    )


def _inside(contents: Contents) -> Iterator[Section]:
    if contents.after:
        rows = [
            (str(one.line), code(_short(one.text)), f"{megabytes(one.size)} MB", f"{megabytes(one.shipped)} MB")
            for one in contents.parts
        ]
        yield table(
            tr("What each line weighs"),
            (tr("line") + ":", tr("instruction"), tr("layer") + ":", tr("still ships") + ":"),
            rows,
        )
        gone = [one for one in contents.packages if one.before and not one.after]
        if gone:
            names = (
                (text(one.name), "OS" if one.kind == "os" else one.kind, code(one.before), _size(one.size))
                for one in gone
            )
            yield table(tr("Packages that are gone: {count}", count=len(gone)), _package_header(), names)


def _size(size: int) -> str:
    return f"{megabytes(size)} MB" if size else ""


def _short(value: str, width: int = 80) -> str:
    return value if len(value) <= width else value[: width - 1] + "…"
