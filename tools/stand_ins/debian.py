"""The file system of ``debian:bookworm-slim``, by mmdebstrap, in the shape of the official image.

The official one is made by debuerreotype, whose settings for dpkg and apt are kept here because they decide how big
later layers get: without ``docker-clean`` every RUN that calls apt would leave 74 MB of its caches behind.
"""

import shlex
import shutil
from pathlib import Path

from .host import extra_certificates, run
from .places import CACHE

DPKG_SLIM = """\
# Documentation and translations stay out of a slim image; copyright notices must stay in.
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/groff/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/linda/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-include=/usr/share/locale/locale.alias
path-exclude=/usr/share/man/*
"""

SETTINGS = {
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
    "etc/apt/apt.conf.d/docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
    "etc/apt/apt.conf.d/docker-clean": (
        'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb'
        ' /var/cache/apt/*.bin || true"; };\n'
        'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb'
        ' /var/cache/apt/*.bin || true"; };\n'
        'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
    ),
    "etc/apt/apt.conf.d/docker-gzip-indexes": (
        'Acquire::GzipIndexes "true";\nAcquire::CompressionTypes::Order:: "gz";\n'
    ),
    "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
}

POLICY = "#!/bin/sh\n# No service can be started while an image is built.\nexit 101\n"

SOURCES = """\
Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""


def make_debian(tarball: Path, *, slim: bool) -> None:
    """Write Debian 12's smallest useful file system to *tarball*."""
    scratch = tarball.with_name(tarball.name + ".d")
    shutil.rmtree(scratch, ignore_errors=True)
    overlay = scratch / "overlay"
    for name, text in SETTINGS.items():
        _place(overlay / name, text)
    if slim:
        _place(overlay / "etc/dpkg/dpkg.cfg.d/docker", DPKG_SLIM)
    _place(overlay / "etc/apt/sources.list.d/debian.sources", debian_sources())
    _place(overlay / "usr/sbin/policy-rc.d", POLICY, mode=0o755)
    for certificate in extra_certificates():
        # The path that update-ca-certificates reads, so that installing ca-certificates later picks them up.
        _place(overlay / "usr/local/share/ca-certificates" / certificate.name, certificate.read_text())
    hooks = scratch / "customize.sh"
    _place(hooks, _CUSTOMIZE, mode=0o755)
    part = tarball.with_name("part-" + tarball.name)
    excludes = [f"--dpkgopt={line}" for line in DPKG_SLIM.split("\n") if slim and line.startswith("path-")]
    run(
        [
            "mmdebstrap",
            "--quiet",
            "--mode=root",
            "--skip=output/dev",
            "--variant=minbase",
            # Without these two, usrmerge and perl come in: 49 MB.
            "--include=usr-is-merged",
            "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
            *excludes,
            f'--customize-hook={shlex.quote(str(hooks))} {shlex.quote(str(overlay))} "$1"',
            "--format=tar",
            "bookworm",
            part,
            scratch_sources(scratch),
        ],
        log=CACHE / "logs" / "debian.log",
    )
    part.replace(tarball)
    shutil.rmtree(scratch)


_CUSTOMIZE = """\
#!/bin/sh
# mmdebstrap's customize hook: $1 is the overlay of settings, $2 the new root.
set -eu
cp -r "$1"/. "$2"/
rm -f "$2"/etc/dpkg/dpkg.cfg.d/99mmdebstrap "$2"/etc/apt/apt.conf.d/99mmdebstrap
# The one-line form that mmdebstrap wrote would name every archive twice.
rm -f "$2"/etc/apt/sources.list "$2"/etc/apt/sources.list.d/0000*
rm -f "$2"/var/cache/apt/*.bin "$2"/var/cache/debconf/*-old "$2"/var/lib/dpkg/*-old
rm -rf "$2"/var/log/*.log "$2"/var/log/apt/* "$2"/var/cache/ldconfig/aux-cache "$2"/etc/hostname "$2"/etc/resolv.conf
: > "$2"/etc/machine-id
"""


def debian_sources() -> str:
    """This machine's own deb822 sources of Debian, which may name a mirror near it; else the usual ones."""
    for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        text = path.read_text()
        if "bookworm" in text and "debian-archive-keyring" in text and "Suites: bookworm-updates" not in text:
            return "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    return SOURCES


def scratch_sources(scratch: Path) -> Path:
    """The same sources as a file that mmdebstrap reads, so that security updates are in from the start."""
    path = scratch / "debian.sources"
    _place(path, debian_sources())
    return path


def _place(path: Path, text: str, *, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
