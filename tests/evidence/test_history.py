"""Layers aligned to instructions, from the history that each engine writes."""

from __future__ import annotations

import pytest

from lightship.dockerfile import parse
from lightship.errors import UnknownError
from lightship.evidence.history import keyword_of, layers_of
from lightship.oci import History, ImageConfig

BASE = ImageConfig(diff_ids=("base",), history=(History("base", False),))
FILE = parse('WORKDIR /app\nENV A=1\nCOPY . .\nRUN make all\nCMD ["x"]\n').instructions


def image(*history: History) -> ImageConfig:
    layers = sum(not one.empty_layer for one in history)
    return ImageConfig(
        diff_ids=("base", *(f"layer{number}" for number in range(layers))), history=(*BASE.history, *history)
    )


BUILDKIT = image(
    History("WORKDIR /app", False),
    History("ENV A=1", True),
    History("COPY . . # buildkit", False),
    History("RUN /bin/sh -c make all # buildkit", False),
    History('CMD ["x"]', True),
)
CLASSIC = image(
    History("/bin/sh -c #(nop) WORKDIR /app", False),
    History("/bin/sh -c #(nop) ENV A=1", True),
    History("/bin/sh -c #(nop) COPY dir:0123 in . ", False),
    History("/bin/sh -c make all", False),
    History('/bin/sh -c #(nop) CMD ["x"]', True),
)


@pytest.mark.parametrize("config", [BUILDKIT, CLASSIC], ids=["buildkit", "classic"])
def test_every_instruction_finds_its_layer(config: ImageConfig) -> None:
    assert [layer for _, layer in layers_of(FILE, config, BASE)] == [1, None, 2, 3, None]


def test_metadata_that_an_engine_left_out_of_the_history() -> None:
    config = image(*(one for one in BUILDKIT.history[1:] if not one.created_by.startswith("ENV")))
    assert [layer for _, layer in layers_of(FILE, config, BASE)] == [1, None, 2, 3, None]


def test_squashed_layers_are_refused() -> None:
    with pytest.raises(UnknownError, match="cannot be told apart"):
        layers_of(FILE, image(History("RUN everything", False)), BASE)


def test_another_base_is_refused() -> None:
    other = ImageConfig(diff_ids=("other",), history=BASE.history)
    with pytest.raises(UnknownError, match="base image"):
        layers_of(FILE, BUILDKIT, other)


@pytest.mark.parametrize(
    ("created_by", "keyword"),
    [
        ("|1 A=b /bin/sh -c make", "run"),
        ("|1 A=b /bin/sh -c #(nop) COPY file:1 in /x", "copy"),
        ("RUN |1 A=b /bin/sh -c make # buildkit", "run"),
        ("/bin/bash -o pipefail -c COPY", "run"),
        ('HEALTHCHECK &{["CMD"]}', "healthcheck"),
    ],
)
def test_keywords(created_by: str, keyword: str) -> None:
    assert keyword_of(History(created_by, False)) == keyword
