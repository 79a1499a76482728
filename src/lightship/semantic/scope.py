"""How each instruction changes what holds for the next: ENV, ARG, WORKDIR, USER, SHELL."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace

from lightship.dockerfile import ExpandError, Instruction, Problem, lex
from lightship.semantic.model import DEFAULT_PATH, DEFAULT_SHELL, Inherited, Scope

_PLAIN = re.compile(r"[\w./:=@,+-]*")


def initial(inherited: Inherited | None, *, scratch: bool) -> Scope:
    """What holds at the start of a stage on an image, or on nothing at all."""
    if scratch:
        env = {"PATH": DEFAULT_PATH}
        return Scope(env, {}, env)
    if inherited is None:
        return Scope(complete=False, workdir=None, user=None)
    env = dict(inherited.env or {})
    complete = inherited.env is not None
    if complete and "PATH" not in env:
        # BuildKit's default when the base image has none: util/system DefaultPathEnv.
        env["PATH"] = DEFAULT_PATH
    workdir = "/" if inherited.workdir == "" else inherited.workdir
    shell = inherited.shell or DEFAULT_SHELL
    return Scope(env, {}, env, complete=complete, workdir=workdir, user=inherited.user, shell=shell)


def expand_in(scope: Scope, word: str, escape: str) -> str | None:
    """``word`` expanded, None when that hangs on a variable that may be set but is not known. Raises ExpandError."""
    if _PLAIN.fullmatch(word):
        return word
    found = lex(word, scope.variables, escape=escape)
    if found.unmatched & scope.unknown or (found.unmatched and not scope.complete):
        return None
    return found.text


def after(
    scope: Scope,
    instruction: Instruction,
    *,
    build_args: Mapping[str, str],
    global_args: Mapping[str, str | None],
    escape: str,
    problems: list[Problem],
) -> Scope:
    """What holds after an instruction. What cannot be expanded is added to ``problems``."""
    try:
        return _after(scope, instruction, build_args, global_args, escape)
    except ExpandError as error:
        span = instruction.arguments_span
        help_ = "close the quote or the brace, or give the variable a value"
        problems.append(Problem(error.what, span, help_, "expansion", source="instructions"))
        return scope


def _after(
    scope: Scope,
    instruction: Instruction,
    build_args: Mapping[str, str],
    global_args: Mapping[str, str | None],
    escape: str,
) -> Scope:
    keyword = instruction.keyword
    if keyword == "env":
        return _env(scope, instruction, escape)
    if keyword == "arg":
        return _arg(scope, instruction, build_args, global_args, escape)
    if keyword == "shell" and instruction.exec_form:
        return replace(scope, shell=instruction.exec_form)
    if keyword == "user" and instruction.words:
        return replace(scope, user=expand_in(scope, instruction.words[0].text, escape))
    if keyword == "workdir" and instruction.words:
        return replace(scope, workdir=_workdir(scope, instruction.words[0].text, escape))
    return scope


def _env(scope: Scope, instruction: Instruction, escape: str) -> Scope:
    # Every value is expanded with what held before the instruction:
    # https://docs.docker.com/reference/dockerfile/#environment-replacement
    env, variables, unknown = dict(scope.env), dict(scope.variables), set(scope.unknown)
    for name_word, value_word, _ in instruction.pairs:
        name = expand_in(scope, name_word.text, escape)
        value = expand_in(scope, value_word.text, escape)
        if name is None:
            continue
        if value is None:
            env.pop(name, None)
            variables.pop(name, None)
            unknown.add(name)
            continue
        env[name] = variables[name] = value
        unknown.discard(name)
    return replace(scope, env=env, variables=variables, unknown=frozenset(unknown))


def _arg(
    scope: Scope,
    instruction: Instruction,
    build_args: Mapping[str, str],
    global_args: Mapping[str, str | None],
    escape: str,
) -> Scope:
    args, variables, unknown = dict(scope.args), dict(scope.variables), set(scope.unknown)
    for word in instruction.words:
        raw_name, equals, default = word.text.partition("=")
        name = raw_name
        value: str | None
        if name in build_args:
            value = build_args[name]
        elif equals:
            value = expand_in(replace(scope, variables=variables), default, escape)
            if value is None:
                unknown.add(name)
        else:
            value = global_args.get(name)
        args[name] = value
        if value is not None:
            variables[name] = value
            unknown.discard(name)
    return replace(scope, args=args, variables=variables, unknown=frozenset(unknown))


def _workdir(scope: Scope, word: str, escape: str) -> str | None:
    path = expand_in(scope, word, escape)
    if path is None:
        return None
    if path.startswith("/"):
        return posixpath.normpath(path).replace("//", "/", 1)
    return None if scope.workdir is None else posixpath.normpath(posixpath.join(scope.workdir, path))
