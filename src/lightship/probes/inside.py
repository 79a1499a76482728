"""Many small questions in one container: a program for the image's own Python or Node asks them inside.

Starting a container for each of a hundred imports would take a minute; one that imports them all takes as long
as importing. A module that kills the process, hangs or changes the others (monkey patches) costs only itself:
what failed together is tried again alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from lightship.engines.protocol import Engine, RunSpec
from lightship.evidence.observation import CommandAnswer, CommandProbe, ImportAnswer
from lightship.messages import said

MARK = "lightship-answers:"
BUDGET = 120.0
"""Seconds for one such container."""

# Runs on any CPython from 3.6; only modules that every Python has.
_PYTHON = r"""
import base64, json, os, select, signal, subprocess, sys, time
asked = json.loads(sys.argv[1])
limit = asked["timeout"]
end = time.time() + asked["budget"]

def batch(names, seconds):
    answers, todo = {}, list(names)
    while todo and time.time() < end:
        got, put = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(got)
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            for name in todo:
                error = ""
                try:
                    __import__(name)
                except BaseException as problem:
                    error = (type(problem).__name__ + ": " + str(problem))[:300]
                os.write(put, (json.dumps([name, error]) + "\n").encode())
            os._exit(0)
        os.close(put)
        text, hung = b"", False
        while True:
            ready, _, _ = select.select([got], [], [], seconds)
            if not ready:
                hung = True
                os.kill(child, signal.SIGKILL)
                break
            part = os.read(got, 65536)
            if not part:
                break
            text += part
        os.close(got)
        status = os.waitpid(child, 0)[1]
        for line in text.decode().split("\n"):
            if line:
                name, error = json.loads(line)
                answers[name] = error
        left = [name for name in todo if name not in answers]
        if left:
            why = "does not end within %g s" % seconds if hung else "kills the process (status %d)" % status
            answers[left[0]] = why
            left = left[1:]
        todo = left
    return answers

def command(argv, env):
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=limit, env=dict(os.environ, **dict(env)))
        return [done.returncode, base64.b64encode(done.stdout[:65536]).decode(),
                base64.b64encode(done.stderr[:65536]).decode(), ""]
    except subprocess.TimeoutExpired:
        return [None, "", "", "does not end within %g s" % limit]
    except OSError as error:
        return [127, "", "", str(error)]

names = list(asked["modules"])
if asked["stdlib"]:
    skip = {"antigravity", "this", "idlelib", "turtledemo", "ensurepip", "test", "__main__", "lib2to3"}
    names += sorted(set(getattr(sys, "stdlib_module_names", ())) - skip - set(names))
imports = batch(names, limit)
for name in [name for name in names if imports.get(name)]:
    if time.time() < end:
        imports[name] = batch([name], limit).get(name, imports[name])
commands = [command(argv, env) if time.time() < end else [None, "", "", "no time left"]
            for argv, env in asked["commands"]]
sys.stdout.write("\n" + asked["mark"] + json.dumps({"imports": imports, "commands": commands}) + "\n")
"""

_NODE = r"""
const asked = JSON.parse(process.argv[1]);
process.on('uncaughtException', () => {}); process.on('unhandledRejection', () => {});
const late = (ms) => new Promise((_, no) => setTimeout(() => no(new Error('does not end in time')), ms).unref());
(async () => {
  const imports = {};
  for (const name of asked.modules) {
    try { await Promise.race([import(name), late(asked.timeout * 1000)]); imports[name] = ''; }
    catch (error) { imports[name] = String(error && error.message || error).split('\n')[0].slice(0, 300) || 'fails'; }
  }
  require('fs').writeSync(1, '\n' + asked.mark + JSON.stringify({ imports }) + '\n');
  process.exit(0);
})();
"""


def ask_python(
    engine: Engine,
    image: str,
    spec: RunSpec,
    python: str,
    role: str,
    *,
    modules: Sequence[str] = (),
    stdlib: bool = False,
    commands: Sequence[CommandProbe] = (),
    timeout: float = 15.0,
) -> tuple[tuple[ImportAnswer, ...], tuple[CommandAnswer, ...]]:
    """Which modules this Python imports, and how the commands end, all in one container."""
    question = {
        "modules": list(modules),
        "stdlib": stdlib,
        "commands": [(one.argv, one.env) for one in commands],
        "timeout": timeout,
        "budget": BUDGET,
        "mark": MARK,
    }
    answers, problem = _run(engine, image, spec, (python, "-B", "-c", _PYTHON, json.dumps(question)))
    if answers is None:
        return (
            tuple(ImportAnswer(role, name, problem) for name in modules),
            tuple(CommandAnswer(one, None, problem=problem) for one in commands),
        )
    return (
        tuple(ImportAnswer(role, name, error) for name, error in sorted(answers["imports"].items())),
        tuple(_command(one, *answer) for one, answer in zip(commands, answers["commands"], strict=True)),
    )


def ask_node(
    engine: Engine, image: str, spec: RunSpec, node: str, modules: Sequence[str], *, timeout: float = 15.0
) -> tuple[ImportAnswer, ...]:
    """Which packages this Node imports."""
    question = {"modules": list(modules), "timeout": timeout, "mark": MARK}
    answers, problem = _run(engine, image, spec, (node, "-e", _NODE, json.dumps(question)))
    if answers is None:
        return tuple(ImportAnswer("node", name, problem) for name in modules)
    return tuple(ImportAnswer("node", name, error) for name, error in sorted(answers["imports"].items()))


def _run(engine: Engine, image: str, spec: RunSpec, argv: tuple[str, ...]) -> tuple[dict[str, Any] | None, str]:
    """(answers, why there are none)."""
    asking = RunSpec(argv=argv, env=spec.env, pids_limit=spec.pids_limit, network="none")
    done = engine.run(image, asking, timeout=BUDGET + 30, output_limit=16 << 20)
    text = done.stdout.decode("utf-8", "replace")
    at = text.rfind(MARK)
    if at >= 0:
        try:
            answers = json.loads(text[at + len(MARK) :].split("\n", 1)[0])
        except ValueError:
            answers = None
        if isinstance(answers, dict):
            return answers, ""
    last = (done.stderr or done.stdout).decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
    return None, said(
        "{argv} ends with exit code {exit_code}: {last}", argv=argv[0], exit_code=done.exit_code, last=last
    )


def _command(probe: CommandProbe, code: int | None, stdout: str, stderr: str, problem: str) -> CommandAnswer:
    return CommandAnswer(probe, code, base64.b64decode(stdout), base64.b64decode(stderr), problem=problem)
