"""Who we are to a registry: what `docker login`, `podman login` and credential helpers have left on this machine.

Sources: containers-auth.json(5), https://docs.docker.com/reference/cli/docker/login/#credential-helpers
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import InputError
from lightship.oci.blob import document, whole_file
from lightship.oci.document import Object, inner, parse_object, text
from lightship.oci.registry_reference import DOCKER_HUB, Reference

DOCKER_HUB_KEY = "https://index.docker.io/v1/"
_HELPER_TOKEN_USER = "<token>"


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password, or an identity token; nothing at all for an anonymous pull. Never shown."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Login({'anonymous' if self == ANONYMOUS else '…'})"


ANONYMOUS = Login()

Helper = Callable[[str, str], tuple[str, str] | None]
"""Asks a credential helper, by its short name ("pass" for docker-credential-pass), for a server's user and secret."""


def login_for(reference: Reference, helper: Helper | None = None) -> Login:
    """The first login that one of the usual files has for a reference; anonymous when there is none.

    ``helper`` runs credential helpers; this room starts no programs, so that without it they are passed over.
    Raises InputError when such a file cannot be understood.
    """
    for path in login_files():
        if path.is_file():
            config = parse_object(document(whole_file(path)), str(path))
            found = _from_config(config, reference, helper, str(path))
            if found is not None:
                return found
    return ANONYMOUS


def login_files() -> Iterator[Path]:
    """The files that may hold logins, in the order in which they are asked."""
    named = os.environ.get("REGISTRY_AUTH_FILE")
    if named:
        yield Path(named)
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    yield Path(runtime) / "containers/auth.json"
    if os.getuid() == 0:
        yield Path("/run/containers/0/auth.json")
    yield Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "containers/auth.json"
    yield Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


def _from_config(config: Object, reference: Reference, helper: Helper | None, where: str) -> Login | None:
    keys = _keys(reference)
    helpers = inner(config, "credHelpers", where)
    store = text(config, "credsStore", where)
    for key in keys:
        name = text(helpers, key, where)
        if name and helper is not None and (found := helper(name, key)):
            return _from_helper(*found)
    auths = inner(config, "auths", where)
    for key in keys:
        entry = inner(auths, key, where) if key in auths else {}
        if entry:
            return _from_entry(entry, f"{where}, auths, {key}")
    if store and helper is not None:
        for key in _servers(reference):
            if found := helper(store, key):
                return _from_helper(*found)
    return None


def _keys(reference: Reference) -> list[str]:
    """The names under which a login for a reference may stand, the most specific first."""
    parts = [reference.host, *reference.name.split("/")]
    keys = ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
    keys += [f"https://{reference.host}", f"https://{reference.host}/v1/", f"https://{reference.host}/v2/"]
    if reference.host == DOCKER_HUB:
        keys += [DOCKER_HUB_KEY, "index.docker.io"]
    return keys


def _servers(reference: Reference) -> list[str]:
    """The names under which `docker login` puts a login into a store: one each, since every one starts a program."""
    return [DOCKER_HUB_KEY] if reference.host == DOCKER_HUB else [reference.host, f"https://{reference.host}"]


def _from_entry(entry: Object, where: str) -> Login:
    token = text(entry, "identitytoken", where)
    try:
        pair = base64.b64decode(text(entry, "auth", where), validate=True).decode()
    except ValueError:
        raise InputError(
            "a login cannot be understood", where=where, why="it is not base64", help="log in again"
        ) from None
    user, _, password = pair.strip("\0").partition(":")
    return Login(user, password, token)


def _from_helper(user: str, secret: str) -> Login:
    return Login(token=secret) if user == _HELPER_TOKEN_USER else Login(user, secret)
