"""What is in two images: by directory, by instruction, by package and by what an attacker finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.oci import ImageConfig, open_image
from lightship.optimize.contents import Contents, Opened, contents
from lightship.optimize.tree import Tree, merged_tree
from oci.archives import Member, config_of, docker_archive, file, hardlink, tar

STATUS = b"Package: gcc\nStatus: install ok installed\nVersion: 12\nArchitecture: amd64\n\n"
LIST = b"/bin\n/bin/gcc\n"
BASE: list[Member] = [
    file("bin/sh", b"#!" + bytes(98), 0o755),
    file("bin/gcc", bytes(500), 0o755),
    file("bin/su", bytes(50), 0o4755),
    file("var/lib/dpkg/status", STATUS),
    file("var/lib/dpkg/info/gcc.list", LIST),
]
BUILT = [file("app/main", bytes(1000)), file("app/main.o", bytes(4000)), hardlink("app/twin", "app/main")]
CLEANED = [file("app/.wh.main.o")]


def opened(path: Path, layers: list[list[Member]], text: str, *, history: list[str]) -> Opened:
    raw = [tar(members) for members in layers]
    lines = [{"created_by": one, "empty_layer": one.startswith("CMD")} for one in history]
    archive = docker_archive(path, raw, config=config_of(raw, history=lines))
    image = open_image(archive)
    diff_ids = image.config.diff_ids[:1] if "scratch" not in text else ()
    base = ImageConfig(diff_ids=diff_ids, history=image.config.history[: len(diff_ids)])
    return Opened(image, text, base)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    folder = tmp_path_factory.mktemp("images")
    original = opened(
        folder / "a.tar", [BASE, BUILT, CLEANED], "FROM base\nRUN make\n\nRUN clean\nCMD true\n",
        history=["base", "RUN /bin/sh -c make", "RUN /bin/sh -c clean", "CMD true"],
    )  # fmt: skip
    result = opened(
        folder / "b.tar", [[BASE[0], file("app/main", bytes(1000))]],
        "FROM base AS builder\nRUN make\nFROM scratch\nCOPY --from=builder / /\n", history=["COPY / / # buildkit"],
    )  # fmt: skip
    return contents(original, result)


def test_every_instruction_has_its_bytes(found: Contents) -> None:
    lines = [(part.line, part.text, part.alive, part.shipped) for part in found.parts]
    assert lines[0][:2] == (1, "FROM base") and lines[0][3] == 100, "of the base only the shell ships"
    assert lines[1:] == [(2, "RUN make", 1000, 1000), (4, "RUN clean", 0, 0)], "what is removed later is not alive"
    assert [(part.line, part.alive) for part in found.parts_after] == [(4, 1100)]


def test_packages_and_what_an_attacker_finds(found: Contents) -> None:
    (gcc,) = found.packages
    assert (gcc.kind, gcc.name, gcc.before, gcc.after, gcc.size) == ("os", "gcc", "12", "", 500 + len(LIST))
    assert found.before.compilers == ("gcc",) and found.before.set_id == ("bin/su",)
    assert found.after and found.after.shells == ("sh",) and found.after.executables == 1 and not found.after.set_id


def test_history_that_does_not_tell_gives_one_part_for_all(tmp_path: Path) -> None:
    squashed = opened(tmp_path / "a.tar", [BASE], "FROM scratch\nCOPY a .\nRUN b\n", history=["squashed"])
    (part,) = contents(squashed, None).parts
    assert part.text == "all layers" and part.alive > 600


def test_a_tree_sums_joins_and_leaves_out_what_is_too_small() -> None:
    before = {"usr/share/a/x": 10_000, "usr/share/a/y": 5_000, "app/main": 1_000, "tiny": 1}
    tree = merged_tree(before, {"app/main": 1_000, "new": 2_000})
    assert (tree.before, tree.after, tree.files) == (16_001, 3_000, 5)
    assert [(one.name, one.before, one.after) for one in tree.children] == [
        ("usr/share/a", 15_000, 0), ("new", 0, 2_000), ("app/main", 1_000, 1_000), ("1 smaller", 1, 0),
    ]  # fmt: skip

    def consistent(one: Tree) -> bool:
        sums = sum(each.before for each in one.children), sum(each.after for each in one.children)
        return not one.children or (sums == (one.before, one.after) and all(map(consistent, one.children)))

    assert consistent(tree)
    deep = merged_tree({"/".join("d" * 5000): 7}, {})
    assert deep.before == 7, "however deep somebody makes it"
