"""The stage between builder and runtime in which the runtime's files are gathered."""

from __future__ import annotations

from collections.abc import Sequence

from lightship.evidence import Evidence
from lightship.multistage.emission import Block, StageNames
from lightship.multistage.gather_stage import Gathering, gather_lines
from lightship.multistage.split import Division


def rootfs_stage(
    evidence: Evidence,
    division: Division,
    names: StageNames,
    gathering: Gathering,
    reason: str,
    *,
    before: Sequence[Block] = (),
) -> list[Block]:
    """Its blocks. It works as root and with sh, whatever USER and SHELL the builder stage ends with."""
    keywords = {item.keyword for item in division.head_instructions}
    blocks = [Block((f"FROM {names.builder} AS {names.rootfs}",))]
    if evidence.base_config.user or "user" in keywords:
        blocks.append(Block(("USER root",)))
    if evidence.base_config.shell or "shell" in keywords:
        blocks.append(Block(('SHELL ["/bin/sh", "-c"]',)))
    blocks += before
    blocks.append(Block(gather_lines(gathering), reason))
    return blocks
