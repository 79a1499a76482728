"""Budgets and accepted figures: each point that can be exceeded, what is told as its cause, and the exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from inspection.images import full_archive
from lightship.cli import main
from lightship.errors import InputError, UsageError
from lightship.inspection import Inspection, look_inside
from lightship.inspection.accepted import LOCK, accept, changed, figures_of, read_lock
from lightship.inspection.budget import Budget, exceeded, parse_budget
from lightship.oci import open_image

DOCKERFILE = "FROM scratch\nADD a /\nENV API_TOKEN=x\nRUN make install TOKEN=1\nRUN rm -r /root/.ssh\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    with open_image(full_archive(tmp_path_factory.mktemp("image") / "image.tar")) as image:
        return look_inside(image, "x", compress=True)


def test_an_empty_budget_is_kept(found: Inspection) -> None:
    assert list(exceeded(found, Budget())) == []


@pytest.mark.parametrize(
    ("budget", "cause"),
    [
        (Budget(max_mb=0.1), "MB: layer #1: RUN make install TOKEN=***"),
        (Budget(max_compressed_mb=0), "MB: layer #1: RUN make install TOKEN=***"),
        (Budget(max_wasted_mb=0.001), "/app/twice too of layer #1"),
        (Budget(max_setuid=0), "/usr/bin/su"),
        (Budget(forbidden_packages=("libfoo-*",)), "no instruction names it"),
        (Budget(root=False), "add a USER"),
    ],
)
def test_each_point_is_told_with_its_cause(budget: Budget, cause: str, found: Inspection) -> None:
    (one,) = exceeded(found, budget)
    assert cause in " ".join(one.causes)
    assert getattr(budget, one.key) != getattr(Budget(), one.key)


def test_what_is_exactly_allowed_is_kept(found: Inspection) -> None:
    exact = Budget(
        max_mb=found.size / 1e6,
        max_compressed_mb=(found.compressed or 0) / 1e6,
        max_layers=3,
        max_wasted_mb=found.wasted / 1e6,
        max_setuid=1,
        forbidden_packages=("libfo",),
        max_growth_mb=0,
    )
    assert list(exceeded(found, exact, figures_of(found))) == []
    assert [one.key for one in exceeded(found, replace(exact, max_layers=2))] == ["max_layers"]


def test_growth_names_the_layers_that_are_new(found: Inspection) -> None:
    figures = figures_of(found)
    smaller = replace(figures, size=figures.size - 200_000, layer_ids=figures.layer_ids[:1])
    (one,) = exceeded(found, Budget(max_growth_mb=0.1), smaller)
    assert "0.1 MB too much" in one.what
    assert all("layer #0" not in cause for cause in one.causes)
    assert ("size", "-0.2 MB") in {(name, more) for name, _, _, more in changed(figures, smaller)}


def test_an_instruction_that_names_a_package_is_its_cause(found: Inspection) -> None:
    rows = (replace(found.layers[0], instruction="RUN apt-get install libfoo-dev", line=3), *found.layers[1:])
    (one,) = exceeded(replace(found, layers=rows), Budget(forbidden_packages=("libfoo-dev",)))
    assert one.causes == ("line 3: RUN apt-get install libfoo-dev",)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[budget]\nmax_mb = -1\n", "f:2:1", "max_mb has"),
        ("[budget]\n\nmax_megabytes = 1\n", "f:3:1", "unknown key"),
        ("[budget]\nroot = 0\n", "f:2:1", "root has"),
        ("[budget]\nmax_layers = 1.5\n", "f:2:1", "max_layers has"),
        ("budget = 1\n", "f:1:1", "must be a table"),
        ("[budget\n", "f", "not valid TOML"),
    ],
)
def test_bad_budgets_are_named_with_their_line(text: str, where: str, what: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_budget(text, "f")
    assert raised.value.where == where
    assert what in raised.value.what


def test_a_budget_of_pyproject() -> None:
    text = '[tool.lightship.budget]\nmax_mb = 5\nforbidden_packages = ["gcc"]\n'
    assert parse_budget(text, "f", table=("tool", "lightship")) == Budget(
        max_mb=5, forbidden_packages=("gcc",), where="f"
    )
    assert parse_budget("[check]\n", "f") is None


def test_the_lock_keeps_other_images_and_is_the_same_the_second_time(tmp_path: Path, found: Inspection) -> None:
    path, figures = tmp_path / LOCK, figures_of(found)
    assert accept(path, "a", figures)
    assert accept(path, "b", replace(figures, size=1))
    assert not accept(path, "a", figures)
    assert {name: one.size for name, one in read_lock(path).items()} == {"a": figures.size, "b": 1}
    path.write_text('{"schema": "lightship.lock/1", "images": {"a": {}}}')
    with pytest.raises(InputError, match="cannot be read"):
        read_lock(path)


def test_check_tells_what_is_exceeded_and_what_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "app"
    folder.mkdir()
    dockerfile, image = folder / "Dockerfile", full_archive(folder / "image.tar")
    dockerfile.write_text(DOCKERFILE)
    check = ["check", str(dockerfile), "--image", str(image), "--select", "syntax_error"]
    assert main(check) == 0
    assert "budget" not in capsys.readouterr().out  # neither a budget nor accepted figures
    settings = tmp_path / "lightship.toml"
    settings.write_text("[budget]\nmax_mb = 0.1\n")
    assert main(check) == 1
    out = capsys.readouterr().out
    assert "[max_mb]" in out
    assert "line 4: RUN make install" in out
    settings.write_text("[budget]\nmax_growth_mb = 0\n")
    assert main([*check, "--accept"]) == 0
    lock = tmp_path / LOCK
    assert set(json.loads(lock.read_text())["images"]) == {"app/Dockerfile"}
    lock.write_text(lock.read_text().replace('"layers": 3', '"layers": 2'))
    capsys.readouterr()
    assert main(check) == 0
    assert "layers: 2 -> 3 (+1)" in capsys.readouterr().out
    document = json.loads(lock.read_text())
    document["images"]["app/Dockerfile"]["size"] -= 1
    lock.write_text(json.dumps(document))
    assert main([*check, "--json"]) == 1
    budget = json.loads(capsys.readouterr().out)["budget"]
    assert [one["key"] for one in budget["exceeded"]] == ["max_growth_mb"]


def test_accepting_needs_an_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    assert main(["check", str(tmp_path), "--accept"]) == 2
    assert "--image" in capsys.readouterr().err
