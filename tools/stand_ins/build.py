"""From recipes to images in the registry: what is not up to date is made, two at a time.

Buildah builds them in a store of its own under the cache folder, so that neither the user's images nor a daemon is
touched, and with chroot isolation, which needs no cgroups and no network set-up.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from . import registry
from .host import Problem, extra_certificates, run, stop_running
from .places import CACHE, TOOLS, read_state, say, write_state
from .recipes import CPYTHON, Recipe, Tarball

IMAGES = TOOLS / "images"
TARBALLS = CACHE / "tarballs"
STORE = CACHE / "store"
LABEL = "io.lightship.stand-in=true"
"""On every stand-in, so that no image made from one is ever taken for one made from the official image."""

_STATE_LOCK = threading.Lock()


def build(recipes: Sequence[Recipe], port: int) -> int:
    """Bring the registry up to date with *recipes* and give the number of images that had to be made."""
    keys = recipe_keys(recipes)
    built = read_state().get("built", {})
    missing = [r for r in recipes if built.get(r.name) != keys[r.name] or not _all_tags_there(r, port)]
    if not missing:
        return 0
    say("bases: making STAND-INS from Debian packages; they have the shape of the official images but are NOT them:")
    for recipe in missing:
        say(f"bases:   {recipe.full_name}")
    TARBALLS.mkdir(parents=True, exist_ok=True)
    _compile_if_needed(missing, recipes, port)
    # A base always comes before what is built on it, so that two workers never wait for each other.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        futures: dict[str, Future[None]] = {}
        tarballs = {t.name: pool.submit(_make_tarball, t) for t in _tarballs(missing)}
        for recipe in missing:
            needs = [futures[recipe.base]] if recipe.base in futures else []
            needs += [tarballs[tarball.name] for tarball in recipe.files.values()]
            futures[recipe.name] = pool.submit(_build_and_push, recipe, keys[recipe.name], port, needs)
        try:
            for future in futures.values():
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop_running()
            raise
    # All but CPython's are remade in seconds, and together they are large.
    for path in TARBALLS.iterdir():
        if path != path_of(CPYTHON):
            path.unlink()
    return len(missing)


def recipe_keys(recipes: Iterable[Recipe]) -> dict[str, str]:
    """A digest of all that goes into each image: its Dockerfile, its tarballs, its base, the authorities."""
    keys: dict[str, str] = {}
    for recipe in recipes:
        digest = hashlib.sha256(recipe.version.encode())
        digest.update(_dockerfile(recipe).encode())
        digest.update(keys[recipe.base].encode() if recipe.base else b"")
        for name, tarball in recipe.files.items():
            digest.update(f"{name} {path_of(tarball).name}".encode())
        keys[recipe.name] = digest.hexdigest()
    return keys


def path_of(tarball: Tarball) -> Path:
    """Where a tarball is kept: its name tells what it was made by, so that a changed script makes it anew."""
    if tarball is CPYTHON:
        digest = hashlib.sha256((IMAGES / "cpython.sh").read_bytes())
    else:
        digest = hashlib.sha256()
        for script in ("debian.py", "distroless.py", "wheels.py"):
            digest.update((TOOLS / script).read_bytes())
        for certificate in extra_certificates():
            digest.update(certificate.read_bytes())
    digest.update(tarball.version.encode())
    return TARBALLS / f"{tarball.name.removesuffix('.tar')}-{digest.hexdigest()[:12]}.tar"


def _all_tags_there(recipe: Recipe, port: int) -> bool:
    places = [(recipe.repository, tag) for tag in (recipe.tag, *recipe.aliases)]
    if recipe.also:
        places.append((recipe.also, recipe.tag))
    return all(registry.has(port, repository, tag) for repository, tag in places)


def _tarballs(recipes: Iterable[Recipe]) -> list[Tarball]:
    """Each tarball once, but CPython's, which needs an image first."""
    found = {tarball.name: tarball for recipe in recipes for tarball in recipe.files.values()}
    return list(found.values())


def _make_tarball(tarball: Tarball) -> None:
    target = path_of(tarball)
    if tarball.make is None or target.exists():
        return
    started = time.monotonic()
    tarball.make(target)
    say(f"bases: made {tarball.name} ({target.stat().st_size / 1e6:.0f} MB, {time.monotonic() - started:.0f} s)")


def _build_and_push(recipe: Recipe, key: str, port: int, needs: Sequence[Future[None]]) -> None:
    for need in needs:
        need.result()
    started = time.monotonic()
    log = CACHE / "logs" / f"{recipe.name.replace('/', '-').replace(':', '-')}.log"
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="context-") as folder:
        context = Path(folder)
        for name, tarball in recipe.files.items():
            os.link(path_of(tarball), context / name)
        shutil.copy2(IMAGES / "docker-entrypoint.sh", context)
        (context / "Dockerfile").write_text(_dockerfile(recipe))
        _buildah(
            *("bud", "--isolation", "chroot", "--network", "host", "--format", "docker", "--layers"),
            *("--pull-never", "--label", LABEL, "--tag", recipe.full_name, context),
            log=log,
        )
    for repository in filter(None, (recipe.repository, recipe.also)):
        target = f"docker://127.0.0.1:{port}/{repository}:{recipe.tag}"
        _buildah("push", "--tls-verify=false", recipe.full_name, target, log=log)
    for alias in recipe.aliases:
        registry.tag(port, recipe.repository, recipe.tag, alias)
    with _STATE_LOCK:
        write_state(built=read_state().get("built", {}) | {recipe.name: key})
    say(f"bases: stand-in {recipe.full_name} is ready ({time.monotonic() - started:.0f} s)")


def _buildah(*arguments: str | Path, log: Path) -> str:
    # A registries.conf that points at a mirror of ours must not matter while the mirror is filled.
    return run(["buildah", "--root", STORE, "--runroot", CACHE / "run", *arguments], log=log)


def _dockerfile(recipe: Recipe) -> str:
    """The Dockerfile of a recipe with its blanks filled in.

    Plain text in place of ARG, because a build argument would show in the image's history, unlike the official one's.
    """
    text = (IMAGES / f"{recipe.dockerfile}.Dockerfile").read_text()
    return text.replace("@VERSION@", recipe.version).replace("@BASE@", recipe.base or "scratch")


def _compile_if_needed(missing: Sequence[Recipe], recipes: Sequence[Recipe], port: int) -> None:
    """Compile CPython once per version of its script; the tarball is kept for as long as the cache is."""
    compiled = path_of(CPYTHON)
    if compiled.exists() or not any(CPYTHON in recipe.files.values() for recipe in missing):
        return
    slim = next(recipe for recipe in recipes if recipe.name == "debian:bookworm-slim")
    if slim in missing:
        for tarball in slim.files.values():
            _make_tarball(tarball)
        _build_and_push(slim, recipe_keys(recipes)[slim.name], port, ())
    compile_cpython(slim.full_name, compiled)


def compile_cpython(base: str, target: Path) -> None:
    """Compile CPython in a container of *base* and leave a tarball of /usr/local."""
    say("bases: compiling CPython from Debian's source package, once (2 to 3 minutes on two cores)")
    started = time.monotonic()
    log = CACHE / "logs" / "cpython.log"
    container = _buildah("from", "--pull-never", base, log=log).strip().split("\n")[-1]
    try:
        _buildah(
            *("run", "--isolation", "chroot", "--network", "host"),
            *("--volume", f"{TARBALLS}:/out", "--volume", f"{IMAGES / 'cpython.sh'}:/cpython.sh:ro"),
            *(container, "sh", "/cpython.sh", target.name),
            log=log,
        )
    finally:
        _buildah("rm", container, log=log)
    if not target.exists():
        raise Problem(f"compiling CPython left no tarball\nhelp: see {log}")
    say(f"bases: CPython is compiled ({time.monotonic() - started:.0f} s)")
