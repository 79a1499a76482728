"""Credential helpers that `docker login` and its like have set up: programs that hand out a registry's login.

Source: https://docs.docker.com/reference/cli/docker/login/#credential-helper-protocol
"""

from __future__ import annotations

import json
import re
import shutil

from lightship.engines.process import run
from lightship.engines.protocol import CommandLog
from lightship.errors import InputError
from lightship.messages import said

TIMEOUT = 120.0
"""Seconds: a keychain may ask its owner first."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_FOUND = ("credentials not found", "no credentials", "credentials missing", "no usernames")
"""How helpers say that they have none, in words of the library that most of them are made with."""


def ask_credential_helper(name: str, server: str) -> tuple[str, str] | None:
    """User and secret that ``docker-credential-<name> get`` has for a server; None when it has none.

    The secret is in no log and in no error. Raises InputError when the helper is not there or fails.
    """
    program = f"docker-credential-{name}"
    path = shutil.which(program) if _NAME.fullmatch(name) else None
    if path is None:
        raise _failed(program, server, said("there is no such program on the PATH"))
    done = run([path, "get"], timeout=TIMEOUT, log=CommandLog(), stdin=server.encode(), output_limit=1 << 16)
    if done.exit_code is None:
        raise _failed(program, server, said("it did not answer within {timeout:.0f} s", timeout=TIMEOUT))
    if done.exit_code != 0:
        # The protocol has errors on stdout; a secret stands there only with exit code 0.
        words = " ".join((done.stdout or done.stderr).decode("utf-8", "replace").split())
        if any(part in words.lower() for part in _NOT_FOUND):
            return None
        raise _failed(program, server, words[:200] or said("it ended with {exit_code}", exit_code=done.exit_code))
    try:
        answer = json.loads(done.stdout)
        user, secret = answer["Username"], answer["Secret"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _failed(program, server, said("its answer has no Username and Secret")) from None
    return (user, secret) if isinstance(user, str) and isinstance(secret, str) and secret else None


def _failed(program: str, server: str, why: str) -> InputError:
    return InputError(
        said("{program} gives no login for {server}", program=program, server=server),
        why=why,
        help="the name is from credHelpers or credsStore of docker's config.json or auth.json: install the program, "
        "or take the line out and log in again",
    )
