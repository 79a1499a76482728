"""A fuzz target for all that reads a Dockerfile; see README.md beside it."""

from __future__ import annotations

import importlib
import random
import sys
import time

SEEDS = (
    b"# syntax=docker/dockerfile:1\n# escape=`\nFROM a AS b\nRUN c `\n d\n",
    b"FROM a\nENV b=c 'd e'=f g=\"h\\\"i\"\nRUN --mount=type=cache,target=/x <<E <<-'F G' cat\nx\nE\n\ty\n\tF G\n",
    b'ARG V=${x:-y}\nFROM a:$V\nONBUILD COPY --from=b ["c", "d\\u0000"] e\nHEALTHCHECK --interval=5s CMD f || exit 1\n',
    b'FROM a\r\nRUN set -e; if b; then c; fi && for i in $(d); do e "$i"; done | f > g 2>&1\r\n',
    b"*\n!a/**/b[c-d]\\*\n#e\n",
)


def at_random(seconds: float) -> None:
    """Mutate the seeds until the time is over."""
    one_input = importlib.import_module("reading").one_input
    numbers = random.Random(0)
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        data = bytearray(numbers.choice(SEEDS))
        for _ in range(numbers.randrange(1, 8)):
            other = numbers.choice(SEEDS)
            start = numbers.randrange(len(other))
            piece = bytes([numbers.randrange(256)]) if numbers.random() < 0.5 else other[start : start + 8]
            at = numbers.randrange(len(data) + 1)
            data[at : at + numbers.randrange(3)] = piece
        try:
            one_input(bytes(data))
        except Exception:
            print(f"input: {bytes(data)!r}", file=sys.stderr)
            raise
        count += 1
    print(f"{count} inputs, nothing found")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--random"]:
        at_random(float(sys.argv[2]))
    else:
        import atheris

        with atheris.instrument_imports(include=["lightship"]):
            target = importlib.import_module("reading").one_input
        atheris.Setup(sys.argv, target)
        atheris.Fuzz()
