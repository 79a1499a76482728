"""What BuildKit refuses is a problem, at its place, with help; what it takes is none."""

from __future__ import annotations

import pytest

from lightship.dockerfile import parse

REFUSED = [
    ("", "file with no instructions"),
    ("# only\n\n", "file with no instructions"),
    ("ARG a=b\n", "dockerfile contains no stages to build"),
    ("RUN a\nFROM b\n", "no build stage in current context"),
    ("# escape=x\nFROM a", "invalid escape token 'x' does not match ` or \\"),
    ("# syntax=a\n# syntax=b\nFROM a", "only one syntax parser directive can be used"),
    ("# check=skp=all\nFROM a", 'invalid check option "skp=all"'),
    ("FROM", "FROM requires either one or three arguments"),
    ("FROM a b", "FROM requires either one or three arguments"),
    ("FROM a AS 1", "invalid name for build stage"),
    ("FROM --os=x a", "unknown flag: --os"),
    ("FROM a\nFOO b", "unknown instruction: FOO"),
    ("FROM a\nENV b", "ENV must have two arguments"),
    ("FROM a\nENV b=c d", 'Syntax error - can\'t find = in "d"'),
    ("FROM a\nENV =b", "ENV names can not be blank"),
    ("FROM a\nLABEL", "LABEL requires at least one argument"),
    ("FROM a\nARG", "ARG requires at least one argument"),
    ("FROM a\nARG =b", "ARG names can not be blank"),
    ("FROM a\nCOPY b", "COPY requires at least two arguments"),
    ("FROM a\nCOPY b <<E\nE", "COPY cannot accept a heredoc as a destination"),
    ("FROM a\nCOPY --from=$b c d", "variable expansion is not supported for --from"),
    ("FROM a\nCOPY --link=x c d", "expecting boolean value for flag --link, not: x"),
    ("FROM a\nCOPY --chown c d", "missing a value on flag: --chown"),
    ("FROM a\nCOPY --from=b --from=b c d", "duplicate flag specified: --from"),
    ("FROM a\nRUN <<E\nb", "unterminated heredoc"),
    ("FROM a\nRUN --mount=type=foo b", 'unsupported mount type "foo"'),
    ("FROM a\nRUN --mount=target b", "invalid field 'target' must be a key=value pair"),
    ("FROM a\nRUN --mount=tarket=/b c", "unexpected key 'tarket' in 'tarket=/b'"),
    ("FROM a\nRUN --mount=type=secret,id=x,source=y c", "both source and id can't be set"),
    ("FROM a\nRUN --network=some b", 'network "some" is not valid'),
    ("FROM a\nCMD [1]", "arrays must be comprised of strings only"),
    ("FROM a\nSHELL b", "SHELL requires the arguments to be in JSON form"),
    ("FROM a\nSHELL []", "SHELL requires at least one argument"),
    ("FROM a\nONBUILD", "ONBUILD requires at least one argument"),
    ("FROM a\nONBUILD ONBUILD RUN b", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
    ("FROM a\nONBUILD from b", "FROM isn't allowed as an ONBUILD trigger"),
    ("FROM a\nHEALTHCHECK NONE b", "HEALTHCHECK NONE takes no arguments"),
    ("FROM a\nHEALTHCHECK b", 'Unknown type "B" in HEALTHCHECK (try CMD)'),
    ("FROM a\nHEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
    ("FROM a\nHEALTHCHECK --interval=5 CMD b", 'time: missing unit in duration "5"'),
    ("FROM a\nHEALTHCHECK --timeout=1us CMD b", 'Interval "timeout" cannot be less than 1ms'),
    ("FROM a\nHEALTHCHECK --retries=-1 CMD b", "--retries cannot be negative (-1)"),
    ("FROM a\nSTOPSIGNAL SIGFOO", "invalid signal: SIGFOO"),
    ('FROM a\nVOLUME [""]', "VOLUME specified can not be an empty string"),
    ("FROM a\nUSER", "USER requires exactly one argument"),
    ("FROM a\nLABEL b=" + "c" * 65536 + "\n", "dockerfile line greater than max allowed size of 65535"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_what_buildkit_refuses_is_one_error_with_help(text: str, message: str) -> None:
    (problem,) = parse(text).errors
    assert problem.message.startswith(message) or message in problem.message
    assert problem.help
    assert problem.code


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch",
        "# check=skip=A,B;error=true // why\nFROM a",
        "ARG a\nFROM $a AS b-1.x_y",
        "from a\nrun --mount=type=cache,target=/x,sharing=locked,uid=1 --mount=type=bind,ro,from=b,dst=/y c",
        "FROM a\nRUN --mount=type=$t,target=/x --network=none --security=insecure --device=x b",
        "FROM a\nRUN --mount=type=secret,id=x,env=Y,required b",
        "FROM a\nCOPY --from=b --chown=1:1 --chmod=755 --link --parents --exclude=x --exclude=y c d",
        "FROM a\nADD --checksum=sha256:x --keep-git-dir=true --unpack=false b c",
        'FROM a\nHEALTHCHECK --interval=1m30s --timeout=.5s --start-period=0 --start-interval=1h --retries=0 CMD ["b"]',
        "FROM a\nSTOPSIGNAL 9\nSTOPSIGNAL RTMIN+3\nSTOPSIGNAL $S",
        'FROM a\nONBUILD RUN b\nRUN\nCMD\nENTRYPOINT []\nEXPOSE 80 $b\nVOLUME /a\nSHELL ["b"]\nMAINTAINER c d',
    ],
)
def test_what_buildkit_takes_has_no_problem(text: str) -> None:
    assert parse(text).problems == ()


def test_problems_point_at_what_they_are_about() -> None:
    text = "FROM a\nCOPY --frm=b c \\\n d\nRUNN x\n"
    assert [(one.span.of(text), one.help) for one in parse(text).problems] == [
        ("--frm=b", "did you mean --from?"),
        ("RUNN", "did you mean RUN?"),
    ]


def test_a_blank_line_inside_an_instruction_is_a_warning() -> None:
    dockerfile = parse("FROM a\nRUN b \\\n\n c\n")
    assert [(one.severity, one.code) for one in dockerfile.problems] == [("warning", "no-empty-continuation")]
    assert dockerfile.errors == ()
