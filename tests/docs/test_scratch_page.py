"""docs/explanation/why-scratch-works.md shows the gathering stage as the code writes it."""

from __future__ import annotations

from pathlib import Path

from lightship.multistage.gather_stage import Gathering, gather_lines

PAGE = Path(__file__).parents[2] / "docs/explanation/why-scratch-works.md"
SHOWN = Gathering(
    frame=("etc", "usr", "var", "usr/bin", "usr/lib", "bin", "lib"),
    packages=("base-files", "ca-certificates", "libc6", "tzdata", "zlib1g"),
    files=("etc/nsswitch.conf", "usr/sbin/ldconfig"),
    trees=("app", "etc/group", "etc/passwd"),
    ldconfig=True,
    without=("etc/init.d/",),
)


def test_the_stage_that_is_shown_is_the_codes() -> None:
    stage = "\n".join(("FROM builder AS rootfs", *gather_lines(SHOWN)))
    assert f"```dockerfile\n{stage}\n```\n" in PAGE.read_text(encoding="utf-8")
