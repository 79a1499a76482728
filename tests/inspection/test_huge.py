"""An image of many gigabytes: its bodies are holes, so that it takes no room, and looking inside takes no memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from oci.archives import config_of, digest

COUNT = 10_000
LOOK = """
import resource, sys
from lightship.cli import main
code = main(["inspect", sys.argv[1], "--no-cache", "--json"])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, file=sys.stderr)
sys.exit(code)
"""


def write(path: Path, body: int) -> None:
    """An OCI layout's plain layer and what leads to it: so many files of so many bytes each."""
    layout = path / "blobs/sha256"
    layout.mkdir(parents=True)
    with (layout / ("a" * 64)).open("wb") as layer:
        for number in range(COUNT):
            info = tarfile.TarInfo(f"srv/part{number // 100}/file{number}")
            info.size = body
            layer.write(info.tobuf(tarfile.USTAR_FORMAT))
            layer.seek(body, os.SEEK_CUR)
        layer.truncate(layer.tell() + 1024)
        size = layer.tell() + 1024
    config = config_of([]) | {"rootfs": {"type": "layers", "diff_ids": [f"sha256:{'a' * 64}"]}}

    def blob(value: object) -> dict[str, object]:
        raw = json.dumps(value).encode()
        (layout / digest(raw)[7:]).write_bytes(raw)
        return {"digest": digest(raw), "size": len(raw)}

    media = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "config": {"mediaType": f"{media}.config.v1+json", **blob(config)},
        "layers": [{"mediaType": f"{media}.layer.v1.tar", "digest": f"sha256:{'a' * 64}", "size": size}],
    }
    index = {"schemaVersion": 2, "manifests": [{"mediaType": f"{media}.manifest.v1+json", **blob(manifest)}]}
    (path / "index.json").write_text(json.dumps(index))
    (path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def look(path: Path) -> tuple[int, int]:
    """The files' bytes as they are told, and the peak memory in MiB."""
    done = subprocess.run([sys.executable, "-c", LOOK, path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["file_bytes"], int(done.stderr.split()[-1])


def test_memory_follows_the_files_and_not_their_bytes(tmp_path: Path) -> None:
    write(tmp_path / "small", 512)
    write(tmp_path / "large", 2 << 20)
    small, large = look(tmp_path / "small"), look(tmp_path / "large")
    assert (small[0], large[0]) == (COUNT * 512, COUNT * (2 << 20))  # 20 GB
    assert large[1] < small[1] + 8
