"""A small image with one of everything that inspection looks for."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

from oci.archives import (
    config_of,
    descriptor,
    directory,
    docker_archive,
    file,
    hardlink,
    oci_blobs,
    oci_layout,
    symlink,
    tar,
)

STATUS = b"""Package: libfoo1
Status: install ok installed
Version: 1.2-3
Architecture: amd64
Section: libs

Package: libfoo-dev
Status: install ok installed
Version: 1.2-3
Architecture: amd64
Section: libdevel
"""
KEY = b"-----BEGIN RSA PRIVATE KEY-----\nVALUE-THAT-NOBODY-MAY-SEE\n-----END RSA PRIVATE KEY-----\n"
HISTORY = (
    ("/bin/sh -c #(nop) ADD file:1 in / ", False),
    ("ENV API_TOKEN=VALUE-THAT-NOBODY-MAY-SEE", True),
    ("RUN /bin/sh -c make install TOKEN=VALUE-THAT-NOBODY-MAY-SEE # buildkit", False),
    ("RUN |1 VERSION=2 /bin/sh -c rm -r /root/.ssh # buildkit", False),
)


def jar() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/maven/org.x/app/pom.properties", "groupId=org.x\nartifactId=app\nversion=3.1\n")
        archive.writestr("META-INF/maven/org.y/log/pom.properties", "groupId=org.y\nartifactId=log\nversion=0.9\n")
        archive.writestr("BOOT-INF/lib/inner-1.0.jar", b"")
    return buffer.getvalue()


GO_MODULES = "mod\texample.org/app\tv1.4.0\th1:x=\ndep\texample.org/dep\tv0.2.0\th1:y=\n"


def go_program(modules: str = GO_MODULES) -> bytes:
    """An ELF file with one writable segment that starts with what the Go linker writes, padded to a program's size."""
    text = b"path\texample.org/app\n" + modules.encode()
    guarded = b"0" * 16 + text + b"1" * 16
    release = b"go1.22.1"
    data = b"\xff Go buildinf:\x08\x02".ljust(32, b"\0")
    data += bytes([len(release)]) + release + bytes([len(guarded) & 0x7F | 0x80, len(guarded) >> 7]) + guarded
    header = struct.pack("<4sBBB9xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 6, 128, 0, 0, len(data), len(data), 4096)
    return (header + segment).ljust(128, b"\0") + data + b"Go\0\0" + bytes(300 << 10)


def full_archive(path: Path) -> Path:
    """The image as a plain archive: a base, a layer that adds, a layer that removes and replaces."""
    site = "usr/local/lib/python3.11/site-packages"
    lowest = tar(
        [
            directory("tmp", 0o1777),
            directory("srv", 0o777),
            file("etc/passwd", b"root:x:0:0::/root:/bin/sh\nadmin:x:0:0::/home/admin:/bin/sh\n"),
            file("etc/shadow", b"root:*:1::::::\nadmin::1::::::\n"),
            file("bin/sh", b"#!", 0o755),
            file("usr/bin/gcc", b"x", 0o755),
            file("usr/bin/curl", b"x", 0o644),
            file("usr/bin/su", b"s" * 10, 0o4755),
            file("usr/bin/ping", b"p", 0o755, pax_headers={"SCHILY.xattr.security.capability": "\x01\x00"}),
            file("var/lib/dpkg/status", STATUS),
            file("var/lib/dpkg/info/libfoo1.list", b"/.\n/usr/lib/libfoo.so.1\n"),
            file("var/lib/dpkg/info/libfoo-dev.list", b"/.\n/usr/include/foo.h\n"),
            file("usr/lib/libfoo.so.1", b"l" * 5000),
            file("usr/include/foo.h", b"h" * 300),
            file("var/lib/apt/lists/x_Packages", b"c" * 700),
        ]
    )
    middle = tar(
        [
            file("root/.ssh/id_rsa", KEY, 0o600),
            file("root/.cache/pip/http/a", b"c" * 900),
            file(f"{site}/foo/__init__.py", b"i" * 400),
            file(f"{site}/foo/__pycache__/__init__.cpython-311.pyc", b"b" * 200),
            file(f"{site}/foo-2.0.dist-info/METADATA", b"Metadata-Version: 2.1\nName: Foo\nVersion: 2.0\n\nText\n"),
            file(f"{site}/foo-2.0.dist-info/RECORD", b"foo/__init__.py,,\nfoo-2.0.dist-info/RECORD,,\n"),
            file("app/node_modules/@a/b/package.json", b'{"name": "@a/b", "version": "5.0.1"}'),
            file("app/node_modules/@a/b/node_modules/c/index.js", b"n" * 100),
            file("app/app.jar", jar()),
            file("app/serve", go_program(), 0o755),
            file("app/twice", b"t" * 5000),
            file("app/twice too", b"t" * 5000),
            hardlink("app/linked", "app/twice"),
            symlink("usr/bin/cc", "gcc"),
        ]
    )
    highest = tar([file("root/.wh..ssh"), file("app/twice too", b"u" * 40), file("usr/lib/libfoo.so.1", b"l" * 5000)])
    layers = [lowest, middle, highest]
    history = [{"created_by": text, "empty_layer": empty} for text, empty in HISTORY]
    settings = {"Env": ["PATH=/usr/bin:/bin", "API_TOKEN=VALUE-THAT-NOBODY-MAY-SEE"], "Cmd": ["/app/serve"]}
    config = config_of(layers, history=history) | {"config": settings}
    return docker_archive(path, layers, config=config)


def packed_layout(path: Path, layers: list[bytes]) -> Path:
    """An OCI layout of gzip layers."""
    blobs, manifest = oci_blobs(layers)
    return oci_layout(path, blobs, [descriptor(manifest)])
