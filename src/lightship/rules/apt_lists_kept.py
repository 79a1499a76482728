"""Package lists of apt stay in the image.

`apt-get update` downloads 20 to 60 MB of package lists. Nothing reads them when the container runs, and deleting them
in a later RUN saves nothing, because the earlier layer still holds them: they have to go in the RUN that fetched
them, or never reach a layer at all (a cache mount on `/var/lib/apt/lists`).

The fix adds the `rm` to the same RUN. It is not offered when a later RUN installs packages from these lists.

Bad:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl
CMD ["curl", "--version"]
```

Good:

```dockerfile
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
CMD ["curl", "--version"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import APT, mounted, removed, verb
from lightship.rules.script_end import appended

NAME = "apt_lists_kept"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image that fetches lists and keeps them."""
    users: tuple[Placed, ...] | None = None
    for placed in subject.image_instructions("run"):
        update = next((one for one in subject.programs(placed, *APT) if verb(subject, one, "update")), None)
        if update is None or mounted(placed, "/var/lib/apt/lists"):
            continue
        if removed(subject, placed, "/var/lib/apt", "/var/lib/{apt", "/var/lib/*", "apt/lists"):
            continue
        sudo = "sudo " if "sudo" in update.through else ""
        edit = appended(subject, placed, f"{sudo}rm -rf /var/lib/apt/lists/*")
        users = _users_of_lists(subject) if users is None else users
        usable = edit is not None and not _used_later(subject, placed, users)
        image = subject.image
        yield Finding(
            NAME,
            "the package lists that apt-get update fetches stay in the image",
            update.span,
            "end this RUN with rm -rf /var/lib/apt/lists/*",
            (Fix((edit,), True, "delete the lists in the same RUN"),) if edit is not None and usable else (),
            image.bytes_below(placed.instruction, "var/lib/apt/lists") if image else None,
        )


def _users_of_lists(subject: Subject) -> tuple[Placed, ...]:
    """The RUNs that install without fetching lists of their own."""
    found: list[Placed] = []
    for placed in subject.instructions("run"):
        calls = subject.programs(placed, *APT)
        if any(verb(subject, one, "update") for one in calls):
            continue
        if any(verb(subject, one, "install", "upgrade", "dist-upgrade", "build-dep", "source") for one in calls):
            found.append(placed)
    return tuple(found)


def _used_later(subject: Subject, placed: Placed, users: tuple[Placed, ...]) -> bool:
    """Whether one of ``users`` comes later in this stage, or in a stage on top of it."""
    for later in users:
        if later.stage.index == placed.stage.index:
            if later.index > placed.index:
                return True
        elif any(stage.index == placed.stage.index for stage in subject.graph.chain(later.stage)):
            return True
    return False


RULE = Rule(NAME, "warning", "size", check, fixable=True, codes=("DL3009",))
