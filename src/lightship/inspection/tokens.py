"""Values that look like secrets in any text, and texts without them.

Sources: the vendors' own descriptions of their tokens, e.g.
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_IN_URL = "password in a URL"
# No pattern has an unbounded part that can begin at every character: files are hostile until shown otherwise.
PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
TOKENS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("private key", PRIVATE_KEY),
    ("AWS access key", re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("GitHub token", re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})")),
    ("GitLab token", re.compile(rb"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("Slack token", re.compile(rb"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("Stripe key", re.compile(rb"\b[rs]k_live_[A-Za-z0-9]{20,}")),
    ("Google API key", re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("npm token", re.compile(rb"\bnpm_[A-Za-z0-9]{36}\b")),
    ("PyPI token", re.compile(rb"\bpypi-AgE[A-Za-z0-9_-]{50,}")),
    (
        _IN_URL,
        re.compile(rb"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"]{1,100}:[^\s:/@'\"{}$<>]{1,200}@[^\s/'\"]{1,200}"),
    ),
)
_NAME = re.compile(r"(?i)(?:^|_)(?:secret|password|passwd|token|api_?key|private_?key|access_?key)(?:_|$)")
ASSIGNED = re.compile(
    r"(?i)((?:secret|password|passwd|token|api_?key|private_?key|access_?key)(?:s|_[a-z0-9_]{0,60})?(?:=(?!=)|:(?!:))\s?)"
    r"(?!\s*\$)(?:'[^']{1,4096}'|\"[^\"]{1,4096}\"|[^\s'\"]+)"
)
"""A name that speaks of a secret, and the value that it gets; what expands a variable has no value here."""

# What every match holds, kind by kind: finding it takes a tenth of what a pattern takes that may begin at any word.
_LITERALS: tuple[tuple[bytes, ...], ...] = (
    (b"PRIVATE KEY",), (b"AKIA", b"ASIA"), (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"), (b"glpat-",),
    (b"xox",), (b"k_live_",), (b"AIza",), (b"npm_",), (b"pypi-AgE",), (b"://",),
)  # fmt: skip
# The same without a scheme, which is what would be tried at every word.
_LOGIN_IN_URL = re.compile(rb"://[^\s:/@'\"]{1,100}:[^\s:/@'\"{}$<>]{1,200}@[^\s/'\"]")

_HIDDEN = "***"


def tokens_in(data: bytes) -> Iterator[str]:
    """The kinds of tokens that stand in some text."""
    for (kind, pattern), literals in zip(TOKENS, _LITERALS, strict=True):
        likely = any(literal in data for literal in literals) and (kind != _IN_URL or _LOGIN_IN_URL.search(data))
        if likely and pattern.search(data):
            yield kind


def secret_name(name: str) -> bool:
    """Whether a variable is named like a secret."""
    return _NAME.search(name) is not None


def redacted(text: str) -> str:
    """A text with every value that looks like a secret taken out."""
    raw = text.encode("utf-8", "surrogateescape")
    for _, pattern in TOKENS:
        raw = pattern.sub(_HIDDEN.encode(), raw)
    return ASSIGNED.sub(rf"\g<1>{_HIDDEN}", raw.decode("utf-8", "surrogateescape"))


def plain_instruction(created_by: str) -> str:
    """A history line without what builders put around it: ``RUN make`` of ``RUN /bin/sh -c make # buildkit``.

    Values that look like secrets are taken out.
    """
    text = redacted(" ".join(created_by.split()))
    text = text.removesuffix("# buildkit").rstrip()
    if text.startswith("|"):  # |2 A=1 B=2 /bin/sh -c make: the build arguments of the classic builder
        text = text[text.find("/bin/sh -c ") :] if "/bin/sh -c " in text else text
    if text.startswith("/bin/sh -c #(nop) "):
        return text.removeprefix("/bin/sh -c #(nop) ").strip()
    if text.startswith("RUN |") and "/bin/sh -c " in text:
        return "RUN " + text.partition("/bin/sh -c ")[2]
    return text.replace("RUN /bin/sh -c ", "RUN ", 1) if not text.startswith("/bin/sh -c ") else "RUN " + text[11:]
