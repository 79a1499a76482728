"""The file systems of gcr.io/distroless: Debian packages laid out with no package manager and no shell.

The originals unpack ``.deb`` files side by side and keep each one's metadata under ``/var/lib/dpkg/status.d``, where
scanners look for it (https://github.com/GoogleContainerTools/distroless/blob/main/PACKAGE_METADATA.md). No maintainer
script runs, so that ``/lib`` is a real directory here, unlike on an installed Debian 12.
"""

import io
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from .host import Problem, run
from .places import CACHE

STATIC = ("base-files", "media-types", "netbase", "tzdata")
BASE = ("libc6", "libssl3")
CC = ("gcc-12-base", "libgcc-s1", "libgomp1", "libstdc++6")
PYTHON3 = (
    *("libbz2-1.0", "libcom-err2", "libcrypt1", "libdb5.3", "libexpat1", "libffi8", "libgssapi-krb5-2"),
    *("libk5crypto3", "libkeyutils1", "libkrb5-3", "libkrb5support0", "liblzma5", "libncursesw6", "libnsl2"),
    *("libpython3.11-minimal", "libpython3.11-stdlib", "libreadline8", "libsqlite3-0", "libtinfo6", "libtirpc3"),
    *("libuuid1", "python3-distutils", "python3.11-minimal", "zlib1g"),
)

PASSWD = """\
root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
"""
GROUP = "root:x:0:\nnobody:x:65534:\ntty:x:5:\nstaff:x:50:\nnonroot:x:65532:\n"
NSSWITCH = "hosts: files dns\n"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

UNWANTED = re.compile(
    r"\./(usr/share/(man|locale|lintian|bug|info|applications|pixmaps|menu)(/|$)"
    r"|usr/share/doc/[^/]+/(?!copyright$)|usr/bin/|usr/sbin/|bin/|sbin/|lib/systemd/|etc/(init|cron|default|logrotate)"
    r"|usr/share/base-files/|etc/(issue|motd|update-motd|skel|profile|dpkg)|boot|media|mnt|srv|opt)"
)
"""What the originals leave out. A program under a bin folder comes in only by `KEPT`."""

KEPT = re.compile(r"\./usr/bin/python3\.11$")


def make_layer(tarball: Path, packages: tuple[str, ...]) -> None:
    """Write one distroless layer: the files of *packages*, and the accounts when it is the lowest one."""
    folder = tarball.with_name(tarball.name + ".d")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Without the option apt warns that its own user cannot write into root's folder.
    run(
        ["apt-get", "-o", "APT::Sandbox::User=root", "-qq", "download", *packages],
        cwd=folder,
        log=CACHE / "logs" / "distroless.log",
    )
    part = tarball.with_name("part-" + tarball.name)
    with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as layer:
        seen: set[str] = set()
        if "base-files" in packages:
            _add_accounts(layer, seen)
        for package in sorted(folder.glob("*.deb")):
            _add_package(layer, package, seen)
        if "python3.11-minimal" in packages:
            for name in ("python", "python3"):
                _add_link(layer, f"usr/bin/{name}", "python3.11")
    part.replace(tarball)
    shutil.rmtree(folder)


def _add_accounts(layer: tarfile.TarFile, seen: set[str]) -> None:
    for name, mode, owner in (
        ("etc", 0o755, 0),
        ("etc/ssl", 0o755, 0),
        ("etc/ssl/certs", 0o755, 0),
        ("home", 0o755, 0),
        ("home/nonroot", 0o700, 65532),
        ("root", 0o700, 0),
        ("tmp", 0o1777, 0),
        ("var", 0o755, 0),
        ("var/lib", 0o755, 0),
        ("var/lib/dpkg", 0o755, 0),
        ("var/lib/dpkg/status.d", 0o755, 0),
        ("var/tmp", 0o1777, 0),
    ):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, mode, owner, owner
        layer.addfile(info)
        seen.add(name)
    for name, text in (("etc/passwd", PASSWD), ("etc/group", GROUP), ("etc/nsswitch.conf", NSSWITCH)):
        _add_file(layer, name, text.encode())
    if not CERTIFICATES.exists():
        raise Problem(f"{CERTIFICATES} is not there\nhelp: apt-get install ca-certificates")
    _add_file(layer, "etc/ssl/certs/ca-certificates.crt", CERTIFICATES.read_bytes())


def _add_package(layer: tarfile.TarFile, package: Path, seen: set[str]) -> None:
    """Copy a package's wanted files as they are, and its metadata into ``status.d``."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as files:
        for member in files:
            name = member.name.removeprefix("./").rstrip("/")
            if not name or name == "." or name in seen:
                continue
            path = "./" + name
            if UNWANTED.match(path + ("/" if member.isdir() else "")) and not KEPT.match(path):
                continue
            seen.add(name)
            member.name = name
            if member.islnk():
                member.linkname = member.linkname.removeprefix("./")
            layer.addfile(member, files.extractfile(member) if member.isfile() else None)
    name = run(["dpkg-deb", "--field", package, "Package"]).strip()
    control = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True).stdout
    _add_file(layer, f"var/lib/dpkg/status.d/{name}", control)
    sums = subprocess.run(["dpkg-deb", "--ctrl-tarfile", package], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(sums)) as controls:
        try:
            handle = controls.extractfile("./md5sums")
        except KeyError:
            return
        if handle is not None:
            _add_file(layer, f"var/lib/dpkg/status.d/{name}.md5sums", handle.read())


def _add_file(layer: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o644
    layer.addfile(info, io.BytesIO(data))


def _add_link(layer: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = tarfile.SYMTYPE, target, 0o777
    layer.addfile(info)
