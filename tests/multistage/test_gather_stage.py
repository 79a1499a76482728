"""The gathering stage's shell: it parses, and nothing dangles at its end."""

from __future__ import annotations

import itertools

import pytest

from lightship.dockerfile import parse
from lightship.multistage.gather_stage import Gathering, gather_lines, removal_word, shell_word
from lightship.shell import parse as parse_shell

PARTS = {
    "frame": ("usr", "bin"),
    "packages": ("libc6", "zlib1g"),
    "bytecode": ("usr/lib/python3", "usr/lib/python3.11"),
    "files": ("usr/bin/env",),
    "removals": ("usr/local/include",),
    "ldconfig": True,
    "without": ("usr/lib/x86_64-linux-gnu/gconv/",),
    "finish": (("    # Why.", "    find rootfs -name x \\", "        -delete"),),
}


@pytest.mark.parametrize(
    "names", [names for count in range(len(PARTS) + 1) for names in itertools.combinations(PARTS, count)]
)
def test_every_combination_is_one_whole_instruction(names: tuple[str, ...]) -> None:
    gathering = Gathering(trees=("app", "usr/local"), **{name: PARTS[name] for name in names})  # type: ignore[arg-type]
    text = "FROM debian\n" + "\n".join(gather_lines(gathering)) + '\nCMD ["true"]\n'
    dockerfile = parse(text)
    assert not dockerfile.problems
    assert [item.keyword for item in dockerfile.instructions] == ["from", "run", "cmd"]
    script = parse_shell(dockerfile.instructions[1].arguments)
    assert not script.errors
    commands = [command.words[0].value for command in script.commands if command.words]
    assert commands[:3] == ["set", "cd", "mkdir"]
    assert ("ldconfig" in commands) == ("ldconfig" in names)
    assert ("rm" in commands) == ("removals" in names)
    assert commands.count("cp") == 1 + ("files" in names)


def test_odd_names_are_one_word() -> None:
    assert parse_shell(f"cp {shell_word(chr(39) + 'a b$c')}").commands[0].words[1].value == "'a b$c"


def test_a_pattern_to_remove_stays_a_pattern_and_other_words_are_quoted() -> None:
    assert removal_word("rootfs/usr/local/bin/pip[0-9]*") == "rootfs/usr/local/bin/pip[0-9]*"
    assert removal_word("rootfs/srv/a b") == "'rootfs/srv/a b'"
    assert removal_word("rootfs/srv/a b*") == "'rootfs/srv/a b*'"
