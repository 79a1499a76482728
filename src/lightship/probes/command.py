"""A command in a container of its own: the user's probes, and programs of images without a Python."""

from __future__ import annotations

from collections.abc import Sequence

from lightship.engines.protocol import Engine, RunSpec
from lightship.evidence.observation import CommandAnswer, CommandProbe
from lightship.messages import said
from lightship.probes.plan import ProbePlan
from lightship.probes.services import Joined, beside

_WITH_FILE = 'file=$1; shift; "$@"; code=$?; printf "\\n%s\\n" "$0"; cat -- "$file"; exit $code'
FILE_MARK = "lightship-file:"


def run_commands(
    engine: Engine, image: str, probes: Sequence[CommandProbe], plan: ProbePlan
) -> tuple[CommandAnswer, ...]:
    """How the user's commands ended, in their order, beside one set of fresh services: one may prepare the next."""
    if not probes:
        return ()
    with beside(engine, plan.services) as joined:
        return tuple(run_command(engine, image, probe, plan, joined) for probe in probes)


def run_command(
    engine: Engine, image: str, probe: CommandProbe, plan: ProbePlan, joined: Joined = lambda spec: spec
) -> CommandAnswer:
    """How the command ended; with ``probe.file`` the file's content follows its output, so that both are compared."""
    argv = probe.argv
    if probe.file:
        # The container is gone when the command ends, so the file is printed by the same shell; no shell, no file.
        argv = ("/bin/sh", "-c", _WITH_FILE, FILE_MARK, probe.file, *probe.argv)
    spec = RunSpec(argv=argv, env=(*plan.environment, *probe.env), pids_limit=plan.limits.processes, network="isolated")
    done = engine.run(image, joined(spec), timeout=plan.limits.command, output_limit=plan.limits.output)
    problem = said("does not end within {command:g} s", command=plan.limits.command) if done.exit_code is None else ""
    return CommandAnswer(probe, done.exit_code, done.stdout, done.stderr, done.truncated, problem)
