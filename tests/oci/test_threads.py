"""Pieces that are made ahead: the same ones, the same errors, and no thread that stays."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightship.errors import InputError
from lightship.oci import limits, open_image
from lightship.oci.threads import ahead
from oci.archives import docker_archive, file, gzipped, tar


def test_the_same_pieces_in_the_same_order() -> None:
    pieces = [bytes([number]) * number for number in range(1, 200)]
    assert list(ahead(iter(pieces))) == pieces
    assert list(ahead(iter(()))) == []


def test_no_more_than_asked_for_is_made_and_closing_ends_the_thread() -> None:
    made: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            made.append(number)
            yield b"x"

    before = threading.active_count()
    taken = ahead(pieces(), 3)
    assert next(taken) == b"x"
    taken.close()
    assert threading.active_count() == before
    assert len(made) <= 5


def test_an_error_comes_after_the_pieces_before_it() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise InputError("the layer is damaged")

    taken = ahead(pieces())
    assert next(taken) == b"a"
    with pytest.raises(InputError, match="damaged"):
        next(taken)


@pytest.mark.parametrize("damage", ["in the middle", "not a tar archive"])
def test_a_refused_layer_leaves_no_thread(tmp_path: Path, damage: str) -> None:
    noise = random.Random(7).randbytes(8 * limits.CHUNK)
    layer = tar([file("noise", noise)])
    packed = gzipped(layer)
    if damage == "in the middle":
        packed = packed[: len(packed) // 2]
    else:
        packed = gzipped(noise)
    before = threading.active_count()
    with open_image(docker_archive(tmp_path / "i.tar", [layer], pack=lambda _: packed), trusted=True) as image:
        with pytest.raises(InputError):
            image.rootfs()
        assert threading.active_count() == before
