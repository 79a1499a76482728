"""Metadata that a runtime stage states again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.dockerfile import Instruction, parse
from lightship.multistage.metadata import (
    arguments_of,
    from_config,
    healthcheck,
    last_lines,
    quote,
    restated,
    starting_directory,
)
from lightship.oci import Healthcheck, ImageConfig
from lightship.semantic import process_words


def instructions(text: str) -> tuple[Instruction, ...]:
    return parse(text).instructions


def lines(items: tuple[Instruction, ...]) -> list[str]:
    return [item.text.strip() for item in items]


def test_metadata_is_carried_and_file_system_work_is_not() -> None:
    before, after = restated(instructions("ENV A=1\nRUN make\nCOPY . .\nEXPOSE 80\nWORKDIR /app\nUSER 1000\n"))
    assert lines(before) == ["ENV A=1", "EXPOSE 80"]
    assert lines(after) == ["WORKDIR /app", "USER 1000"]


def test_only_the_last_of_what_replaces_itself_is_carried() -> None:
    before, after = restated(instructions("CMD a\nUSER a\nWORKDIR /a\nUSER b\nWORKDIR /b\nCMD b\nWORKDIR c\n"))
    assert lines(before) == ["CMD b"]
    assert lines(after) == ["USER b", "WORKDIR /b", "WORKDIR c"]


def test_arguments_come_along_when_something_carried_needs_them() -> None:
    before, _ = restated(instructions("ARG VERSION=1\nARG UNUSED\nENV V=$VERSION\n"))
    assert lines(before) == ["ARG VERSION=1", "ENV V=$VERSION"]


def test_arguments_of_the_tail() -> None:
    head = instructions("ARG NAME=x\nARG OTHER\nRUN true\n")
    assert lines(arguments_of(head, instructions("LABEL name=${NAME}\n"))) == ["ARG NAME=x"]


def test_a_base_configuration_as_lines() -> None:
    config = ImageConfig(
        env=(("PATH", "/usr/local/bin:/bin"), ("GREETING", 'say "hi" for $5')),
        entrypoint=("docker-entrypoint.sh",),
        cmd=("node",),
        exposed_ports=("80/tcp",),
        working_dir="/srv",
        user="65532",
        volumes=("/data",),
    )
    assert from_config(config, ()) == (
        "ENV PATH=/usr/local/bin:/bin",
        'ENV GREETING="say \\"hi\\" for \\$5"',
        "EXPOSE 80/tcp",
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["node"]',
    )
    assert last_lines(config, ()) == ('VOLUME ["/data"]', "USER 65532")


GOLANG = ImageConfig(working_dir="/go")


@pytest.mark.parametrize(
    ("base", "head", "tail", "expected"),
    [
        (ImageConfig(), "RUN make\nWORKDIR app\n", "", ("WORKDIR /go",)),
        (ImageConfig(), "WORKDIR app/\nRUN make\n", "WORKDIR /srv\n", ("WORKDIR /go",)),
        (ImageConfig(), "RUN make\n", "CMD a\n", ("WORKDIR /go",)),
        (ImageConfig(), "RUN make\n", "COPY a b\nWORKDIR /srv\n", ("WORKDIR /go",)),
        (ImageConfig(), "RUN make\n", "WORKDIR /srv\nCOPY a b\n", ()),
        (ImageConfig(), "WORKDIR a\nWORKDIR /b\nRUN make\n", "COPY a b\n", ()),
        (ImageConfig(working_dir="/go"), "RUN make\nWORKDIR app\n", "", ()),
    ],
)
def test_where_a_stage_on_another_base_begins(
    base: ImageConfig, head: str, tail: str, expected: tuple[str, ...]
) -> None:
    assert starting_directory(GOLANG, base, instructions(head), instructions(tail) if tail else ()) == expected


@pytest.mark.parametrize(("word", "expected"), [("$HERE/x", ()), ("${HERE}", ()), ("$THERE", ("WORKDIR /go",))])
def test_a_variable_may_be_absolute(word: str, expected: tuple[str, ...]) -> None:
    head = instructions(f"RUN make\nWORKDIR {word}\n")
    found = starting_directory(GOLANG, ImageConfig(), head, (), [("HERE", "/srv"), ("THERE", "srv")])
    assert found == expected


def test_an_image_that_begins_at_the_root_on_a_base_that_does_not() -> None:
    assert starting_directory(ImageConfig(), GOLANG, instructions("RUN make\n"), ()) == ("WORKDIR /",)


def test_an_entry_point_of_ones_own_empties_the_base_command() -> None:
    assert from_config(ImageConfig(cmd=("python3",)), {"entrypoint"}) == ()


def test_healthcheck_with_its_times() -> None:
    check = Healthcheck(("CMD-SHELL", "curl -f localhost"), interval=30 * 10**9, timeout=1500 * 10**6, retries=3)
    assert healthcheck(check) == "HEALTHCHECK --interval=30s --timeout=1500ms --retries=3 CMD curl -f localhost"
    assert healthcheck(Healthcheck(("CMD", "a", "b"))) == f"HEALTHCHECK CMD {json.dumps(['a', 'b'])}"
    assert healthcheck(Healthcheck(("NONE",))) == "HEALTHCHECK NONE"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=30))
def test_a_quoted_value_is_read_back_as_it_was(value: str) -> None:
    (found,) = process_words(quote(value), {}) or ("",)
    assert found == value
