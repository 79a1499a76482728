"""The explorer, driven by its own test driver: tabs, the tree, search, leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, TabbedContent, Tree

from inspection.images import full_archive
from lightship.cli import main
from lightship.inspection import look_inside
from lightship.inspection.sizes import SizedTree
from lightship.oci import open_image
from lightship.reports.explorer import TABS, ImageExplorer


@pytest.fixture(scope="module")
def explorer_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], ImageExplorer]:
    with open_image(full_archive(tmp_path_factory.mktemp("image") / "image.tar")) as image:
        found, tree = look_inside(image, "image.tar"), SizedTree(image.rootfs())
    return lambda: ImageExplorer(found, tree)


def _drive(
    app: ImageExplorer, steps: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (100, 30)
) -> None:
    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await steps(pilot)

    asyncio.run(run())


def test_every_tab_is_a_key_away_and_holds_rows(explorer_of: Callable[[], ImageExplorer]) -> None:
    app = explorer_of()

    async def steps(pilot: Pilot[None]) -> None:
        for number, name in enumerate(TABS, 1):
            await pilot.press(str(number))
            assert app.query_one(TabbedContent).active == name
            if name != "files":
                assert app.query_one(f"#{name}-table", DataTable).row_count > 0
        await pilot.press("q")

    _drive(app, steps, size=(60, 20))


def test_the_tree_opens_the_largest_first(explorer_of: Callable[[], ImageExplorer]) -> None:
    app = explorer_of()

    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("2")
        tree: Tree[object] = app.query_one("#tree", Tree)
        await pilot.pause()
        first = tree.root.children[0]
        assert "app" in str(first.label)
        first.expand()
        await pilot.pause()
        names = [str(child.label) for child in first.children]
        assert "serve" in names[0]
        assert any("linked -> app/twice" in name for name in names)

    _drive(app, steps)


def test_search_filters_all_tabs_and_escape_ends_it(explorer_of: Callable[[], ImageExplorer]) -> None:
    app = explorer_of()

    async def steps(pilot: Pilot[None]) -> None:
        packages = app.query_one("#packages-table", DataTable)
        everything = packages.row_count
        await pilot.press("slash", *"libfoo")
        await pilot.pause()
        assert packages.row_count == 2
        tree: Tree[object] = app.query_one("#tree", Tree)
        assert str(tree.root.children[0].label).split()[-1] == "/usr/lib/libfoo.so.1"
        await pilot.press("enter")
        assert not app.query_one("#search", Input).has_focus
        await pilot.press("escape")
        await pilot.pause()
        assert packages.row_count == everything

    _drive(app, steps)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_everything_has_its_place_on_the_screen(
    explorer_of: Callable[[], ImageExplorer], size: tuple[int, int]
) -> None:
    app = explorer_of()

    async def steps(pilot: Pilot[None]) -> None:
        assert not app.query_one("#count").display
        await pilot.press("slash", *"foo")
        await pilot.pause()
        screen = app.screen.region
        assert app.screen.max_scroll_y == 0
        for what in ("#search", "#count", "#layers-table", "Footer", "Header"):
            assert app.query_one(what).region.height > 0
            assert screen.contains_region(app.query_one(what).region)
        search, count = app.query_one("#search").region, app.query_one("#count").region
        assert app.query_one("#layers-table").region.bottom <= count.y < count.bottom <= search.y

    _drive(app, steps, size)


def test_figures_stand_below_each_other(explorer_of: Callable[[], ImageExplorer]) -> None:
    app = explorer_of()

    async def steps(pilot: Pilot[None]) -> None:
        size, kind = app.query_one("#packages-table", DataTable).get_row_at(0)[0:3:2]
        assert (size.justify, kind.justify) == ("right", "left")

    _drive(app, steps)


def test_without_a_terminal_it_says_what_to_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", str(full_archive(tmp_path / "image.tar"))]) == 2
    assert "lightship inspect" in capsys.readouterr().err
