"""One image from the inside, for people at a terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.reports.figures import megabytes
from lightship.reports.sections import Layout, Row, printable, sections_text
from lightship.reports.translation import tr

if TYPE_CHECKING:
    from lightship.inspection import Card, Inspection, Place, Waste

_KINDS = {"os": said("OS packages"), "pip": said("pip packages"), "npm": said("npm packages"), "gem": said("gems"),
          "go": said("Go programs"), "java": said("Java archives"), "files": said("no package")}  # fmt: skip
_KIND = {"os": said("OS package"), "pip": said("pip package"), "npm": said("npm package"), "gem": said("gem"),
         "go": said("Go program"), "java": said("Java archive"), "files": said("no package")}  # fmt: skip


def inspection_text(found: Inspection, *, top: int = 10) -> str:
    """Everything about an image, the biggest ``top`` of each list, laid out for the terminal's width."""
    return sections_text(_sections(found, top))


def scans_text(scans: Iterable[tuple[str, Sequence[tuple[str, int]], str]]) -> str:
    """What vulnerability scanners said: name, counts by severity, problem."""
    lines = [
        f"  {name}: {printable(tr(problem))}"
        if problem
        else f"  {name}: {', '.join(f'{count} {severity}' for severity, count in counts) or tr('none found')}"
        for name, counts, problem in scans
    ]
    return "\n".join(
        [tr("Vulnerabilities"), *(lines or ["  " + tr("not known: neither trivy nor grype is on this machine")])]
    )


def _sections(found: Inspection, top: int) -> Iterator[tuple[str, str | Layout]]:
    packed = tr(", {size} MB compressed", size=megabytes(found.compressed)) if found.compressed is not None else ""
    yield (
        found.reference,
        tr(
            "{size} MB{packed}, {layers} layers, {files:,} files",
            size=megabytes(found.size),
            packed=packed,
            layers=len(found.layers),
            files=found.files,
        ),
    )
    yield "", ((("", "right"), ("", "fold")), list(_card(found.card)))
    yield tr("Layers"), _layers(found)
    yield from _waste(found, top)
    yield tr("Biggest directories"), _places(found.biggest_directories, top)
    yield tr("Biggest files"), _places(found.biggest_files, top)
    yield tr("Who owns the bytes"), _owner_kinds(found)
    yield tr("Biggest owners"), _owners(found, top)
    if found.caches:
        total = sum(one.size for one in found.caches)
        yield tr("Caches left behind: {size} MB", size=megabytes(total)), _places(found.caches, top)
    yield tr("Attack surface"), ((("", "left"), ("", "fold")), list(_surface(found, top)))
    count = len(found.secrets) or tr("none found")
    yield tr("Secrets: {count}", count=count), _secrets(found, top) if found.secrets else _looked_at(found)
    yield tr("Checkpoints (CIS Docker 4, Dockle)"), _points(found)
    for problem in found.unread:
        yield "", tr("not read: {problem}", problem=problem)


def _card(card: Card) -> Iterator[Row]:
    rows = (
        (tr("platform"), card.platform),
        (tr("system"), card.distribution),
        (tr("created"), card.created[:19].replace("T", " ")),
        (tr("user"), card.user or tr("root (none is set)")),
        (tr("workdir"), card.working_dir),
        (tr("entrypoint"), _argv(card.entrypoint)),
        (tr("cmd"), _argv(card.cmd)),
        (tr("ports"), " ".join(card.ports)),
        (tr("volumes"), " ".join(card.volumes)),
        (tr("healthcheck"), _argv(card.healthcheck)),
        (tr("stop signal"), card.stop_signal),
        (tr("env"), " ".join(card.variables)),
        (tr("labels"), " ".join(name for name, _ in card.labels)),
    )
    return (row for row in rows if row[1])


def _layers(found: Inspection) -> Layout:
    with_lines = any(row.line for row in found.layers)
    columns = [("#", "right"), ("MB", "right"), ("wasted", "right"), ("added", "right"), ("changed", "right"),
               ("removed", "right"), *([("line", "right")] if with_lines else []), ("instruction", "cut")]  # fmt: skip
    rows = [
        (
            str(row.index),
            megabytes(row.size),
            megabytes(row.wasted) if row.wasted else "-",
            f"{row.added:,}",
            f"{row.changed:,}",
            f"{row.removed:,}",
            *([str(row.line or tr("base"))] if with_lines else []),
            row.instruction or tr("(the history does not tell)"),
        )
        for row in found.layers
    ]
    return columns, rows


def _waste(found: Inspection, top: int) -> Iterator[tuple[str, str | Layout]]:
    efficiency = f"{found.efficiency:.1%}".replace("%", " %")
    title = tr("Waste: {size} MB, efficiency {efficiency}", size=megabytes(found.wasted), efficiency=efficiency)
    if not found.waste:
        yield title, tr("nothing is shipped that cannot be seen") + _unasked(found)
        return
    by_path: defaultdict[str, list[Waste]] = defaultdict(list)
    for one in found.waste:
        by_path[one.path].append(one)
    order = sorted(by_path.items(), key=lambda item: (-sum(one.size for one in item[1]), item[0]))
    rows = [
        (megabytes(sum(one.size for one in group)), str(len(group)), _cause(group, found), f"/{path}")
        for path, group in order[:top]
    ]
    yield title, ((("MB", "right"), ("times", "right"), ("what happened", "left"), ("path", "path")), rows)
    left = len(order) - top
    if left > 0:
        yield "", tr("and {count} more paths", count=f"{left:,}") + _unasked(found)
    elif _unasked(found):
        yield "", _unasked(found).removeprefix("; ")


def _unasked(found: Inspection) -> str:
    return "" if found.duplicates_looked_for else tr("; equal files were not looked for (--duplicates)")


def _cause(group: Sequence[Waste], found: Inspection) -> str:
    def names(indices: Iterable[int]) -> str:
        lines = [found.layers[index].line for index in indices]
        if all(lines):
            listed = ", ".join(map(str, lines))
            return tr("lines {lines}", lines=listed) if len(lines) > 1 else tr("line {line}", line=listed)
        return _ranges(tuple(indices))

    first = group[-1] if len(group) > 1 else group[0]
    if first.kind == "duplicate":
        return tr("{layer} copies /{path}", layer=names([first.layer]), path=first.twin)
    by = sorted({one.by for one in group})
    words = {"overwritten": tr("replaced by"), "removed": tr("removed by")}
    layers = sorted({one.layer for one in group})
    kinds = tr(" or ").join(dict.fromkeys(words[one.kind] for one in group if one.kind in words))
    return f"{names(layers)} {kinds} {names(by)}"


def _ranges(indices: Sequence[int]) -> str:
    """Layers in order as a person counts them: ``#0-#3, #5``."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return ", ".join(f"#{run[0]}-#{run[-1]}" if len(run) > 1 else f"#{run[0]}" for run in runs)


def _places(places: Sequence[Place], top: int) -> Layout:
    what = any(one.what for one in places)
    columns = [("MB", "right"), ("files", "right"), *([("what", "left")] if what else []), ("path", "path")]
    rows = [
        (megabytes(one.size), f"{one.files:,}", *([tr(one.what)] if what else []), f"/{one.path}")
        for one in places[:top]
    ]
    return columns, rows


def _owner_kinds(found: Inspection) -> Layout:
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    build: Counter[str] = Counter()
    for one in found.owners:
        sizes[one.kind] += one.size
        counts[one.kind] += 1
        build[one.kind] += one.size if one.build_only else 0
    rows = [
        (
            _KINDS.get(kind, kind),
            "-" if kind == "files" else f"{counts[kind]:,}",
            megabytes(size),
            f"{size / (sum(sizes.values()) or 1):.0%}".replace("%", " %"),
            megabytes(build[kind]) if build[kind] else "-",
        )
        for kind, size in sizes.most_common()
    ]
    return ((("owner", "left"), ("count", "right"), ("MB", "right"), ("", "right"), ("only to build", "right")), rows)


def _owners(found: Inspection, top: int) -> Layout:
    rows = [
        (megabytes(one.size), f"{one.files:,}", _KIND.get(one.kind, one.kind),
         tr("only to build") if one.build_only else "", f"{one.name} {one.version}".strip())
        for one in found.owners[:top]
    ]  # fmt: skip
    return ((("MB", "right"), ("files", "right"), ("kind", "left"), ("", "left"), ("name", "cut")), rows)


def _surface(found: Inspection, top: int) -> Iterator[Row]:
    one = found.surface
    yield tr("user"), f"{one.user}{' (root)' if one.is_root and one.user != 'root' else ''}"
    yield tr("ports"), " ".join(one.ports) or "-"
    packages = tr("{os} of the OS, {language} of languages", os=one.os_packages, language=one.language_packages)
    yield tr("packages"), packages
    yield tr("executables"), f"{one.executables:,}"
    for name, paths in (
        (tr("setuid, setgid"), one.set_id),
        (tr("capabilities"), one.capabilities),
        (tr("world-writable"), one.world_writable),
    ):
        yield name, _listed([f"/{path}" for path in paths], top)
    for name, programs in (
        (tr("shells"), one.shells),
        (tr("package managers"), one.package_managers),
        (tr("compilers"), one.compilers),
        (tr("network tools"), one.network_tools),
    ):
        yield name, " ".join(programs) or "-"


def _secrets(found: Inspection, top: int) -> Layout:
    rows = [
        (tr(one.kind), tr("config") if one.layer < 0 else f"#{one.layer}", tr("deleted later") if one.deleted else "",
         one.path if one.layer < 0 else f"/{one.path}")
        for one in found.secrets[: max(top, 20)]
    ]  # fmt: skip
    return ((("kind", "left"), ("layer", "left"), ("", "left"), ("where", "path")), rows)


def _looked_at(found: Inspection) -> str:
    return tr("looked for in {count} layers, also in deleted files, and in the configuration", count=len(found.layers))


def _points(found: Inspection) -> Layout:
    rows = [
        (tr("pass") if one.passed else tr("WARN"), one.code, tr(one.title), tr(one.detail)) for one in found.checkpoints
    ]
    return ((("", "left"), ("", "left"), ("", "left"), ("", "cut")), rows)


def _listed(words: Sequence[str], top: int) -> str:
    more = tr(" and {count} more", count=len(words) - top) if len(words) > top else ""
    return f"{len(words)}: {' '.join(words[:top])}{more}" if words else "-"


def _argv(words: Sequence[str]) -> str:
    import json

    return json.dumps(list(words), ensure_ascii=False) if words else ""
