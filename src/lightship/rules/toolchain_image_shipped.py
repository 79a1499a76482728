"""The final image stands on a compiler's image.

The images of compilers and build tools (`golang`, `rust`, `maven`, `gradle`, `dotnet/sdk`) are there to build in.
What they build runs without them: copy it into a stage on a runtime image, or on `scratch` when it is static. That is
usually the largest saving of all, 500 MB to 1 GB.

Bad:

```dockerfile
FROM golang:1.22
WORKDIR /src
COPY . .
RUN go build -o /app .
CMD ["/app"]
```

Good:

```dockerfile
FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM gcr.io/distroless/static-debian12
COPY --from=build /app /app
CMD ["/app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.base_images import image_below
from lightship.rules.entry_programs import entry_instructions, is_used
from lightship.rules.model import Finding, Rule, Subject

NAME = "toolchain_image_shipped"
_TOOLCHAINS = {
    "golang": ("go", r"\bgo (?:build|install)\b"),
    "rust": ("cargo", r"\bcargo (?:\+\S+ )?(?:build|install)\b"),
    "maven": ("mvn", r"\bmvnw?\b.*\b(?:package|install|verify)\b"),
    "gradle": ("gradle", r"\bgradlew?\b.*\b(?:build|assemble|bootJar|shadowJar|installDist)\b"),
    "mcr.microsoft.com/dotnet/sdk": ("dotnet", r"\bdotnet (?:build|publish)\b"),
    "gcc": ("gcc", r"\b(?:gcc|g\+\+|make|cmake)\b"),
}
"""Repository: the program that would need the tools at run time, and how a RUN builds with them."""
_DOTNET_SDK = re.compile(r"""\bdotnet["',\s]+(?:run|watch|test|ef)\b""")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the FROM of a compiler's image below the final image, when a RUN there builds something."""
    stages = subject.image_stages
    image = image_below(subject, stages[-1]) if stages else None
    if image is None or image.name not in _TOOLCHAINS or not entry_instructions(subject):
        return
    program, builds = _TOOLCHAINS[image.name]
    # dotnet itself also starts programs, but from the much smaller runtime image.
    if program != "dotnet" and is_used(subject, program, f"{program}w", "make", "air", "cargo-watch"):
        return
    if program == "dotnet" and any(
        word in placed.instruction.text
        for placed in entry_instructions(subject)
        for word in ("run", "watch", "test", "ef")
    ):
        return
    if not any(re.search(builds, placed.instruction.text, re.DOTALL) for placed in subject.image_instructions("run")):
        return
    base = stages[0].from_instruction
    yield Finding(
        NAME,
        said(
            "the final image holds all of {reference}, only to run what was built with it",
            reference=stages[0].base.reference,
        ),
        base.words[0].span if base.words else base.span,
        "copy the result into a stage on a runtime image",
    )


RULE = Rule(NAME, "warning", "size", check)
