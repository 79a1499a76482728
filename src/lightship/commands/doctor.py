"""`lightship doctor`: which engines answer, what works with them here, and how to get one."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass

from lightship.engines import ENGINES, install_command, known_self_test, open_engine, self_test
from lightship.engines.protocol import EngineInfo
from lightship.engines.self_test import SelfTest
from lightship.errors import EXIT_ENGINE, EXIT_OK, EngineError
from lightship.messages import message
from lightship.reports.translation import tr


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One engine: what it says, and what has been tried with it (None when it does not answer)."""

    info: EngineInfo
    test: SelfTest | None

    @property
    def problem(self) -> str:
        """Why it cannot be used, "" when it can."""
        return self.info.problem or (self.test.problem if self.test else "")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `lightship doctor`."""
    parser.add_argument("--json", action="store_true", help="print the diagnosis as JSON")
    parser.add_argument(
        "--all", action="store_true", help="try everything again; without it, trials of the last day count"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis; 0 when an engine works, 3 when none does."""
    found = tuple(diagnose(name, again=arguments.all) for name, _ in ENGINES)
    print(as_json(found) if arguments.json else as_text(found))
    return EXIT_OK if any(not diagnosis.problem for diagnosis in found) else EXIT_ENGINE


def diagnose(name: str, *, again: bool) -> Diagnosis:
    """Ask an engine, and try it by building and running an image of 2 kB."""
    try:
        engine = open_engine(name)
    except EngineError as error:
        why = message(error.what) + (" (" + message(error.why) + ")" if error.why else "")
        return Diagnosis(EngineInfo(name, "", None, problem=why, help=error.help), None)
    try:
        test = self_test(engine) if again else known_self_test(engine)
        return Diagnosis(engine.info(), test)
    finally:
        engine.clean(engine.run_id)


def as_text(found: tuple[Diagnosis, ...]) -> str:
    """The diagnosis for people."""
    lines: list[str] = []
    for diagnosis in found:
        lines += _engine_lines(diagnosis)
    working = [diagnosis.info.name for diagnosis in found if not diagnosis.problem]
    if not working:
        return "\n".join([*lines, "", tr("no container engine works here"), f"{tr('help')}: {tr(install_command())}"])
    used = tr("lightship uses {engine}", engine=working[0])
    if len(working) > 1:
        used += tr("; --engine {engines} chooses another", engines=tr(" or ").join(working[1:]))
    return "\n".join([*lines, "", used])


def as_json(found: tuple[Diagnosis, ...]) -> str:
    """The diagnosis for programs."""
    working = [diagnosis.info.name for diagnosis in found if not diagnosis.problem]
    engines = [
        {
            "name": diagnosis.info.name,
            "version": diagnosis.info.version,
            "works": not diagnosis.problem,
            "problem": diagnosis.problem,
            "help": diagnosis.info.help,
            "capabilities": asdict(diagnosis.info.capabilities) if diagnosis.info.capabilities else None,
            "checks": [asdict(check) for check in diagnosis.test.checks] if diagnosis.test else [],
        }
        for diagnosis in found
    ]
    document = {"engines": engines, "chosen": working[0] if working else None}
    if not working:
        document["help"] = install_command()
    return json.dumps(document, indent=2)


def _engine_lines(diagnosis: Diagnosis) -> list[str]:
    info = diagnosis.info
    head = f"{info.name:8} {info.version}".rstrip()
    if diagnosis.problem:
        doing = f"{head}  {tr('does not work')}:" if info.version else f"{info.name:8}"
        lines = [f"{doing} {tr(diagnosis.problem)}"]
        return [*lines, f"{'':8} {tr('help')}: {tr(info.help)}"] if info.help else lines
    lines = [head]
    if diagnosis.test:
        tried = ", ".join(f"{check.name} {check.seconds:.2f} s" for check in diagnosis.test.checks)
        lines.append(f"{'':8} {tr('works')}: {tried}")
    limits = info.capabilities.limits if info.capabilities else ()
    return [*lines, *(f"{'':8} {tr('limit')}: {tr(limit)}" for limit in limits)]
