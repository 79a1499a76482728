"""Programs by name: what the PATH gives, which scripts language packages brought, and who calls what."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lightship.closure.mentions import Mention as Named
from lightship.closure.mentions import commands_in_texts, is_beside, language_of, starts_programs
from lightship.closure.mentions import mentions as commands
from lightship.closure.node import is_beside_package
from lightship.closure.python import installed_from_folders
from lightship.closure.scripts import interpreter_of
from lightship.closure.settings import LARGEST_WRITTEN, commands_in_settings, is_settings
from lightship.closure.surroundings import Surroundings
from lightship.evidence.observation import FileFact, Mention, ScriptFact
from lightship.messages import said
from lightship.oci.model import ImageConfig
from lightship.probes.facts.languages import Places
from lightship.verify.allowed import allowance

TEXT_LIMIT = 1 << 20
"""Bytes up to which one of the program's own texts is searched for the names of programs."""

MENTIONS_LIMIT = 5000
"""Texts that are searched in one image."""

# Not a subscript, not the key of a mapping, not one side of a comparison.
_CALLED = re.compile(r"""(?<![\w)\]]\[)(?<![=!]=)(?<![=!]= )["'`]([A-Za-z][\w.+-]{1,30})(?=["'`\s])(?!["'`]\s*:)""")
_VARIABLES = re.compile(r"""(\w+)["']?\s*[=:]\s*[(\[]?\s*["'`]([A-Za-z][\w.+-]{1,30})["'`]""")
_OF_A_COMMAND = re.compile(r"(?:cmd|command|bin|binary|exe|executable|program|tool)$")
_COMMANDS = re.compile(
    r"(?:^|[;&|(`{]|\$\(|\b(?:then|do|else|exec|sudo|time|env|if|while|until|!)\s)\s*([\w./+-]+)", re.MULTILINE
)
_SHELL_WORDS = frozenset(
    "if then else elif fi for while until do done case esac in function exec eval set".split()  # noqa: SIM905
)
_WORD = re.compile(r"[\w./+-]+")
_KEYWORDS = frozenset(keyword.kwlist)
_TEXTS = (".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".rb", ".php", ".pl", ".sh", ".bash")
_FOREIGN = re.compile(r"(?:site-packages|node_modules)/|^usr/local/(?:lib/python|go/)|^(?:root/)?go/pkg/")
_OF_PACKAGES = re.compile(r"(?:site-packages|node_modules)/")
_BUILDS_OTHERS = re.compile(
    r"site-packages/(?:pip|setuptools|pkg_resources|wheel|_distutils_hack|uv|distutils|cffi|Cython)/|/distutils/"
    r"|node_modules/(?:npm|corepack|yarn|pnpm)/"
)
_NOT_CALLS = frozenset(
    """
    name test true false echo print login host id date time file install sort sum join env link yes no
    users groups dir split cut head tail find more who w which expr factor type read kill python
    python3 node top last reset clear hash
    """.split()  # noqa: SIM905 - a list to read
)
"""Words that texts quote for other reasons than to call a program, and programs that are compared otherwise."""


def programs(around: Surroundings) -> frozenset[str]:
    """The names of everything executable on the image's PATH."""
    found: set[str] = set()
    for directory in around.search_path():
        real = around.paths.real(directory)
        for name in around.tree.names(real) if real is not None else ():
            trail = around.paths.follow(f"{real}/{name}")
            if trail is not None and around.is_executable(trail):
                found.add(name)
    return frozenset(found)


def scripts(around: Surroundings, places: Places) -> tuple[ScriptFact, ...]:
    """Every script that a Python package put beside its interpreter, as its RECORD says."""
    found: dict[str, ScriptFact] = {}
    for site, info, package in places.dist_infos:
        for line in around.text(f"{info}/RECORD").split("\n"):
            target = line.partition(",")[0].strip('"')
            if "/bin/" in target and target.startswith(("../", "/")):
                path = _joined(site, target)
                fact = _script(around, path, package)
                if fact.name not in found or found[fact.name].problem:
                    found[fact.name] = fact
    return tuple(sorted(found.values(), key=lambda one: one.name))


def mentions(
    around: Surroundings, config: ImageConfig, own: Sequence[str], settings: Iterable[str], there: frozenset[str]
) -> tuple[Mention, ...]:
    """Programs of the PATH that the configuration, the program's own text (no package's) or its data calls by name."""
    found: dict[tuple[str, str], Mention] = {}
    for name, argv in (
        ("ENTRYPOINT", config.entrypoint or ()),
        ("CMD", config.cmd or ()),
        ("HEALTHCHECK", config.healthcheck.test[1:] if config.healthcheck else ()),
    ):
        for program in _in_command(argv):
            if program in there:
                found.setdefault((program, name), Mention(program, f"image config {name}", command=True))
    wanted = there - _NOT_CALLS
    for path in own[:MENTIONS_LIMIT]:
        source = around.tree.read(path, TEXT_LIMIT)
        named, commands = _named(path, source), _commands_of(path, source)
        for program in sorted((named & wanted) | (commands & there)):
            is_command = program in commands
            if is_command or (program, "") not in found:
                found[program, ""] = Mention(program, f"/{path}", command=is_command)
    if any(starts_programs(around.tree.read(path, TEXT_LIMIT), language_of(path)) for path in own[:MENTIONS_LIMIT]):
        for path in settings:
            for mention in commands_in_settings(around.tree.read(path, TEXT_LIMIT)):
                if mention.name in there:
                    found.setdefault((mention.name, ""), Mention(mention.name, f"/{path}", command=True))
    return tuple(found.values())


def library_calls(around: Surroundings, files: Mapping[str, FileFact], there: frozenset[str]) -> Iterator[Mention]:
    """Programs of the PATH that source of installed Python and Node packages calls by a literal name.

    Read here from the texts themselves, apart from what a split makes of them: what it overlooks, this does not.
    """
    own = frozenset(installed_from_folders(around, files))
    found: set[str] = set()
    for path, fact in files.items():
        language = language_of(path)
        if language not in ("python", "node") or not _OF_PACKAGES.search(path) or _BUILDS_OTHERS.search(path):
            continue
        if fact.owner or fact.kind != "file" or fact.size > TEXT_LIMIT or path in own:
            continue
        if is_beside(path) or is_beside_package(around, path):
            continue
        source = around.tree.read(path, TEXT_LIMIT)
        if not starts_programs(source, language):
            continue
        direct = [one for one in commands(source, language, own=False) if one.direct and not one.name.startswith(".")]
        names = {name for one in direct for name in _names_of(one)}
        for program in sorted((names & there) - found):
            found.add(program)
            yield Mention(program, f"/{path}", library=True)


def _names_of(mention: Named) -> Iterable[str]:
    if mention.kind == "program":
        return (mention.name.rpartition("/")[2],)
    if mention.kind == "shell":
        return (name.rpartition("/")[2] for name in _COMMANDS.findall(mention.name))
    return ()


def _named(path: str, source: bytes) -> set[str]:
    """What one of the program's own texts may call: the first words of a shell's commands, quoted words elsewhere.

    Source that starts no program at all can only name one for another file that does: by a variable called after it.
    """
    text = source.decode("utf-8", "replace")
    if path.endswith((".sh", ".bash")) or text.startswith(("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")):
        return {name for name in _COMMANDS.findall(_without_comments(text)) if name not in _SHELL_WORDS}
    language = language_of(path) or "python"
    if starts_programs(source, language):
        # In a program that writes programs, "import" is no call of ImageMagick's import, nor "as" of the assembler.
        return (set(_CALLED.findall(text)) | set(commands_in_texts(text))) - _KEYWORDS
    pairs = ((variable.lower(), name) for variable, name in _VARIABLES.findall(text))
    return {name for variable, name in pairs if name.lower() in variable or _OF_A_COMMAND.search(variable)}


def _commands_of(path: str, source: bytes) -> set[str]:
    """What one of the program's own texts calls as a command, whatever its name may mean besides."""
    language = language_of(path)
    if not language or language == "shell" or is_beside(path) or len(source) > LARGEST_WRITTEN:
        return set()
    found: set[str] = set()
    for mention in commands(source, language):
        found.update(_names_of(mention) if mention.command else ())
    return found


def _in_command(argv: tuple[str, ...]) -> set[str]:
    """Programs of a command: its first word, and every word of a shell text that stands where a command can."""
    if not argv:
        return set()
    names = {argv[0]} if "/" not in argv[0] else set()
    for text in (argv[-1],) if len(argv) > 1 and argv[-2] == "-c" else argv if len(argv) == 1 else ():
        names |= {words[0] for part in re.split(r"[;&|()\n]+", text) if (words := _WORD.findall(part))}
    return names


def own_settings(files: Mapping[str, FileFact]) -> Iterator[str]:
    """The program's own data files in which commands may stand."""
    for path, fact in files.items():
        if fact.owner or fact.kind != "file" or fact.size > TEXT_LIMIT or not is_settings(path):
            continue
        if not _FOREIGN.search(path) and not allowance(path, "missing"):
            yield path


def own_texts(around: Surroundings, files: Mapping[str, FileFact]) -> Iterator[str]:
    """The program's own source: scripts and modules that no package brought, and those installed from a folder."""
    installed = frozenset(installed_from_folders(around, files))
    for path, fact in files.items():
        if fact.owner or fact.kind != "file" or fact.size > TEXT_LIMIT:
            continue
        if _FOREIGN.search(path) and path not in installed:
            continue
        is_text = path.endswith(_TEXTS) or (fact.mode & 0o111 and not fact.shape and fact.size < 65536)
        # Sources of what is compiled may be missing in a candidate; what they call is needed all the same.
        is_source = path.endswith(".go") and "/vendor/" not in path and not path.endswith("_test.go")
        if is_text and (is_source or not allowance(path, "missing")):
            yield path


def _script(around: Surroundings, path: str, package: str) -> ScriptFact:
    name = path.rpartition("/")[2]
    real = around.paths.real(path)
    if real is None or not around.paths.is_file(path):
        return ScriptFact(name, f"/{path}", "", "listed in RECORD, but not there", package)
    shebang = interpreter_of(around.tree.read(real, 512))
    if shebang is None:
        return ScriptFact(name, f"/{path}", "", "", package)
    gone = next((one for one in shebang.programs if around.program(one) is None), "")
    problem = said("its interpreter {gone} is not there", gone=gone) if gone else ""
    trail = around.paths.follow(path)
    if trail is not None and not around.is_executable(trail):
        problem = problem or "it is not executable"
    return ScriptFact(name, f"/{path}", shebang.programs[-1], problem, package)


def _joined(site: str, target: str) -> str:
    parts = [] if target.startswith("/") else site.split("/")
    for part in target.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/".join(parts)


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
