"""ADD is used where COPY would do.

ADD also downloads and unpacks: whether a file lands as it is or as what is in it depends on the file. COPY only
copies, so a reader knows what happens. ADD is right for archives, for URLs and for Git repositories.

The fix is offered for files whose name or presence in the build context shows that they are no archives; it is safe
where the context shows it.

Bad:

```dockerfile
FROM python:3.12-slim
ADD app.py /app/
CMD ["python", "/app/app.py"]
```

Good:

```dockerfile
FROM python:3.12-slim
COPY app.py /app/
CMD ["python", "/app/app.py"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.rules.edits import replace
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject

NAME = "add_instead_of_copy"
_MAY_BE_MORE = re.compile(r"://|^git@|^<<|\$|\.(?:tar|tgz|tbz2?|txz|tzst|tar\.\w+|gz|bz2|xz|zst|lzma|Z)$|\.git(?:#|$)")
_ONLY_ADD = ("checksum", "keep-git-dir", "unpack")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ADD of nothing but plain files and directories, in any stage."""
    for placed in subject.instructions("add"):
        instruction = placed.instruction
        if any(instruction.flag(name) for name in _ONLY_ADD) or len(instruction.words) < 2:
            continue
        sources = [word.value for word in instruction.words[:-1]]
        if any(_MAY_BE_MORE.search(source) or not _is_plain(subject, source) for source in sources):
            continue
        fix = Fix((replace(instruction.keyword_span, _same_case(placed)),), _is_known(subject, sources), "write COPY")
        yield Finding(NAME, "ADD does here what COPY does", instruction.keyword_span, "write COPY", (fix,))


def _is_plain(subject: Subject, source: str) -> bool:
    """Whether the name says that it is a directory or a file that is no archive."""
    if subject.context is not None and _is_file(subject, source):
        return not _is_archive(subject, source)
    name = source.rstrip("/").rpartition("/")[2]
    if any(char in name for char in "*?["):
        return re.search(r"\.[A-Za-z]\w{0,9}$", name) is not None
    return (
        source.endswith("/")
        or name in ("", ".", "..")
        or "." in name.lstrip(".")
        or name.startswith(".")
        or (subject.context is not None and (subject.context.folder / source.lstrip("/")).is_dir())
    )


def _is_known(subject: Subject, sources: list[str]) -> bool:
    """Whether every source is in the context and is no archive, or is a directory by its name."""
    return all(
        source.endswith("/")
        or source in (".", "..")
        or (subject.context is not None and (subject.context.folder / source.lstrip("/")).is_dir())
        or (_is_file(subject, source) and not _is_archive(subject, source))
        for source in sources
    )


def _is_file(subject: Subject, source: str) -> bool:
    return subject.context is not None and (subject.context.folder / source.lstrip("/")).is_file()


def _is_archive(subject: Subject, source: str) -> bool:
    """Whether a file of the context starts like an archive that ADD unpacks (BuildKit looks at the content)."""
    if subject.context is None:
        return True
    try:
        with (subject.context.folder / source.lstrip("/")).open("rb") as file:
            start = file.read(512)
    except OSError:
        return True
    magic = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x1f\x9d")
    return start.startswith(magic) or start[257:262] == b"ustar"


def _same_case(placed: Placed) -> str:
    return "copy" if placed.instruction.text.lstrip()[:3] == "add" else "COPY"


RULE = Rule(NAME, "info", "correctness", check, fixable=True, codes=("DL3020",))
