"""A Dockerfile's stages and how they hang together, as BuildKit resolves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lightship.dockerfile import Dockerfile, ExpandError, Instruction, Problem, lex, mounts
from lightship.messages import said
from lightship.semantic.model import BaseRef, CopyEdge, Inherited, Scope, Stage, StageGraph
from lightship.semantic.scope import after, initial
from lightship.text import Span

PLATFORM_ARGS = (
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
)
"""https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope"""


def stages(
    dockerfile: Dockerfile,
    *,
    build_args: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    target: str = "",
    inherited: Mapping[str, Inherited] | None = None,
    platform: str = "",
) -> StageGraph:
    """The stages of a Dockerfile.

    ``build_args`` are given on the command line; ``target`` is a stage's name or number, by default the last stage;
    ``inherited`` maps an image reference to what is known of its configuration; ``platform`` (``linux/amd64``) is both
    build and target platform, unknown when empty. Never raises: what cannot be resolved is in ``problems``.
    """
    builder = _Builder(dockerfile, dict(build_args), dict(inherited or {}), platform, target)
    for part in _parts(dockerfile.instructions):
        builder.add(part)
    return builder.finish(target)


def _parts(instructions: Sequence[Instruction]) -> list[list[Instruction]]:
    """The instructions before the first FROM, then one list for every FROM."""
    parts: list[list[Instruction]] = [[]]
    for instruction in instructions:
        if instruction.keyword == "from":
            parts.append([])
        parts[-1].append(instruction)
    return parts


class _Builder:
    """The stages read so far."""

    def __init__(
        self,
        dockerfile: Dockerfile,
        build_args: dict[str, str],
        inherited: dict[str, Inherited],
        platform: str,
        target: str,
    ) -> None:
        self.escape = dockerfile.escape
        self.build_args = build_args
        self.inherited = inherited
        self.stages: list[Stage] = []
        self.names: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.global_args: dict[str, str | None] = {}
        self.automatic = {
            **_platform_args(platform),
            **{k: v for k, v in build_args.items() if k in PLATFORM_ARGS},
        }
        if target:
            self.automatic["TARGETSTAGE"] = target

    def add(self, part: list[Instruction]) -> None:
        """Add a stage, or take in the ARGs before the first one."""
        if part and part[0].keyword == "from":
            self.add_stage(part[0], tuple(part[1:]))
            return
        scope = Scope(variables=dict(self.automatic), unknown=frozenset(PLATFORM_ARGS) - self.automatic.keys())
        for instruction in part:
            if instruction.keyword == "arg":
                scope = self.after(scope, instruction)
        self.global_args = dict(scope.args)

    def after(self, scope: Scope, instruction: Instruction) -> Scope:
        """What holds after an instruction."""
        return after(
            scope,
            instruction,
            build_args=self.build_args,
            global_args={**self.automatic, **self.global_args},
            escape=self.escape,
            problems=self.problems,
        )

    def add_stage(self, from_: Instruction, instructions: tuple[Instruction, ...]) -> None:
        """Add one stage and everything that holds in it."""
        base = self.base(from_)
        flag = from_.flag("platform")
        platform = self.expanded(flag.value or "", from_) if flag else ""
        scope = self.start(base)
        scopes: list[Scope] = []
        for instruction in instructions:
            scopes.append(scope)
            scope = self.after(scope, instruction)
        index = len(self.stages)
        words = from_.words
        name = words[2].text.lower() if len(words) == 3 and words[1].text.lower() == "as" else None
        span = Span(from_.span.start, instructions[-1].span.end if instructions else from_.span.end)
        self.stages.append(Stage(index, name, base, platform or "", from_, instructions, tuple(scopes), scope, span))
        if name is not None:
            self.names[name] = index

    def start(self, base: BaseRef) -> Scope:
        """What holds at the start of a stage."""
        if base.stage is not None:
            return self.stages[base.stage].end
        return initial(self.inherited.get(base.reference), scratch=base.kind == "scratch")

    def base(self, from_: Instruction) -> BaseRef:
        """What a FROM names."""
        written = from_.words[0].text if from_.words else ""
        reference = self.expanded(written, from_)
        if reference is None:
            return BaseRef("unknown", "", written)
        if not reference:
            if written:
                self.problem(
                    said("base name ({written}) should not be blank", written=written),
                    from_,
                    "give the ARG a default value",
                )
            return BaseRef("unknown", "", written)
        if reference in self.names:
            return BaseRef("stage", reference, written, self.names[reference])
        return BaseRef("scratch" if reference == "scratch" else "image", reference, written)

    def expanded(self, word: str, from_: Instruction) -> str | None:
        """A word of a FROM, where only global ARGs count; None when unknown."""
        known = {**self.automatic, **{k: v for k, v in self.global_args.items() if v is not None}}
        try:
            found = lex(word, known, escape=self.escape)
        except ExpandError as error:
            self.problem(error.what, from_, "close the quote or the brace, or give the variable a value")
            return None
        return None if found.unmatched & set(PLATFORM_ARGS) else found.text

    def problem(self, message: str, instruction: Instruction, help_: str, code: str = "stage") -> None:
        """Note that BuildKit refuses an instruction."""
        span = instruction.arguments_span
        self.problems.append(Problem(message, span, help_, code, source="instructions"))

    def finish(self, target: str) -> StageGraph:
        """The graph, once all stages are known."""
        edges = [edge for stage in self.stages for edge in self.edges(stage)]
        graph = StageGraph(tuple(self.stages), None, tuple(edges), self.global_args, ())
        chosen = graph.final
        if target:
            by_name = graph.named(target)
            chosen = by_name or self.by_number(target)
            if chosen is None:
                message = said('target stage "{target}" could not be found', target=target)
                names = ", ".join(stage.name for stage in self.stages if stage.name) or "none has a name"
                self.problems.append(
                    Problem(message, Span(0, 0), said("stages: {names}", names=names), "target", source="instructions")
                )
        return replace(graph, target=chosen, problems=tuple(sorted(self.problems, key=lambda p: p.span)))

    def by_number(self, target: str) -> Stage | None:
        """The stage with that number."""
        number = int(target) if target.isdecimal() and len(target) < 9 else len(self.stages)
        return self.stages[number] if number < len(self.stages) else None

    def edges(self, stage: Stage) -> list[CopyEdge]:
        """What a stage takes from other stages and images."""
        found: list[CopyEdge] = []
        for instruction in stage.instructions:
            if instruction.keyword == "copy":
                flag = instruction.flag("from")
                if flag is not None and flag.value:
                    found.append(self.edge(stage, flag.value, instruction, "copy"))
            if instruction.keyword == "run":
                for source in _mount_sources(instruction):
                    found.append(self.edge(stage, source, instruction, "mount"))
        return found

    def edge(self, stage: Stage, source: str, instruction: Instruction, kind: str) -> CopyEdge:
        """One edge; a stage can only take from earlier ones."""
        index = self.names.get(source.lower())
        if kind == "copy" and source.isdecimal() and len(source) < 9:
            index = int(source)
            if index >= len(self.stages):
                self.problem(
                    said("invalid stage index {index}", index=index),
                    instruction,
                    "name the stage, and copy by that name",
                )
                index = None
        if index is not None and index >= stage.index:
            label = self.stages[index].label
            message = said(
                'cannot copy from stage "{label}", it needs to be defined before current stage "{stage_label}"',
                label=label,
                stage_label=stage.label,
            )
            self.problem(message, instruction, "move the stage up", "copy-from-later-stage")
        return CopyEdge(stage.index, index, source, "copy" if kind == "copy" else "mount", instruction)


def _mount_sources(run: Instruction) -> list[str]:
    """The ``from=`` of every ``--mount``."""
    return [mount.get("from") for mount in mounts(run) if mount.get("from")]


def _platform_args(platform: str) -> dict[str, str]:
    if not platform:
        return {}
    os_, _, rest = platform.partition("/")
    arch, _, variant = rest.partition("/")
    values = {"PLATFORM": platform, "OS": os_, "ARCH": arch, "VARIANT": variant, "OSVERSION": ""}
    return {side + key: value for side in ("BUILD", "TARGET") for key, value in values.items()}
