"""An image to walk through at a terminal: layers, files, packages, waste, secrets; with search.

Needs ``pip install 'lightship[explore]'``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Header, Input, Static, TabbedContent, TabPane, Tree
from textual.widgets.tree import TreeNode

from lightship.inspection import Inspection
from lightship.inspection.sizes import Node, SizedTree
from lightship.reports.figures import megabytes
from lightship.reports.sections import printable
from lightship.reports.translation import tr

FOUND_LIMIT = 500
"""Rows that a search shows at most."""
TABS = ("layers", "files", "packages", "waste", "secrets")

_COLUMNS: dict[str, tuple[str, ...]] = {
    "layers": ("#", "MB", "wasted MB", "added", "changed", "removed", "instruction"),
    "packages": ("MB", "files", "kind", "name", "version", "place"),
    "waste": ("MB", "what", "layer", "by", "path"),
    "secrets": ("kind", "layer", "deleted", "where"),
}
_FIGURES = frozenset({"#", "MB", "wasted MB", "added", "changed", "removed", "files"})


class ImageExplorer(App[None]):
    """The explorer of one image. ``tree`` is its final file system."""

    TITLE = "lightship"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    TabbedContent, DataTable, Tree { height: 1fr; }
    #count, #search { display: none; }
    #count.shown, #search.shown { display: block; }
    """
    # The tabs name their own keys: a footer with all of them is wider than 80 columns.
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit", tr("quit")),
        ("slash", "search", tr("search")),
        ("escape", "leave_search", tr("end search")),
        *(Binding(str(number), f"show('{name}')", name, show=False) for number, name in enumerate(TABS, 1)),
    ]

    def __init__(self, found: Inspection, tree: SizedTree) -> None:
        super().__init__()
        self.found = found
        self.files = tree
        self.sub_title = tr(
            "{size} MB, {layers} layers, efficiency {efficiency:.1f} %, {image}",
            size=megabytes(found.size),
            layers=len(found.layers),
            efficiency=found.efficiency * 100,
            image=printable(found.reference),
        )

    def compose(self) -> ComposeResult:
        """The tabs, the line to search in, and the keys."""
        yield Header()
        with TabbedContent(initial="layers"):
            for number, name in enumerate(TABS, 1):
                with TabPane(f"{number} {tr(name)}", id=name):
                    if name == "files":
                        yield Tree[Node](self._label(self.files.node("")), data=self.files.node(""), id="tree")
                    else:
                        yield DataTable(id=f"{name}-table", cursor_type="row", zebra_stripes=True)
        yield Static("", id="count")
        yield Input(placeholder=tr("part of a name"), id="search")
        yield Footer()

    def on_mount(self) -> None:
        """Fill the tables; the tree fills itself as it is opened."""
        for name, columns in _COLUMNS.items():
            table = self.query_one(f"#{name}-table", DataTable)
            for column in columns:
                table.add_column(Text(tr(column), justify=_justified(column)), key=column)
        self._fill("")
        self.query_one("#layers-table", DataTable).focus()

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[Node]) -> None:
        """Show what is in a directory, when it is opened for the first time."""
        node = event.node
        if node.data is not None and not node.children:
            self._add(node, self.files.children(node.data.path))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while the text is typed."""
        self._fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the rows, which stay as they were found."""
        self._focus_rows()

    def action_show(self, name: str) -> None:
        """Show one of the tabs."""
        self.query_one(TabbedContent).active = name
        self._focus_rows()

    def action_search(self) -> None:
        """Open the line to search in."""
        search = self.query_one("#search", Input)
        search.add_class("shown")
        search.focus()

    def action_leave_search(self) -> None:
        """Show everything again."""
        search = self.query_one("#search", Input)
        search.remove_class("shown")
        search.value = ""
        self._focus_rows()

    def _focus_rows(self) -> None:
        name = self.query_one(TabbedContent).active
        self.query_one("#tree" if name == "files" else f"#{name}-table").focus()

    def _fill(self, wanted: str) -> None:
        shown = []
        for name, columns in _COLUMNS.items():
            table = self.query_one(f"#{name}-table", DataTable)
            table.clear()
            rows = [row for row in _rows(name, self.found) if wanted.lower() in " ".join(row).lower()]
            for row in rows:
                cells = zip(row, columns, strict=True)
                table.add_row(*(Text(printable(cell), justify=_justified(column)) for cell, column in cells))
            shown.append(f"{len(rows)} {tr(name)}")
        tree: Tree[Node] = self.query_one("#tree", Tree)
        tree.clear()
        if wanted:
            found = self.files.search(wanted, FOUND_LIMIT)
            self._add(tree.root, found, whole=True)
            shown.insert(1, f"{len(found)} {tr('files')}")
        tree.root.expand()
        count = self.query_one("#count", Static)
        count.set_class(bool(wanted), "shown")
        count.update(Text(tr("found: {counts}", counts=", ".join(shown))) if wanted else "")

    def _add(self, parent: TreeNode[Node], nodes: Sequence[Node], *, whole: bool = False) -> None:
        for one in nodes:
            parent.add(self._label(one, whole=whole), data=one, allow_expand=one.kind == "dir")

    def _label(self, one: Node, *, whole: bool = False) -> Text:
        name = f"/{one.path}" if whole else one.name
        link = f" -> {one.link}" if one.link else ""
        return Text(printable(f"{megabytes(one.size):>8}  #{one.layer}  {name}{link}"))


def _justified(column: str) -> Literal["left", "right"]:
    return "right" if column in _FIGURES else "left"


def _rows(name: str, found: Inspection) -> Iterator[tuple[str, ...]]:
    if name == "layers":
        for row in found.layers:
            figures = (str(row.added), str(row.changed), str(row.removed))
            yield str(row.index), megabytes(row.size), megabytes(row.wasted), *figures, row.instruction
    elif name == "packages":
        for owner in found.owners:
            yield megabytes(owner.size), str(owner.files), owner.kind, owner.name, owner.version, owner.place
        for part in found.components:
            yield "-", "-", part.kind, part.name, part.version, part.place
    elif name == "waste":
        for one in found.waste:
            yield megabytes(one.size), tr(one.kind), f"#{one.layer}", f"#{one.by}", f"/{one.path}"
    else:
        for secret in found.secrets:
            layer = tr("config") if secret.layer < 0 else f"#{secret.layer}"
            yield tr(secret.kind), layer, tr("yes") if secret.deleted else tr("no"), secret.path
