"""What an ABI is called where files are put: multiarch triplets, platform names, default directories.

Sources: https://wiki.debian.org/Multiarch/Tuples, ld.so(8), glibc sysdeps/*/Makefile (slibdir).
"""

from __future__ import annotations

from lightship.elf.file import ElfFile

Abi = tuple[int, bool, int]
"""Bits, little-endian, e_machine."""

# By (bits, little endian, e_machine): multiarch triplets, then AT_PLATFORM as the loader knows it.
_NAMES: dict[Abi, tuple[tuple[str, ...], str]] = {
    (64, True, 62): (("x86_64-linux-gnu",), "x86_64"),
    (32, True, 62): (("x86_64-linux-gnux32",), "x86_64"),
    (32, True, 3): (("i386-linux-gnu",), "i686"),
    (64, True, 183): (("aarch64-linux-gnu",), "aarch64"),
    (32, True, 40): (("arm-linux-gnueabihf", "arm-linux-gnueabi"), "v7l"),
    (64, True, 21): (("powerpc64le-linux-gnu",), "powerpc64le"),
    (64, False, 21): (("powerpc64-linux-gnu",), "powerpc64"),
    (64, False, 22): (("s390x-linux-gnu",), "s390x"),
    (64, True, 243): (("riscv64-linux-gnu",), "riscv64"),
    (64, True, 258): (("loongarch64-linux-gnu",), "loongarch64"),
    (64, True, 8): (("mips64el-linux-gnuabi64",), "mips64el"),
    (32, True, 8): (("mipsel-linux-gnu",), "mipsel"),
}


def triplets(abi: Abi) -> tuple[str, ...]:
    """The Debian multiarch triplets of an ABI."""
    return _NAMES.get(abi, ((), ""))[0]


def platform(abi: Abi) -> str:
    """What ``$PLATFORM`` becomes, or "" when that is not known."""
    return _NAMES.get(abi, ((), ""))[1]


def is_musl(elf: ElfFile) -> bool | None:
    """Whether a file belongs to musl rather than glibc, or None when it does not say."""
    if elf.interpreter:
        return "/ld-musl-" in elf.interpreter
    for name in elf.needed:
        if name.startswith("libc.musl-") or name == "libc.so":
            return True
        if name == "libc.so.6" or name.startswith("ld-linux"):
            return False
    return None
