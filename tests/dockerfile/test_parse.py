"""The tree: lossless on any text, spans that point at what they name, lines and words as BuildKit has them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from lightship.dockerfile import Comment, Directive, Instruction, parse

from .strategies import texts


@settings(deadline=None, max_examples=300)
@given(texts)
def test_reading_any_text_is_lossless_and_spans_lie_in_it(text: str) -> None:
    dockerfile = parse(text)
    assert "".join(item.text for item in dockerfile.items) == text
    at = 0
    for item in dockerfile.items:
        assert (item.span.start, item.span.of(text)) == (at, item.text)
        at = item.span.end
    for instruction in dockerfile.instructions:
        _check(instruction, text)
    for problem in dockerfile.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


def _check(instruction: Instruction, text: str) -> None:
    inside = instruction.arguments_span
    for word in instruction.words:
        assert inside.start <= word.span.start <= word.span.end <= inside.end
        if "\n" not in word.span.of(text) and instruction.exec_form is None:
            assert word.span.of(text).startswith(word.text)
    for flag in instruction.flags:
        if "\n" not in flag.span.of(text):
            assert flag.span.of(text) == flag.text
    for heredoc in instruction.heredocs:
        assert heredoc.content_span.of(text) == heredoc.content
    for index, char in enumerate(instruction.arguments):
        assert text[instruction.source.offset(index)] == char
    if instruction.inner is not None:
        _check(instruction.inner, text)


def words(text: str, *, escape: str = "") -> list[list[str]]:
    return [[item.keyword, *(word.text for word in item.words)] for item in parse(escape + text).instructions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a  AS\tb", ["from", "a", "AS", "b"]),
        ("env a=b c='d e'  f=\"g h\"", ["env", "a", "b", "=", "c", "'d e'", "=", "f", '"g h"', "="]),
        ("ENV a b=c d", ["env", "a", "b=c d", ""]),
        ("ENV a=b\\ c d=e\\\\", ["env", "a", "b\\ c", "=", "d", "e\\\\", "="]),
        ("LABEL a.b='x\"y'", ["label", "a.b", "'x\"y'", "="]),
        ("ARG a b='c d'", ["arg", "a", "b='c d'"]),
        ("RUN  echo   'a  b'  ", ["run", "echo   'a  b'"]),
        ('CMD [ "a" , "b\\u0021\\n" ]', ["cmd", "a", "b!\n"]),
        ("CMD ['a']", ["cmd", "['a']"]),
        ('CMD ["a"', ["cmd", '["a"']),
        ('CMD ["a"] b', ["cmd", '["a"] b']),
        ("CMD []", ["cmd"]),
        ('CMD ["\\ud800"]', ["cmd", "\ufffd"]),
        ('COPY ["a b", "c"]', ["copy", "a b", "c"]),
        ("COPY a 'b c' d", ["copy", "a", "'b", "c'", "d"]),
        ("VOLUME /a   /b", ["volume", "/a", "/b"]),
        ("HEALTHCHECK  CMD   a  b", ["healthcheck", "CMD", "a  b"]),
        ("HEALTHCHECK NONE", ["healthcheck", "NONE"]),
        ("USER a  b", ["user", "a  b"]),
        ("FOO a b", ["foo"]),
        ("RUN", ["run"]),
    ],
)
def test_words_are_split_as_buildkit_splits_them(text: str, expected: list[str]) -> None:
    assert words(text) == [expected]


def test_lines_join_over_comments_and_blank_lines() -> None:
    text = "RUN a \\\n# no\n   # no \\\n\n  && b\\\nc \\  \n d\nCMD e"
    assert words(text) == [["run", "a   && bc  d"], ["cmd", "e"]]
    run = parse(text).instructions[0]
    assert [comment.value for comment in run.comments] == ["no", "no \\"]
    assert (run.line, run.end_line) == (1, 7)
    at = run.arguments.index("bc")
    assert run.source.span(at, at + 2).of(text) == "b\\\nc"


def test_an_escaped_escape_character_does_not_continue_the_line() -> None:
    assert words("RUN a \\\\\nCMD b") == [["run", "a \\\\"], ["cmd", "b"]]


def test_a_continuation_at_the_end_of_the_file_takes_what_is_left() -> None:
    dockerfile = parse("FROM a\nRUN b \\\n\n# c\n")
    assert (dockerfile.instructions[1].line, dockerfile.instructions[1].end_line) == (2, 4)
    assert dockerfile.instructions[1].arguments == "b"


def test_the_escape_directive_changes_continuation_and_words_but_not_flags() -> None:
    text = "# Escape = `\nFROM a\nCOPY --from=x\\ y `\n c:\\ d:\\\nENV a=b` c"
    dockerfile = parse(text)
    assert dockerfile.escape == "`"
    copy = dockerfile.instructions[1]
    assert [flag.argument for flag in copy.flags] == ["--from=x y"]
    assert [word.text for word in copy.words] == ["c:\\", "d:\\"]
    assert dockerfile.instructions[2].words[1].text == "b` c"


@pytest.mark.parametrize(
    "text",
    ["\n# escape=`\nFROM a `\n", "# x\n# escape=`\nFROM a", "FROM a\n# escape=`\n", "#!/bin/sh\n# escape=`\nFROM a"],
)
def test_an_escape_directive_counts_only_at_the_top(text: str) -> None:
    assert parse(text).escape == "\\"


def test_directives_keep_their_form_and_are_no_comments() -> None:
    dockerfile = parse("\ufeff#  syntax =  docker/x:1 \n#check=skip=all\r\n# hello\nFROM a")
    assert [(one.name, one.value) for one in dockerfile.directives] == [("syntax", "docker/x:1"), ("check", "skip=all")]
    assert [item.value for item in dockerfile.items if isinstance(item, Comment)] == ["hello"]
    assert isinstance(parse("#!/bin/sh\n#syntax=x\nFROM a").items[1], Directive)


def test_crlf_belongs_to_the_text_but_not_to_the_words() -> None:
    text = "FROM a\r\nRUN b \\\r\n  c\r\nRUN <<E\r\nd\r\nE\r\n"
    assert words(text) == [["from", "a"], ["run", "b   c"], ["run", "<<E"]]
    assert parse(text).instructions[2].heredocs[0].content == "d\r\n"


def test_only_lf_ends_a_line() -> None:
    assert words("RUN a\fb\u2028c\x85d") == [["run", "a\fb\u2028c\x85d"]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("RUN <<E", [("E", True, False, 0)]),
        ("RUN <<-E cat", [("E", True, True, 0)]),
        ("RUN <<'E'", [("E", False, False, 0)]),
        ("RUN <<E'F'", [("EF", False, False, 0)]),
        ("RUN 3<< E >x", [("E", True, False, 3)]),
        ("COPY <<a <<'b c' /d", [("a", True, False, 0), ("b c", False, False, 0)]),
        ("ONBUILD RUN <<E", [("E", True, False, 0)]),
        ("RUN <<$E", [("$E", True, False, 0)]),
        ('RUN ["<<E"]', []),
        ('RUN "<<E"', []),
        ("RUN a <<<E", []),
        ("RUN it's <<E", []),
        ("USER <<E", []),
        ("ONBUILD ONBUILD RUN <<E", []),
    ],
)
def test_heredocs_are_found_where_buildkit_finds_them(line: str, expected: list[tuple[str, bool, bool, int]]) -> None:
    ends = "".join(f"{name}\n" for name, *_ in expected)
    heredocs = parse(f"{line}\n{ends}").instructions[0].heredocs
    assert [(one.name, one.expand, one.chomp, one.file_descriptor) for one in heredocs] == expected


def test_heredoc_bodies() -> None:
    text = "COPY <<-A <<B /d\n\t\tx\n\t# y \\\n\tA\nA\nB\nRUN z"
    copy, run = parse(text).instructions
    assert [one.content for one in copy.heredocs] == ["\t\tx\n\t# y \\\n", "A\n"]
    assert copy.heredocs[0].body == "x\n# y \\\n"
    assert (copy.line, copy.end_line, run.line) == (1, 6, 7)


def test_onbuild_has_its_instruction_inside() -> None:
    inner = parse("ONBUILD  COPY --link a b").instructions[0].inner
    assert inner is not None
    assert (inner.keyword, [flag.text for flag in inner.flags], inner.text) == ("copy", ["--link"], "COPY --link a b")


def test_flags_end_at_two_dashes_and_at_the_first_other_word() -> None:
    copy = parse("COPY --link --chown='a b' -- --from=x y").instructions[0]
    assert [(flag.name, flag.value, flag.text) for flag in copy.flags] == [
        ("link", None, "--link"),
        ("chown", "a b", "--chown='a b'"),
    ]
    assert [word.text for word in copy.words] == ["--from=x", "y"]


def test_comments_directly_above_belong_to_the_instruction() -> None:
    text = "# far\n\n# near\n# nearer\nFROM a\n# b\nRUN c"
    assert [[comment.value for comment in one.comments] for one in parse(text).instructions] == [
        ["near", "nearer"],
        ["b"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "RUN " + "a " * 500_000,
        "RUN a" + " \\\n b" * 100_000,
        "RUN a" + " \\\n# c\n b" * 50_000,
        "ONBUILD " * 125_000 + "RUN a",
        "ENV a=" + "${a:-" * 100_000 + "}" * 100_000,
        "RUN <<E " + "${a:-" * 100_000 + "}" * 100_000 + "\nE",
        'LABEL a="' + '\\"' * 400_000,
        "CMD " + "[" * 500_000,
        "HEALTHCHECK --interval=" + "1" * 500_000 + " CMD x",
        "\n" * 500_000,
    ],
    ids=[
        "line",
        "continued",
        "comments",
        "onbuild",
        "nested",
        "nested in heredoc",
        "quote",
        "json",
        "duration",
        "blank",
    ],
)
def test_long_and_deep_files_are_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    assert "".join(item.text for item in parse("FROM x\n" + text).items) == "FROM x\n" + text
    assert time.process_time() - started < 2
