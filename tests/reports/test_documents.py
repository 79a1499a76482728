"""What other programs read: JSON held against its schema, SARIF, Markdown within its limit, pictures that are XML."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lightship.commands import compare, optimize, verify
from lightship.optimize import Optimization, PackageRow
from lightship.reports import comparison, optimizations
from lightship.reports.markdown import LIMIT, code, text
from lightship.reports.optimizations import render
from lightship.reports.verdict import markdown

from .examples import CONTENTS, DIFFERENT, IMPROVED, NOT_PROVEN, NOTHING, ORIGINAL, SAME, SMALLER, outcome

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"
RESULTS = pytest.mark.parametrize("result", [IMPROVED, NOT_PROVEN, NOTHING], ids=lambda result: result.outcome)


def closed(schema: Any) -> Any:
    """The schema with no other fields than those it names: what is printed is what is documented."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    return found | {"additionalProperties": False} if schema.get("type") == "object" else found


def validate(document: str) -> Any:
    found = json.loads(document)
    name, _, version = found["schema"].removeprefix("lightship.").partition("/")
    schema = json.loads((SCHEMAS / f"{name}-{version}.json").read_text())
    jsonschema.Draft202012Validator(closed(schema)).validate(found)
    return found


@RESULTS
def test_the_json_of_an_optimization_is_as_documented(result: Optimization) -> None:
    document = validate(render("json", outcome(result)))
    assert (document["contents"] is None) is (result.contents is None)
    assert [cost["new_bytes"] for cost in document["rebuild"]] == ([18_739_000, 7_000, 0] if result.chosen else [])


def test_the_json_of_the_other_commands_is_as_documented() -> None:
    assert len(validate(comparison.render("json", [ORIGINAL, SMALLER]))["images"]) == 2
    for verdict in (SAME, DIFFERENT):
        assert validate(json.dumps(verify.document("a", "b", verdict, 5)))["word"] == verdict.word


def test_every_format_has_its_file_and_every_command_names_its_own() -> None:
    folder = Path(optimizations.__file__).parent
    files = {path.stem.removesuffix("_format") for path in folder.glob("*_format.py")}
    assert files == set(optimizations.FORMATS) == set(optimize.REPORTS)
    for name in compare.REPORTS:
        assert comparison.render(name, [ORIGINAL, SMALLER])


def html(text: str) -> str:
    """As code hosts render it: GitHub's Markdown with tables and plain HTML."""
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


@RESULTS
def test_nothing_breaks_out_of_the_markdown(result: Optimization) -> None:
    text = render("markdown", outcome(result))
    shown = html(text)
    bare = re.sub(r"<code.*?</code>", "", shown, flags=re.S)
    assert set(re.findall(r"<(\w+)", bare)) <= {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details",
                                                "summary", "pre", "sub", "strong"}  # fmt: skip
    assert shown.count("<details>") == shown.count("</details>") == text.count("<summary>")
    assert "@everyone" not in bare
    for row in re.findall(r"<tr>(.*?)</tr>", shown, flags=re.S):
        assert len(re.findall(r"<t[hd]", row)) in (3, 4, 5, 8), row


@given(st.text(st.characters(), max_size=60) | st.text("|`\\\\<>&@*_[]()#~$! \\n\\r\\x0b\\u2028a", max_size=30))
def test_any_text_stays_in_its_cell(value: str) -> None:
    shown = html(f"| a | b |\n|---|---|\n| {text(value)} | {code(value)} |\n\nbehind")
    assert shown.count("<td>") == 2 and shown.endswith("<p>behind</p>\n")
    assert set(re.findall(r"<(\w+)", shown)) <= {"table", "thead", "tbody", "tr", "th", "td", "code", "p"}


def test_the_answer_comes_first_in_the_markdown() -> None:
    lines = render("markdown", outcome(IMPROVED)).split("\n")
    assert lines[0] == "<!-- lightship optimize: Dockerfile -->"
    assert lines[2] == "### lightship: SAME up to L6: 400.0 MB → 100.0 MB (-75.0 %)"
    assert "| size | 400.0 MB | 100.0 MB | -75.0 % |" in lines


def test_the_cost_of_rebuilds_is_in_markdown_and_page() -> None:
    for name in ("markdown", "html"):
        report = render(name, outcome(IMPROVED))
        assert "Rebuild cost" in report
        assert "18,739" in report
        assert "Rebuild cost" not in render(name, outcome(NOT_PROVEN))


def test_a_huge_report_stays_within_what_a_comment_may_have() -> None:
    packages = tuple(PackageRow("os", f"päckage-{number}", "1" * 40, "", 10) for number in range(5000))
    huge = replace(
        IMPROVED,
        text="RUN " + "x" * 90 + "\n" * 2 + "RUN true\n" * 20_000,
        contents=replace(CONTENTS, packages=packages),
    )
    text = render("markdown", outcome(huge))
    assert 0.9 * LIMIT < len(text.encode()) <= LIMIT
    assert "more lines" in text
    shown = html(text)
    assert shown.count("<details>") == shown.count("</details>") == 10
    assert shown.count("<h3>") == 1, "no fence is left open"


def test_a_verdict_in_markdown() -> None:
    assert markdown("a", "b", SAME).startswith("### lightship: SAME up to L6\n\n`b` held against `a`")
    assert "What differs" in markdown("a", "b", DIFFERENT)


def test_sarif_speaks_at_the_lines() -> None:
    (run,) = json.loads(render("sarif", outcome(IMPROVED)))["runs"]
    (result,) = run["results"]
    assert result["level"] == "note" and run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "some%20where/Dockerfile"}, "region": {"startLine": 1}}
    assert "(-5.0 MB)" in result["message"]["text"] and "-75.0 %" in result["message"]["text"]
    (unknown,) = json.loads(render("sarif", outcome(NOT_PROVEN)))["runs"][0]["results"]
    assert unknown["level"] == "warning" and "it differs: files" in unknown["message"]["text"]
    assert json.loads(render("sarif", outcome(NOTHING)))["runs"][0]["results"] == []


@RESULTS
def test_a_picture_is_xml_and_shows_the_sizes(result: Optimization) -> None:
    picture = ElementTree.fromstring(render("svg", outcome(result)))
    texts = ["".join(one.itertext()) for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    if result.original:
        assert "400.0 MB" in texts
    if result.chosen:
        bars = [one for one in picture.iter("{http://www.w3.org/2000/svg}rect") if one.get("height") == "18"]
        widths = [float(one.get("width", 0)) for one in bars]
        assert widths[1] == pytest.approx(widths[0] / 4, abs=0.1) and widths[0] > 400
