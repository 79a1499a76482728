"""Names of slim variants."""

import pytest

from lightship.distros import Release
from lightship.multistage import is_slim, slim_names

BOOKWORM = Release("debian", (), "12", "bookworm")


@pytest.mark.parametrize(
    ("reference", "first"),
    [
        ("python:3.11", "python:3.11-slim"),
        ("python:3.11-bookworm", "python:3.11-slim-bookworm"),
        ("node:20-bookworm", "node:20-slim-bookworm"),
        ("debian:bookworm", "debian:bookworm-slim"),
        ("python", "python:slim"),
        ("localhost:5000/python:3.11", "localhost:5000/python:3.11-slim"),
    ],
)
def test_the_likeliest_name_comes_first(reference: str, first: str) -> None:
    assert slim_names(reference, BOOKWORM)[0] == first


def test_both_orders_of_slim_and_codename_are_tried() -> None:
    assert slim_names("node:20-bookworm", Release())[:2] == ("node:20-slim-bookworm", "node:20-bookworm-slim")


@pytest.mark.parametrize("reference", ["python:3.11-slim", "node:20-alpine", "gcr.io/distroless/base", "a@sha256:00"])
def test_what_is_small_already_or_pinned_has_no_variant(reference: str) -> None:
    assert slim_names(reference, BOOKWORM) == ()


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("python:3.11-slim", True),
        ("python:3.11-slim-bookworm@sha256:00", True),
        ("localhost:5000/node:20-alpine", True),
        ("slim/python:3.11", False),
        ("python@sha256:00", False),
    ],
)
def test_a_slim_image_is_known_by_its_tag(reference: str, expected: bool) -> None:
    assert is_slim(reference) is expected
