"""What looks like a secret, in any layer, also when a later one deletes it. Values are matched and never kept.

The patterns are listed in docs/reference/inspect.md. A file is found by its name, and where names alone say too much
(``*.pem``, ``config.json``) by what stands in it. Sources: the vendors' own descriptions of their tokens, e.g.
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lightship.inspection.model import Secret
from lightship.inspection.tokens import ASSIGNED, PRIVATE_KEY, plain_instruction, secret_name, tokens_in
from lightship.messages import said
from lightship.oci import Entry, Image, Rootfs

READ_LIMIT = 256 << 10
"""Bytes of a file that are looked at."""

_LOGIN = re.compile(rb'"(?:auth|identitytoken|password)"\s{0,9}:\s{0,9}"[^"]')
_NPM_LOGIN = re.compile(rb"_(?:authToken|auth|password)[ \t]{0,9}=[ \t]{0,9}(?!\$\{)\S")
_PIP_LOGIN = re.compile(rb"(?m)^[ \t]{0,40}password[ \t]{0,9}[:=][ \t]{0,9}\S")
_SERVICE_ACCOUNT = re.compile(rb'"type"\s{0,9}:\s{0,9}"service_account"')
_ASSIGNMENT = re.compile(
    rb"(?im)^[ \t]{0,40}(?:export[ \t]{1,9})?[A-Z0-9_.]{0,60}(?:SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|PRIVATE_KEY)"
    rb"[A-Z0-9_]{0,60}[ \t]{0,9}[=:][ \t]{0,9}[^\s#]"
)

# Names that say it themselves (None), and names whose content has to bear it out.
_BY_NAME: tuple[tuple[str, str, re.Pattern[bytes] | None], ...] = (
    ("SSH private key", r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?", None),
    ("private key", r"[^/]*\.(?:pem|key|ppk|asc)|secring\.gpg|[^/]*_rsa", PRIVATE_KEY),
    ("key store", r"[^/]*\.(?:p12|pfx|jks|keystore|kdbx)", None),
    ("environment file", r"\.env(?:\.[\w.-]+)?|[\w.-]+\.env", _ASSIGNMENT),
    ("login of git", r"\.git-credentials", None),
    ("login of netrc(5)", r"[._]netrc", None),
    ("login of npm", r"\.npmrc|\.yarnrc(?:\.yml)?", _NPM_LOGIN),
    ("login of PyPI", r"\.pypirc", _PIP_LOGIN),
    ("login of PostgreSQL", r"\.pgpass", None),
    ("login of a registry", r"config\.json|\.dockercfg", _LOGIN),
    ("key of Google Cloud", r"[^/]*(?:credential|service|account|key)[^/]*\.json", _SERVICE_ACCOUNT),
    ("password file", r"\.htpasswd", None),
    ("shell history", r"\.(?:bash|zsh|ash|python|psql|mysql|node_repl)_history", None),
    ("state of Terraform", r"[^/]*\.tfstate(?:\.backup)?", None),
)
_BY_PATH: tuple[tuple[str, str], ...] = (
    ("credentials of AWS", r"(?:^|/)\.aws/credentials$"),
    ("credentials of Azure", r"(?:^|/)\.azure/(?:accessTokens|msal_token_cache|azureProfile)\.(?:json|bin)$"),
    ("credentials of Google Cloud", r"(?:^|/)gcloud/(?:credentials\.db|application_default_credentials\.json)$"),
    ("credentials of Kubernetes", r"(?:^|/)\.kube/config$|(?:^|/)kubeconfig$"),
    ("history of git", r"(?:^|/)\.git/HEAD$"),
)
_NAMED = re.compile("|".join(f"(?P<n{index}>{pattern})" for index, (_, pattern, _) in enumerate(_BY_NAME)))
_PLACED = re.compile("|".join(f"(?P<p{index}>{pattern})" for index, (_, pattern) in enumerate(_BY_PATH)))
# What every name of the above begins or ends with: a look at these takes a tenth of the patterns' time.
_BEGINNINGS = (".", "id_", "_netrc")
_ENDS = (
    ".pem", ".key", ".ppk", ".asc", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".env", ".tfstate", ".tfstate.backup",
    ".json", ".bin", ".db", "_rsa", "secring.gpg", "kubeconfig", "/config", "/HEAD", "/credentials",
)  # fmt: skip
# Certificates of authorities, test data of packages, examples: names that mean no secret.
_PUBLIC = re.compile(
    r"^(?:etc/(?:ssl|pki|ca-certificates)|usr/(?:share(?!/nginx/)|lib|libexec|include)|usr/local/(?:share|go|include)"
    r"|var/lib/dpkg)/|^usr/src/linux"
    r"|(?:^|/)(?:site|dist)-packages/|(?:^|/)node_modules/|/(?:test|tests|testdata|examples?)/"
    r"|\.(?:example|sample|template|dist)$"
)
_DULL = ("usr/share/", "usr/lib/", "usr/include/", "usr/src/linux", "usr/libexec/", "var/lib/dpkg/")
# A shared library's or a package's own keys below these are worth a look all the same.
_ALWAYS = re.compile(r"(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.git-credentials|\.netrc|\.npmrc|\.pypirc|\.env)$")
_SETTINGS = (
    ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".json", ".properties", ".env", ".sh", ".py", ".js", ".ts",
    ".rb", ".php",
)  # fmt: skip
_SYSTEM = ("usr/", "lib/", "var/lib/", "bin/", "sbin/", "etc/ssl", "etc/pki")
# Where authors of images put their own all the same: WORKDIR /usr/src/app, entry scripts, settings of servers.
_OWN = ("usr/src/", "usr/local/", "usr/share/nginx/")
_NOT_OWN = ("usr/local/lib/", "usr/local/share/", "usr/local/go/", "usr/local/include/")


def secrets_in(image: Image) -> tuple[Secret, ...]:
    """Everything that looks like a secret, in the order of the layers; what stands in the configuration comes first."""
    rootfs = image.rootfs()
    found = dict.fromkeys(_in_config(image))
    for index, layer in enumerate(image.layers):
        for entry in layer.entries:
            # A quick look at the whole path first: a layer has tens of thousands.
            if entry.kind == "file" and entry.size and not _is_dull(entry.path) and not entry.is_whiteout:
                for kind in _kinds(image, index, entry):
                    found[Secret(kind, entry.path, index, deleted=_is_deleted(rootfs, index, entry))] = None
    return tuple(found)


def is_read(path: str) -> bool:
    """Whether the content of a file of this name may be looked at."""
    return not _is_dull(path) and (_is_named(path) or _is_own_setting(path))


def _is_named(path: str) -> bool:
    """Whether one of the patterns of names and places can match."""
    if not path.endswith(_ENDS) and not path.startswith(_BEGINNINGS, path.rfind("/") + 1):
        return False
    return _NAMED.fullmatch(path, path.rfind("/") + 1) is not None or _PLACED.search(path) is not None


def _is_dull(path: str) -> bool:
    """Whether a path is among the many of a distribution that no pattern can match."""
    return path.startswith(_DULL) and "/." not in path and "/id_" not in path and not path.startswith(_OWN)


def _kinds(image: Image, layer: int, entry: Entry) -> Iterator[str]:
    path = entry.path
    seen: list[bytes] = []

    def content() -> bytes:
        if not seen:
            seen.append(image.span(layer, entry, 0, READ_LIMIT))
        return seen[0]

    if _is_named(path):
        by_path = _by_path(path, content)
        if by_path:
            yield by_path
            return
    if _is_own_setting(path) and entry.size <= READ_LIMIT:
        yield from tokens_in(content())


def _by_path(path: str, content: Callable[[], bytes]) -> str:
    placed = _PLACED.search(path)
    if placed and not _is_public(path):
        return _BY_PATH[int((placed.lastgroup or "p0")[1:])][0]
    named = _NAMED.fullmatch(path.rpartition("/")[2])
    if not named or _is_public(path):
        return ""
    kind, _, proof = _BY_NAME[int((named.lastgroup or "n0")[1:])]
    return kind if proof is None or proof.search(content()) else ""


def _is_public(path: str) -> bool:
    return _PUBLIC.search(path) is not None and not _ALWAYS.search(path)


def _is_own_setting(path: str) -> bool:
    """Whether a text is more likely the author's own than a package's, and of a kind that holds settings."""
    if "node_modules/" in path:
        return False
    if path.startswith(_SYSTEM) and (not path.startswith(_OWN) or path.startswith(_NOT_OWN)):
        return False
    is_setting = path.endswith(_SETTINGS) or path.startswith("Dockerfile", path.rfind("/") + 1)
    return is_setting and not _PUBLIC.search(path)


def _is_deleted(rootfs: Rootfs, layer: int, entry: Entry) -> bool:
    now = rootfs.get(entry.path)
    return now is None or (now.body_layer, now.entry.offset) != (layer, entry.offset)


def _in_config(image: Image) -> Iterator[Secret]:
    for name, value in image.config.env:
        kinds = list(tokens_in(value.encode("utf-8", "surrogateescape")))
        if value and secret_name(name) and not kinds:
            kinds = [said("variable named like a secret")]
        yield from (Secret(kind, f"ENV {name}", -1, deleted=False) for kind in kinds)
    for number, line in enumerate(image.config.history, 1):
        text = line.created_by
        kinds = list(tokens_in(text.encode("utf-8", "surrogateescape")))
        keyword = plain_instruction(text).partition(" ")[0].upper()
        if not kinds and keyword != "ENV" and ASSIGNED.search(text):
            kinds = [said("argument named like a secret")]
        yield from (Secret(kind, f"history line {number} ({keyword})", -1, deleted=False) for kind in kinds)
