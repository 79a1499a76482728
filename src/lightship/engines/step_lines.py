"""Which Dockerfile line a build step stands for: engines number steps, people look at lines."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.dockerfile import Instruction, parse

COUNTED_BY_BUILDKIT = ("copy", "add", "run", "workdir")


@dataclass(frozen=True, slots=True)
class StageSteps:
    """The instructions of one stage, FROM first, and its name ("" when it has none)."""

    name: str
    instructions: tuple[Instruction, ...]


def stages(dockerfile: str) -> tuple[StageSteps, ...]:
    """The stages of a Dockerfile's text; instructions before the first FROM belong to none."""
    found: list[list[Instruction]] = []
    for instruction in parse(dockerfile).instructions:
        if instruction.keyword == "from":
            found.append([instruction])
        elif found:
            found[-1].append(instruction)
    return tuple(StageSteps(_name(group[0]), tuple(group)) for group in found)


def buildah_step(found: tuple[StageSteps, ...], stage: int, number: int, text: str) -> Instruction | None:
    """The instruction of ``[stage/m] STEP number/n: text``; every instruction counts, FROM is 1."""
    if not 1 <= stage <= len(found):
        return None
    return _pick(found[stage - 1].instructions, number - 1, text)


def buildkit_step(found: tuple[StageSteps, ...], stage: str, number: int, text: str) -> Instruction | None:
    """The instruction of ``[stage number/n] text``.

    BuildKit counts FROM (unless it is scratch or another stage), RUN, COPY, ADD and WORKDIR, and calls a stage without
    a name "stage-N".
    Source: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go
    """
    at = _stage_index(found, stage)
    within = _buildkit_in_stage(found, at, number, text) if at is not None else None
    if within:
        return within
    # BuildKit merges equal steps, of other builds too, and then tells the other step's stage and number.
    everything = tuple(item for steps in found for item in steps.instructions)
    return _pick(everything, -1, text)


def _buildkit_in_stage(found: tuple[StageSteps, ...], at: int, number: int, text: str) -> Instruction | None:
    base = found[at].instructions[0]
    base_name = base.words[0].value if base.words else ""
    earlier = {steps.name.lower() for steps in found[:at] if steps.name}
    counted = [] if base_name == "scratch" or base_name.lower() in earlier else [base]
    counted += [item for item in found[at].instructions[1:] if item.keyword in COUNTED_BY_BUILDKIT]
    return _pick(tuple(counted), number - 1, text)


def classic_step(found: tuple[StageSteps, ...], number: int, total: int, text: str) -> Instruction | None:
    """The instruction of ``Step number/total : text``; the steps run through all stages, ARGs before FROM first."""
    everything = tuple(item for steps in found for item in steps.instructions)
    return _pick(everything, number - 1 - max(total - len(everything), 0), text)


def from_of(found: tuple[StageSteps, ...], image: str) -> Instruction | None:
    """The FROM that asks for an image which BuildKit calls by its full name, ``docker.io/library/python:3.11``."""
    for steps in found:
        base = steps.instructions[0]
        name = base.words[0].value if base.words else ""
        name = name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"
        if name and image and (image == name or image.endswith(f"/{name}")):
            return base
    return None


def _stage_index(found: tuple[StageSteps, ...], stage: str) -> int | None:
    if not stage:
        return len(found) - 1 if found else None
    for index, steps in enumerate(found):
        if stage.lower() == (steps.name.lower() or f"stage-{index}"):
            return index
    return None


def _pick(instructions: tuple[Instruction, ...], index: int, text: str) -> Instruction | None:
    """By number when the keyword agrees; else (ONBUILD of the base shifts numbers) the first that reads the same."""
    keyword, _, rest = text.partition(" ")
    if 0 <= index < len(instructions) and instructions[index].keyword == keyword.lower():
        return instructions[index]
    same = [item for item in instructions if item.keyword == keyword.lower()]
    wanted = "".join(rest.split())
    return next((item for item in same if "".join(item.arguments.split()) == wanted), None)


def _name(instruction: Instruction) -> str:
    words = [word.value for word in instruction.words]
    return words[2] if len(words) > 2 and words[1].lower() == "as" else ""
