"""Stages: what they rest on, what they take, what holds in them."""

from __future__ import annotations

import pytest

from lightship.dockerfile import parse
from lightship.semantic import Inherited, StageGraph, expand_in, run_scripts, stages


def graph(text: str, **options: object) -> StageGraph:
    dockerfile = parse(text)
    return stages(dockerfile, **options)  # type: ignore[arg-type]


def test_bases_are_images_stages_scratch_or_unknown() -> None:
    found = graph("ARG V=3\nFROM a:$V AS one\nFROM one\nFROM scratch\nFROM One\nFROM x:$TARGETARCH\nFROM $NO\n")
    assert [(one.base.kind, one.base.reference, one.base.stage) for one in found.stages] == [
        ("image", "a:3", None),
        ("stage", "one", 0),
        ("scratch", "scratch", None),
        ("image", "One", None),
        ("unknown", "", None),
        ("unknown", "", None),
    ]
    assert [one.message for one in found.problems] == ["base name ($NO) should not be blank"]


def test_build_args_and_the_platform_reach_from() -> None:
    text = "ARG V=3\nARG W=$V-x\nFROM --platform=$BUILDPLATFORM a:$W-$TARGETARCH\n"
    (stage,) = graph(text, build_args={"V": "4"}, platform="linux/arm64").stages
    assert (stage.base.reference, stage.platform) == ("a:4-x-arm64", "linux/arm64")


def test_copies_mounts_and_bases_make_the_graph() -> None:
    text = (
        "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM d\n"
        "COPY --from=ONE x y\nCOPY --from=1 x y\nCOPY --from=nginx:1 x y\nRUN --mount=type=bind,from=two,target=/x z\n"
    )
    found = graph(text)
    assert [(one.source, one.reference, one.kind) for one in found.edges] == [
        (0, "ONE", "copy"),
        (1, "1", "copy"),
        (None, "nginx:1", "copy"),
        (1, "two", "mount"),
    ]
    assert [stage.index for stage in found.needed] == [0, 1, 3]
    assert [edge.into for edge in found.copies_from(1)] == [3, 3]


def test_the_target_is_a_name_or_a_number() -> None:
    text = "FROM a AS one\nFROM b\n"
    for target, index in (("one", 0), ("ONE", 0), ("0", 0), ("1", 1), ("", 1)):
        chosen = graph(text, target=target).target
        assert chosen is not None
        assert chosen.index == index
    missing = graph(text, target="two")
    assert missing.target is None
    assert [one.message for one in missing.problems] == ['target stage "two" could not be found']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM a AS x\nCOPY --from=y b c\nFROM d AS y\n", 'cannot copy from stage "y", it needs to be defined before'),
        ("FROM a AS x\nCOPY --from=x b c\n", 'cannot copy from stage "x"'),
        ("FROM a\nCOPY --from=3 b c\n", "invalid stage index 3"),
        ("FROM a\nENV b=${c\n", "syntax error: missing '}'"),
        ("FROM ${a:?none}\n", "a: none"),
    ],
)
def test_what_cannot_be_resolved_is_a_problem(text: str, message: str) -> None:
    (problem,) = graph(text).problems
    assert problem.message.startswith(message)


def test_scopes_follow_the_instructions() -> None:
    text = (
        "ARG G=g\nFROM base AS one\nARG G\nARG H=h-$G\nENV A=1 B=$A C=$G$H PATH=/x:$PATH\nWORKDIR /app\n"
        'WORKDIR sub\nUSER 10\nSHELL ["/bin/bash", "-c"]\nFROM one\nRUN x\n'
    )
    inherited = {"base": Inherited(env={"PATH": "/bin", "A": "0"}, workdir="", user="root")}
    found = graph(text, inherited=inherited)
    end = found.stages[1].scopes[0]
    assert dict(end.env) == {"PATH": "/x:/bin", "A": "1", "B": "0", "C": "gh-g"}
    assert (end.workdir, end.user, end.shell) == ("/app/sub", "10", ("/bin/bash", "-c"))
    assert dict(end.args) == {"G": "g", "H": "h-g"}
    assert found.stages[0].scopes[0].env == {"PATH": "/bin", "A": "0"}
    assert [stage.index for stage in found.chain(found.stages[1])] == [0, 1]


def test_what_an_unknown_base_may_set_is_unknown() -> None:
    scope = graph("FROM a\nENV B=b PATH=/x:$PATH\nWORKDIR c\n").stages[0].end
    assert dict(scope.env) == {"B": "b"}
    assert (scope.workdir, scope.user) == (None, None)
    assert expand_in(scope, "$B", "\\") == "b"
    assert expand_in(scope, "$PATH", "\\") is None
    assert expand_in(graph("FROM scratch\n").stages[0].end, "x$NO", "\\") == "x"


def test_run_scripts_point_into_the_file() -> None:
    text = (
        "FROM a\nRUN --network=none apt-get update \\\n  # why\n  && apt-get install -y 'b'\n"
        "RUN <<E\nset -e\ncurl é\nE\n"
        "RUN <<E python3\nprint()\nE\nRUN cat <<E >f && tail f\nx\nE\nHEALTHCHECK CMD wget x\n"
        'CMD ["a"]\n'
    )
    dockerfile = parse(text)
    found = [
        [word.span.of(text) for word in command.words]
        for instruction in dockerfile.instructions
        for run in run_scripts(instruction)
        for command in run.script.commands
    ]
    assert found == [
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "'b'"],
        ["set", "-e"],
        ["curl", "é"],
        ["cat"],
        ["tail", "f"],
        ["wget", "x"],
    ]
