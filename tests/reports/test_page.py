"""The page in a real browser: self-contained, quiet, usable by keyboard, legible in light and dark, small and large."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from lightship.optimize import Optimization
from lightship.reports.optimizations import render

from .examples import IMPROVED, NOT_PROVEN, NOTHING, outcome

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}

# WCAG 2: every text against what is painted behind it, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
CONTRAST = """() => {
  const channels = (text) => {
    const found = text.replace("srgb", "").match(/[\\d.]+/g).map(Number);
    return text.startsWith("color(") ? [...found.slice(0, 3).map((c) => c * 255), ...found.slice(3)] : found;
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at), image = style.backgroundImage.match(/rgb[^)]*\\)/);
      if (image) return channels(image[0]);
      const colour = channels(style.backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !element.checkVisibility() || element.closest("svg, script, .skip")) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${walk.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        reason = "no Chromium here: tools/browser installs one"
        pytest.fail(reason) if os.environ.get("LIGHTSHIP_REQUIRE_ENGINES") == "1" else pytest.skip(reason)
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start for root; the page is ours, and has no way to the network.
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield found
        found.close()


class Opened:
    """A page, and everything it asked for or complained about."""

    def __init__(self, browser: Any, path: Path, result: Optimization, **options: Any) -> None:
        file = path / "report.html"
        file.write_text(render("html", outcome(result)), encoding="utf-8")
        self.said: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.said.append(request.url))
        self.page.goto(file.as_uri())
        assert self.said == [file.as_uri()], "nothing but the file itself is loaded, and nothing is complained about"


@pytest.mark.parametrize("result", [IMPROVED, NOT_PROVEN, NOTHING], ids=lambda result: result.outcome)
def test_it_loads_alone_is_legible_and_fits(browser: Any, tmp_path: Path, result: Optimization) -> None:
    page = Opened(browser, tmp_path, result, viewport=DESK).page
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(CONTRAST) == [], (viewport, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    # axe-core's rules for WCAG 2.2 A and AA, and its best practices.
    found = Axe().run(page).response
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(CONTRAST) == []
    assert page.title() != "taken over"
    assert page.locator("h1").count() == 1
    ids = page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
    targets = page.eval_on_selector_all("a[href^='#']", "all => all.map((one) => one.hash.slice(1))")
    assert set(targets) <= set(ids), "every link of the page leads somewhere"


def test_the_map_zooms_with_mouse_and_keyboard(browser: Any, tmp_path: Path) -> None:
    opened = Opened(browser, tmp_path, IMPROVED, viewport=DESK, reduced_motion="reduce")
    page = opened.page
    crumbs, tiles = page.locator(".crumbs"), page.locator(".tile")
    assert crumbs.inner_text() == "/"
    before = tiles.count()
    boxes = tiles.evaluate_all("all => all.map((one) => [one.node.name, one.offsetWidth * one.offsetHeight])")
    sizes = dict(boxes)
    assert sizes["usr"] / sizes["app"] == pytest.approx(350 / 40, rel=0.1), "areas are sizes"
    page.locator(".tile", has_text="usr").first.click(position={"x": 5, "y": 5})
    assert crumbs.inner_text().split() == ["/", "usr"]
    page.mouse.move(1, 1)
    assert "350.0 MB in the original, 60.0 MB in the result, 8,000 files" in page.locator(".now").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.classList.contains('tile')")
    page.keyboard.press("Escape")
    assert crumbs.inner_text() == "/" and tiles.count() == before
    page.get_by_role("button", name="What ships").click()
    assert "90.0 MB in the result" in page.locator(".now").inner_text()
    page.get_by_text("The same as a table").click()
    rows = page.locator(".listing tbody tr")
    assert next(row.split("\t") for row in rows.all_inner_texts()) == ["usr", "350.0", "60.0", "8,000"]
    assert len(opened.said) == 1


def test_tables_sort_and_packages_are_found(browser: Any, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path, IMPROVED, viewport=DESK).page
    first = page.locator("#candidates tbody tr").first.locator("th")
    head = page.locator("#candidates thead th").nth(1)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending" and "the same base" in first.inner_text()
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending" and "a smaller base" in first.inner_text()
    page.get_by_role("button", name="Gone", exact=True).click()
    shown = page.locator("#package-table tbody tr:visible")
    assert shown.all_inner_texts()[0].split("\t")[0] == "gcc" and shown.count() == 1
    page.get_by_role("button", name="All", exact=True).click()
    page.get_by_label("Find").fill("LIBC")
    assert shown.count() == 1 and page.locator("#count").inner_text() == "Packages: 1"


def test_it_says_everything_without_scripts(browser: Any, tmp_path: Path) -> None:
    page = Opened(browser, tmp_path, IMPROVED, viewport=PHONE, java_script_enabled=False).page
    text = page.locator("main").inner_text()
    for part in (
        "400.0",
        "100.0",
        "\N{MINUS SIGN}75.0 %",
        "SAME up to L6",
        "a smaller base",
        "gcc",
        "COPY --from=builder / /",
    ):
        assert part in text, part
