"""Which installers stay behind, and whose directories they are looked for in."""

from __future__ import annotations

from pathlib import Path

from lightship import distros
from lightship.multistage.toolchains import Uses, idle_toolchains, site_directories
from lightship.oci import Rootfs, open_image
from oci.archives import directory, docker_archive, file, tar

OF_DEBIAN = "usr/lib/python3/dist-packages"
OF_PIP = "usr/local/lib/python3.11/site-packages"


def rootfs(tmp_path: Path) -> Rootfs:
    status = b"Package: python3-pkg-resources\nStatus: install ok installed\nVersion: 66\nArchitecture: all\n\n"
    listed = f"/usr/lib/python3\n/{OF_DEBIAN}\n/{OF_DEBIAN}/pkg_resources\n/{OF_DEBIAN}/pkg_resources/__init__.py\n"
    members = [
        file("var/lib/dpkg/status", status),
        file("var/lib/dpkg/info/python3-pkg-resources.list", listed.encode()),
        directory(OF_DEBIAN),
        file(f"{OF_DEBIAN}/pkg_resources/__init__.py"),
        directory(OF_PIP),
        file(f"{OF_PIP}/pkg_resources/__init__.py"),
    ]
    return open_image(docker_archive(tmp_path / "image.tar", [tar(members)])).rootfs()


def test_an_os_package_s_own_directory_is_not_an_installer_s(tmp_path: Path) -> None:
    files = rootfs(tmp_path)
    installed = distros.installed(files)
    assert site_directories(files, installed) == (OF_PIP,)
    trees = {tree for one in idle_toolchains(files, installed, Uses()) for tree in one.trees}
    assert f"{OF_PIP}/pkg_resources" in trees
    assert not any(tree.startswith(OF_DEBIAN) for tree in trees)


def test_an_imported_module_keeps_its_installer(tmp_path: Path) -> None:
    files = rootfs(tmp_path)
    uses = Uses(modules=frozenset({"pkg_resources"}))
    trees = {tree for one in idle_toolchains(files, distros.installed(files), uses) for tree in one.trees}
    assert f"{OF_PIP}/pkg_resources" not in trees
    assert f"{OF_PIP}/pip" in trees
