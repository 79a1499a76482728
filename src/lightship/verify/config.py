"""L2: what a container started from the image gets when nobody says otherwise."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Iterator

from lightship.evidence.observation import ImageFacts, Observation
from lightship.messages import said
from lightship.oci.model import Healthcheck
from lightship.verify.verdict import Allowed, Comparison, Difference, settle

ENV_MAY_GO: tuple[tuple[str, str], ...] = (
    ("PYTHON_PIP_VERSION", said("how the base image was made")),
    ("PYTHON_SETUPTOOLS_VERSION", said("how the base image was made")),
    ("PYTHON_GET_PIP_*", said("how the base image was made")),
    ("PYTHON_SHA256", said("how the base image was made")),
    ("PYTHON_VERSION", said("how the base image was made")),
    ("GPG_KEY", said("how the base image was made")),
    ("*_GPG_KEY", said("how the base image was made")),
    ("NODE_VERSION", said("how the base image was made")),
    ("YARN_VERSION", said("how the base image was made")),
    ("GOLANG_VERSION", said("how the base image was made")),
    ("RUST_VERSION", said("how the base image was made")),
    ("GOTOOLCHAIN", said("read by the Go compiler")),
    ("GOPATH", said("read by the Go compiler")),
    ("GOFLAGS", said("read by the Go compiler")),
    ("CGO_*", said("read by the Go compiler")),
    ("RUSTUP_HOME", said("read by the Rust compiler")),
    ("CARGO_*", said("read by the Rust compiler")),
    ("PIP_*", said("read by pip")),
    ("UV_*", said("read by uv")),
    ("POETRY_*", said("read by poetry")),
    ("DEBIAN_FRONTEND", said("read by apt")),
)
"""Variables that may be gone or changed, and who reads them."""

ENV_MAY_COME: tuple[tuple[str, str], ...] = (
    ("VIRTUAL_ENV", said("names the virtual environment for people and prompts")),
    ("PYTHONDONTWRITEBYTECODE", said("only whether Python keeps bytecode")),
    ("PYTHONUNBUFFERED", said("only when output appears")),
    *ENV_MAY_GO,
)
"""Variables that may be new, and why that changes nothing."""

LABELS_OF_A_BUILD = ("org.opencontainers.image.*", "io.lightship.*", "io.buildah.*", "maintainer")
"""Labels that say how, when and by whom an image was made."""

SHELLS = ("/bin/sh", "/bin/bash", "/bin/ash", "sh", "bash")
_TOP = "image config"


def compare_config(original: Observation, candidate: Observation) -> Comparison:
    """Every field of the image configuration; USER, PATH and CMD's form may change in the listed ways."""
    found = [
        *_plain(original.facts, candidate.facts),
        *_commands(original.facts, candidate.facts),
        *_environment(original.facts, candidate.facts),
        *_user(original.facts, candidate.facts),
        *_sets(original.facts, candidate.facts),
        *_labels(original.facts, candidate.facts),
    ]
    return settle(
        "ENTRYPOINT, CMD, ENV, EXPOSE, VOLUME, WORKDIR, USER, STOPSIGNAL, LABEL, HEALTHCHECK, ONBUILD, platform",
        (one for one in found if isinstance(one, Difference)),
        allowed=(one for one in found if isinstance(one, Allowed)),
    )


def _plain(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    old, new = original.config, candidate.config
    for name, before, after in (
        ("platform", f"{old.os}/{old.architecture}", f"{new.os}/{new.architecture}"),
        ("WORKDIR", old.working_dir or "/", new.working_dir or "/"),
        ("STOPSIGNAL", _signal(old.stop_signal), _signal(new.stop_signal)),
        ("HEALTHCHECK", _health(old.healthcheck), _health(new.healthcheck)),
    ):
        if before != after:
            yield Difference((_TOP, name), before, after)
    if old.onbuild != new.onbuild:
        difference = Difference((_TOP, "ONBUILD"), "; ".join(old.onbuild), "; ".join(new.onbuild))
        yield (
            Allowed(difference, said("triggers for images built on this one, spent by the build"))
            if not new.onbuild
            else difference
        )


def _commands(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    for name, before, after in (
        ("ENTRYPOINT", original.config.entrypoint or (), candidate.config.entrypoint or ()),
        ("CMD", original.config.cmd or (), candidate.config.cmd or ()),
    ):
        if before == after:
            continue
        difference = Difference((_TOP, name), shlex.join(before), shlex.join(after))
        why = _same_command(before, after)
        yield Allowed(difference, why) if why else difference


def _same_command(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Why two forms of a command start the same program with the same arguments, or ""."""
    plain = exec_form(before)
    if plain and plain == after:
        return said("exec form of the same command: the program gets signals itself")
    first = plain or before
    named_once = first and after and first[1:] == after[1:] and "/" not in first[0]
    if named_once and after[0].startswith("/") and after[0].rpartition("/")[2] == first[0]:
        return said("the same program, by its path")
    return ""


def exec_form(argv: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words of a shell form that needs no shell (no variables, operators, patterns or builtins), else None."""
    if len(argv) != 3 or argv[0] not in SHELLS or argv[1] != "-c":
        return None
    text = argv[2].removeprefix("exec ").strip()
    if set(text) & set("$`|&;<>()*?[]{}~#!\\\n") or "=" in text.split(" ", 1)[0]:
        return None
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        return None
    return (
        words
        if words and words[0] not in ("cd", "export", "set", "source", ".", "eval", "ulimit", "umask", "trap")
        else None
    )


def _environment(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    old, new = dict(original.config.env), dict(candidate.config.env)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        difference = Difference((_TOP, "ENV", name), old.get(name, ""), new.get(name, ""))
        why = _path(old.get(name, ""), new.get(name, "")) if name == "PATH" else ""
        why = why or _listed(name, ENV_MAY_COME if name not in old else ENV_MAY_GO)
        yield Allowed(difference, why) if why else difference


def _path(before: str, after: str) -> str:
    """PATH may grow, and may lose toolchain directories; what is called by name is compared as programs."""
    lost = [part for part in before.split(":") if part and part not in after.split(":")]
    if all("/go/" in part or part.endswith("/go/bin") or "cargo" in part for part in lost) and after:
        return said("PATH grew or lost a toolchain; the programs it finds are compared")
    return ""


def _user(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    before, after = original.config.user or "0", candidate.config.user or "0"
    old, new = user_id(original), user_id(candidate)
    if old == new and old is not None and _group_id(original) != _group_id(candidate):
        yield Difference((_TOP, "USER", "group"), f"{before}: {_gid(original)}", f"{after}: {_gid(candidate)}")
        return
    if before == after and old == new:
        return
    difference = Difference((_TOP, "USER"), original.config.user or said("root"), candidate.config.user or said("root"))
    if new is None:
        yield Difference((_TOP, "USER"), before, said("{after}: no such user in /etc/passwd", after=after))
    elif old == new:
        yield Allowed(difference, said("the same user, uid {new}", new=new))
    elif old == 0:
        yield Allowed(
            difference, said("less privileged than root; that the program still works is compared from L6 on")
        )
    else:
        yield difference


def user_id(facts: ImageFacts) -> int | None:
    """The uid that the image's USER means; None when the name is not in its /etc/passwd."""
    name = facts.config.user.partition(":")[0] or "0"
    if name.isdigit():
        return int(name)
    if name == "root":
        return 0
    return next((account.uid for account in facts.accounts if account.name == name), None)


def _group_id(facts: ImageFacts) -> int | None:
    """The gid that the image's USER means: its own word, else that of /etc/passwd, else 0, as engines do."""
    user, colon, group = facts.config.user.partition(":")
    if colon and group.isdigit():
        return int(group)
    if colon:
        return next((one.gid for one in facts.groups if one.name == group), None)
    uid = user_id(facts)
    return next((one.gid for one in facts.accounts if user in (one.name, "") or one.uid == uid), 0) if uid else 0


def _gid(facts: ImageFacts) -> str:
    gid = _group_id(facts)
    return said("no such group") if gid is None else said("gid {gid}", gid=gid)


def _sets(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    for name, before, after in (
        ("EXPOSE", _ports(original), _ports(candidate)),
        ("VOLUME", set(original.config.volumes), set(candidate.config.volumes)),
    ):
        for gone in sorted(before - after):
            yield Difference((_TOP, name, gone), gone, "")
        for come in sorted(after - before):
            new = Difference((_TOP, name, come), "", come)
            yield Allowed(new, said("EXPOSE only documents a port")) if name == "EXPOSE" else new


def _labels(original: ImageFacts, candidate: ImageFacts) -> Iterator[Difference | Allowed]:
    old, new = dict(original.config.labels), dict(candidate.config.labels)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        difference = Difference((_TOP, "LABEL", name), old.get(name, ""), new.get(name, ""))
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in LABELS_OF_A_BUILD):
            yield Allowed(difference, said("says how, when and by whom the image was made"))
        elif name not in old:
            yield Allowed(difference, said("a label more"))
        else:
            yield difference


def _listed(name: str, table: tuple[tuple[str, str], ...]) -> str:
    return next((why for pattern, why in table if fnmatch.fnmatchcase(name, pattern)), "")


def _ports(facts: ImageFacts) -> set[str]:
    return {port if "/" in port else f"{port}/tcp" for port in facts.config.exposed_ports}


def _signal(name: str) -> str:
    numbers = {"15": "TERM", "2": "INT", "3": "QUIT", "9": "KILL", "1": "HUP", "10": "USR1", "12": "USR2"}
    name = name.upper().removeprefix("SIG") or "TERM"
    return f"SIG{numbers.get(name, name)}"


def _health(check: Healthcheck | None) -> str:
    if check is None or not check.test or check.test == ("NONE",):
        return ""
    times = (check.interval, check.timeout, check.start_period, check.retries)
    return f"{shlex.join(check.test)} {times}"
