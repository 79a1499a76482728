"""Hypothesis strategies: texts that are nearly Dockerfiles."""

from __future__ import annotations

from hypothesis import strategies as st

KEYWORDS = [
    "FROM",
    "RUN",
    "COPY",
    "ADD",
    "ENV",
    "LABEL",
    "ARG",
    "CMD",
    "ENTRYPOINT",
    "ONBUILD",
    "HEALTHCHECK",
    "SHELL",
    "USER",
    "WORKDIR",
    "VOLUME",
    "EXPOSE",
    "foo",
]
PIECES = [
    *KEYWORDS,
    *[
        "<<EOF",
        "<<-'X",
        "Y'",
        '<<"E',
        "EOF",
        "X",
        "--from=a",
        "--mount=type=cache,target=/x",
        "--link",
        "--",
        "=",
        "'",
        '"',
        "\\",
        "`",
        "$",
        "${",
        "}",
        "[",
        "]",
        ",",
        "#",
        "#!",
    ],
    *[
        "${a:-b}",
        '["a", "b"]',
        "a=b",
        "# escape=`",
        "# syntax=x",
        "# check=skip=all",
        "as",
        "é",
        "\ufeff",
        "\0",
        "\udc80",
    ],
    *["\n", "\r\n", "\\\n", "\\  \n", "`\n", " ", "\t", "\f", "\v", "\u2028", "\x85", "\x1c"],
]

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
)
