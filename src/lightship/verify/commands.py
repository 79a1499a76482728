"""L5 and L8: commands end with the same exit code and output: --version and --help of programs, and the user's own."""

from __future__ import annotations

from collections.abc import Sequence

from lightship.evidence.observation import CommandAnswer, CommandProbe, HttpAnswer, Observation
from lightship.messages import said
from lightship.verify.answers import compare_answer, paired
from lightship.verify.libraries import INSTALLER_SCRIPTS
from lightship.verify.logs import compare_output
from lightship.verify.verdict import Allowed, Comparison, Difference, not_reached, settle


def compare_commands(original: Observation, candidate: Observation) -> Comparison:
    """The commands that lightship thought of; those that the original does not answer with 0 do not count."""
    before = _answers(original.commands)
    answered = {probe: old for probe, old in before.items() if all(one.exit_code == 0 for one in old)}
    if not answered:
        return not_reached("no program answers --version or --help")
    differences, doubts = _unlike(answered, _answers(candidate.commands))
    allowed = [
        Allowed(one, said("an installer: used to build the image, not by the program"))
        for one in differences
        if one.path[1].split(" ")[0].rpartition("/")[2] in INSTALLER_SCRIPTS
    ]
    let_through = {one.difference for one in allowed}
    return settle(
        said("{count} commands", count=len(answered)),
        (one for one in differences if one not in let_through),
        doubts=doubts,
        allowed=allowed,
    )


def compare_user_probes(original: Observation, candidate: Observation) -> Comparison:
    """The user's own requests and commands: as expected in both images, and the same in both."""
    requests = [pair for pair in paired(original.runs, candidate.runs) if pair[0].source == "user"]
    commands = _answers(original.user_commands)
    if not requests and not commands:
        return not_reached(said("no [[probe]] is configured"))
    differences, doubts = _unlike(commands, _answers(candidate.user_commands), top="probes")
    for probe, old in commands.items():
        doubts += [Difference(("probes", probe.label, "in the original"), "", why) for why in _unexpected(probe, old)]
    for request, answers, new in requests:
        doubts += [
            Difference(("probes", request.label, "in the original"), "", why)
            for why in _unmet(request.expect_status, request.expect_body, answers)
        ]
        if not new:
            doubts.append(Difference(("probes", request.label), said("asked"), said("not asked")))
            continue
        wrong, unsure, _ = compare_answer(request.label, answers, new)
        differences += wrong
        doubts += unsure
    return settle(
        said("{requests} requests, {commands} commands", requests=len(requests), commands=len(commands)),
        differences,
        doubts=doubts,
    )


def _unlike(
    before: dict[CommandProbe, list[CommandAnswer]],
    after: dict[CommandProbe, list[CommandAnswer]],
    top: str = "commands",
) -> tuple[list[Difference], list[Difference]]:
    differences: list[Difference] = []
    doubts: list[Difference] = []
    for probe, old in before.items():
        path = (top, probe.label)
        codes = {str(one.exit_code) for one in old}
        new = after.get(probe)
        if new is None:
            doubts.append(
                Difference(path, said("exit code {exit_code}", exit_code=old[0].exit_code), said("not asked"))
            )
        elif len(codes) > 1:
            doubts.append(Difference((*path, "exit code"), " or ".join(sorted(codes)), str(new[0].exit_code)))
        elif str(new[0].exit_code) not in codes:
            differences.append(Difference((*path, "exit code"), codes.pop(), _ended(new[0])))
        else:
            _outputs(path, old, new[0], differences, doubts)
    return differences, doubts


def _outputs(
    path: tuple[str, ...],
    old: Sequence[CommandAnswer],
    new: CommandAnswer,
    differences: list[Difference],
    doubts: list[Difference],
) -> None:
    for name, before, after in (
        ("stdout", [one.stdout for one in old], new.stdout),
        ("stderr", [one.stderr for one in old], new.stderr),
    ):
        unlike, is_volatile = compare_output(before, after)
        if unlike:
            differences.append(Difference((*path, name), *unlike))
        elif is_volatile:
            doubts.append(
                Difference((*path, name), said("another one each time"), said("{count} bytes", count=len(after)))
            )


def _unexpected(probe: CommandProbe, answers: Sequence[CommandAnswer]) -> list[str]:
    wrong = []
    for one in answers:
        if probe.expect_exit is not None and one.exit_code != probe.expect_exit:
            wrong.append(
                said(
                    "exit code {exit_code}, expected {expect_exit}",
                    exit_code=one.exit_code,
                    expect_exit=probe.expect_exit,
                )
            )
        text = one.stdout + one.stderr
        missing = (part for part in probe.expect_output if part.encode() not in text)
        wrong += [said("its output does not contain {part!r}", part=part) for part in missing]
    return list(dict.fromkeys(wrong))


def _unmet(status: int | None, body: Sequence[str], answers: Sequence[HttpAnswer]) -> list[str]:
    wrong = []
    for one in answers:
        if one.status is None:
            wrong.append(one.problem or said("no answer"))
        elif status is not None and one.status != status:
            wrong.append(said("status {status}, expected {status2}", status=one.status, status2=status))
        elif status is None and one.status >= 400:
            wrong.append(
                said("status {status}: say `status = {status}` if that is what is expected", status=one.status)
            )
        wrong += [
            said("its body does not contain {part!r}", part=part) for part in body if part.encode() not in one.body
        ]
    return list(dict.fromkeys(wrong))


def _answers(runs: Sequence[Sequence[CommandAnswer]]) -> dict[CommandProbe, list[CommandAnswer]]:
    found: dict[CommandProbe, list[CommandAnswer]] = {}
    for run in runs:
        for answer in run:
            found.setdefault(answer.probe, []).append(answer)
    return found


def _ended(answer: CommandAnswer) -> str:
    if answer.problem:
        return answer.problem
    text = (answer.stderr or answer.stdout).decode("utf-8", "replace").strip()
    code = said("still running") if answer.exit_code is None else str(answer.exit_code)
    return f"{code}: {text.rpartition(chr(10))[2][:200]}" if text else code
