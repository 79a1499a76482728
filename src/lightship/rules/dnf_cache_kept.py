"""The caches of dnf or yum stay in the image.

Metadata and downloaded packages lie under `/var/cache/dnf` (`yum`, `libdnf5`), often more than 100 MB. Clean them in
the RUN that fills them, or keep them out of the layer with a cache mount.

Bad:

```dockerfile
FROM fedora:40
RUN dnf install -y nginx
CMD ["nginx", "-g", "daemon off;"]
```

Good:

```dockerfile
FROM fedora:40
RUN dnf install -y nginx && dnf clean all
CMD ["nginx", "-g", "daemon off;"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Fix, Rule, Subject
from lightship.rules.package_commands import mounted, removed, verb
from lightship.rules.script_end import appended

NAME = "dnf_cache_kept"
_FILLS = ("install", "update", "upgrade", "groupinstall", "group", "makecache", "reinstall", "builddep", "localinstall")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every RUN of the final image that fills the caches."""
    for placed in subject.image_instructions("run"):
        calls = subject.programs(placed, "dnf", "dnf5", "microdnf", "yum")
        call = next((one for one in calls if verb(subject, one, *_FILLS)), None)
        if call is None or any(verb(subject, one, "clean") for one in calls):
            continue
        if mounted(placed, "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"):
            continue
        if removed(subject, placed, "/var/cache") or any(word == "--installroot" for word in call.arguments):
            continue
        name = call.name.rpartition("/")[2]
        prefix = "sudo " if "sudo" in call.through else ""
        edit = appended(subject, placed, f"{prefix}{name} clean all")
        image = subject.image
        yield Finding(
            NAME,
            said("the caches of {name} stay in the image", name=name),
            call.span,
            said("end this RUN with {name} clean all", name=name),
            (Fix((edit,), True, "clean the caches in the same RUN"),) if edit is not None else (),
            image.bytes_below(placed.instruction, "var/cache") if image else None,
        )


RULE = Rule(NAME, "warning", "size", check, fixable=True, codes=("DL3032", "DL3040"))
