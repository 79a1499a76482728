"""Source that writes files: no other user than root is offered then."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.closure.surroundings import surroundings
from lightship.elf import DirectoryTree
from lightship.probes.facts.writing import writes_files


def writes(folder: Path, name: str, text: str) -> bool:
    (folder / name).write_text(text)
    return writes_files(surroundings(DirectoryTree(folder), None), [name]) == f"/{name}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "with open(path, 'wb') as file: pass"),
        ("a.py", 'log = open("log.txt", mode="a")'),
        ("a.py", "image.save(target)"),
        ("a.py", "os.makedirs('uploads')"),
        ("a.py", "engine = create_engine('sqlite:///x')"),
        ("a.js", "const upload = multer({ storage })"),
        ("a.js", "fs.writeFileSync('x', data)"),
        ("a.ts", "createWriteStream(path)"),
        ("a.go", 'os.Create("x")'),
        ("a.sh", "echo hello > /app/x"),
        ("run", "#!/bin/sh\nmkdir -p /data\n"),
        ("a.php", "file_put_contents($a, $b);"),
    ],
)
def test_what_writes(tmp_path: Path, name: str, text: str) -> None:
    assert writes(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", "with open(path) as file: file.read()"),
        ("a.py", "with open(path, 'rb') as file: file.read()"),
        ("a.js", "fs.readFileSync('x'); res.send('ok')"),
        ("a.go", 'os.Open("x")'),
        ("a.sh", 'exec "$@" 2>&1'),
        ("a.sh", "which git > /dev/null"),
    ],
)
def test_what_only_reads(tmp_path: Path, name: str, text: str) -> None:
    assert not writes(tmp_path, name, text)
