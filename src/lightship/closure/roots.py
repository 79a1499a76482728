"""What a container starts: the roots of the closure, from an image's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lightship.closure.commands import uses
from lightship.closure.model import Root, RootKind
from lightship.closure.surroundings import Surroundings, surroundings
from lightship.elf.tree import FileTree
from lightship.oci.model import ImageConfig

_DEFAULT_SHELL = ("/bin/sh", "-c")


def roots(config: ImageConfig, rootfs: FileTree, *, trees: Iterable[str] = ()) -> tuple[Root, ...]:
    """The programs and scripts that ENTRYPOINT, CMD and HEALTHCHECK start, and the given trees of which all
    is needed.

    Names are resolved through PATH and WORKDIR. What leads nowhere is a root all the same, by the name as
    written.
    """
    around = surroundings(rootfs, config)
    found: dict[Root, None] = {}
    entrypoint, cmd = config.entrypoint or (), config.cmd or ()
    # The exec form hands CMD to ENTRYPOINT as arguments; an entry script often ends with exec "$@", so that
    # CMD is looked at as a command of its own too, but then its words need not be programs.
    for root in _roots(around, (*entrypoint, *cmd), "entrypoint" if entrypoint else "cmd"):
        found.setdefault(root)
    for root in _roots(around, cmd, "cmd") if entrypoint else ():
        if around.paths.real(root.path) is not None:
            found.setdefault(root)
    for root in _healthcheck(around, config):
        found.setdefault(root)
    for tree in trees:
        found.setdefault(Root(tree.strip("/"), "tree"))
    return tuple(found)


def _healthcheck(around: Surroundings, config: ImageConfig) -> Iterable[Root]:
    test = config.healthcheck.test if config.healthcheck else ()
    if len(test) < 2:
        return ()
    if test[0] == "CMD-SHELL":
        shell = config.shell or _DEFAULT_SHELL
        return _roots(around, (*shell, test[1]), "healthcheck")
    return _roots(around, test[1:], "healthcheck") if test[0] == "CMD" else ()


def _roots(around: Surroundings, words: Sequence[str], kind: RootKind) -> Iterable[Root]:
    text = " ".join(words)
    for use in uses(around, words):
        if use.kind == "program":
            yield Root(use.path or use.name.strip("/"), kind, text, certain=use.certain)
        elif use.kind == "file":
            yield Root(use.path, "argument", text, use.language, use.certain)
        elif root := _module(around, use.name, text):
            yield root


def _module(around: Surroundings, name: str, text: str) -> Root | None:
    """The module of ``python -m`` when it lies in the working directory; installed ones come with the interpreter."""
    top = around.at(name.partition(".")[0])
    if around.paths.kind(top) == "dir":
        return Root(top, "tree", text)
    return Root(f"{top}.py", "argument", text, "python") if around.paths.is_file(f"{top}.py") else None
