"""Evidence from a built image: which instruction did what, and who owns what."""

from __future__ import annotations

from collections.abc import Sequence

from lightship import distros
from lightship.dockerfile import Dockerfile, Instruction
from lightship.errors import UnknownError
from lightship.evidence.history import layers_of
from lightship.evidence.model import Effect, Evidence
from lightship.oci import Image, ImageConfig, changes
from lightship.semantic import Stage
from lightship.shell import parse as parse_shell

_PACKAGE_MANAGERS = frozenset(
    {
        "apt", "apt-get", "aptitude", "apt-mark", "apt-cache", "dpkg", "apk", "yum", "dnf", "microdnf", "tdnf", "rpm",
        "zypper",
    }
)  # fmt: skip
# Programs that make no file that outlives the package manager's own work; what they remove is seen in the layers.
_NEUTRAL = frozenset({"set", "echo", "printf", "true", ":", "rm", "export", "cd", "test", "[", "sleep", "exit"})


def gather(dockerfile: Dockerfile, stage: Stage, image: Image, base: ImageConfig) -> Evidence:
    """All that the built original tells.

    ``stage`` is the stage that was built, ``base`` the configuration of the image it builds on (an empty one for
    ``scratch``). Raises UnknownError when the layers cannot be told apart by instruction.
    """
    if base.onbuild:
        raise UnknownError(
            "the base image has ONBUILD triggers",
            why="their instructions are not in the Dockerfile, and a second stage would run them again",
            help="write the triggers into the Dockerfile, on a base image without them",
        )
    instructions = [item for item in stage.instructions if item.keyword != "from"]
    base_layers = len(base.diff_ids)
    files = image.rootfs()
    base_files = image.rootfs(upto=base_layers)
    return Evidence(
        dockerfile=dockerfile,
        stage=stage,
        image=image,
        files=files,
        base_config=base,
        base_files=base_files,
        base_layers=base_layers,
        effects=_effects(layers_of(instructions, image.config, base), image),
        installed=distros.installed(files),
        base_installed=distros.installed(base_files),
    )


def _effects(layers: Sequence[tuple[Instruction, int | None]], image: Image) -> tuple[Effect, ...]:
    found = []
    for instruction, layer in layers:
        packages_only = instruction.keyword == "run" and runs_only_package_manager(instruction)
        runs_packages = packages_only or (instruction.keyword == "run" and runs_package_manager(instruction))
        if layer is None:
            found.append(Effect(instruction, None, packages_only=packages_only, runs_packages=runs_packages))
            continue
        change = changes(image, layer)
        found.append(
            Effect(
                instruction,
                layer,
                added=tuple(change.added),
                changed=tuple(change.changed),
                removed=tuple(change.removed),
                size=image.layers[layer].size,
                packages_only=packages_only,
                runs_packages=runs_packages,
            )
        )
    return tuple(found)


def runs_only_package_manager(run: Instruction) -> bool:
    """Whether a RUN does nothing but call the distribution's package manager (and clean up behind it)."""
    if run.exec_form is not None:
        words = run.exec_form
        return bool(words) and words[0].rpartition("/")[2] in _PACKAGE_MANAGERS
    scripts = [heredoc.content for heredoc in run.heredocs] or [run.arguments]
    seen_manager = False
    for script in scripts:
        for command in parse_shell(script).commands:
            if not command.words:
                continue
            program = (command.words[0].value or "").rpartition("/")[2]
            if program in _PACKAGE_MANAGERS:
                seen_manager = True
            elif program not in _NEUTRAL or any(_writes(item) for item in command.redirections):
                return False
    return seen_manager


def runs_package_manager(run: Instruction) -> bool:
    """Whether a RUN calls the distribution's package manager, whatever else it does."""
    if run.exec_form is not None:
        return runs_only_package_manager(run)
    scripts = [heredoc.content for heredoc in run.heredocs] or [run.arguments]
    words = (command.words for script in scripts for command in parse_shell(script).commands)
    return any(one and (one[0].value or "").rpartition("/")[2] in _PACKAGE_MANAGERS for one in words)


def _writes(redirection: object) -> bool:
    operator = getattr(redirection, "operator", "")
    target = getattr(getattr(redirection, "target", None), "value", None)
    return ">" in operator and target not in ("/dev/null", "/dev/stdout", "/dev/stderr", "1", "2")
