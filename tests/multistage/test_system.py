"""Which parts of a system stay behind, and what keeps them."""

from __future__ import annotations

import re

import pytest

from lightship.multistage.gather_stage import Gathering, gather_lines
from lightship.multistage.system import PARTS, idle_parts


def names(packages: set[str], programs: set[str]) -> set[str]:
    return {part.name for part in idle_parts(packages, programs)}


def test_without_their_programs_all_parts_are_idle() -> None:
    assert names({"libc6", "nginx"}, {"nginx"}) == {part.name for part in PARTS}


@pytest.mark.parametrize(
    ("packages", "programs", "part"),
    [
        ({"cron"}, set(), "cron"),
        (set(), {"crond"}, "cron"),
        (set(), {"service"}, "init"),
        (set(), {"apt-get"}, "the package manager"),
        (set(), {"useradd"}, "login"),
        ({"libpam0g"}, set(), "login"),
    ],
)
def test_who_reads_a_part_keeps_it(packages: set[str], programs: set[str], part: str) -> None:
    assert part not in names(packages, programs)


def test_what_is_left_out_of_packages_is_what_its_pattern_says() -> None:
    gathering = Gathering(trees=("srv",), packages=("x",), without=("etc/init.d/", "etc/cron*", "usr/lib/a+b/gconv/"))
    (line,) = [line for line in gather_lines(gathering) if "(usr/)?" in line]
    pattern = re.compile(line.split("'")[1])
    assert all(
        pattern.match(path)
        for path in ("/etc/init.d/nginx", "/etc/crontab", "/lib/a+b/gconv/x", "/usr/lib/a+b/gconv/x")
    )
    assert not any(pattern.match(path) for path in ("/etc/init.defs", "/etc/nginx/cron", "/usr/lib/aab/gconv/x"))
