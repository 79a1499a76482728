"""Whether the program's own source writes files: then a user without rights may fail where nobody looked.

Searched, not parsed, and rather too much than too little: what is found only keeps a USER from being offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lightship.closure.mentions import language_of
from lightship.closure.surroundings import Surroundings
from lightship.probes.facts.programs import TEXT_LIMIT

_ANY = rb"sqlite|\.db[\"'`]|uploads?\b"
_PYTHON = re.compile(
    rb"open\([^)\n]*[\"'][rb]?[wax][bt+]*[\"']|\.(?:save|write_text|write_bytes|mkdir|touch|to_csv|to_excel|dump)\("
    rb"|\b(?:makedirs|mkdir|copyfile|copy2?|move|rename|unlink|rmtree|FileHandler|shelve\.open)\(|" + _ANY
)
_NODE = re.compile(
    rb"\b(?:writeFile|appendFile|createWriteStream|mkdir|copyFile|rename|unlink|rm|outputFile|ensureDir|mkdtemp)"
    rb"(?:Sync)?\(|\bmulter\b|\bdest(?:ination)?\s*:|lowdb|" + _ANY
)
_GO = re.compile(rb"\bos\.(?:Create|WriteFile|Mkdir|MkdirAll|OpenFile|Rename|Remove)\w*\(|ioutil\.WriteFile|" + _ANY)
_SHELL = re.compile(
    rb"(?<![<>&\d])>{1,2}\s*(?!/dev/|&)[\"'$\w./]|\b(?:mkdir|touch|tee|cp|mv|rm|chown|chmod|ln|sed -i)\s"
)
_OTHERS = re.compile(rb"\b(?:fopen|file_put_contents|File\.(?:open|write)|move_uploaded_file|mkdir)\b|" + _ANY)
_PATTERNS = {"python": _PYTHON, "node": _NODE, "go": _GO, "shell": _SHELL}


def writes_files(around: Surroundings, own: Iterable[str]) -> str:
    """The first of the program's own texts that says it writes files, with a leading slash; "" when none does."""
    for path in own:
        source = around.tree.read(path, TEXT_LIMIT)
        language = language_of(path) or ("shell" if b"sh" in source[:40].split(b"\n", 1)[0] else "python")
        if _PATTERNS.get(language, _OTHERS).search(source):
            return f"/{path}"
    return ""
