"""Packages that came along: which of them a container without init and devices counts on; what speaks for packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship.evidence import Evidence
from lightship.multistage import needs_of
from lightship.multistage.asked import shipped_programs
from lightship.multistage.packages import runtime_packages
from lightship.multistage.recommended import recommended
from oci.archives import Member, file, symlink
from optimize.originals import evidence_of

PACKAGES = {
    "viewer": (
        "Depends: settings\nRecommends: located, va-driver-all | va-driver, fonts\n",
        {"usr/bin/viewer": "\x7fELF", "usr/share/viewer/icons": "i"},
    ),
    "settings": ("Depends: systemd\n", {"usr/share/settings/a": "a"}),
    "systemd": ("", {"usr/bin/systemctl": "\x7fELF", "lib/systemd/systemd": "\x7fELF"}),
    "located": (
        "Recommends: deeper\n",
        {
            "usr/libexec/located": "\x7fELF",
            "lib/systemd/system/located.service": "[Service]\nExecStart=/usr/libexec/located\n",
        },
    ),
    "deeper": ("", {"usr/share/deeper/a": "a"}),
    "va-driver-all": ("Depends: i965-va-driver\n", {}),
    "i965-va-driver": ("Provides: va-driver\n", {"usr/lib/x86_64-linux-gnu/dri/i965_drv_video.so": "\x7fELF"}),
    "fonts": ("", {"usr/share/fonts/a.ttf": "a"}),
}
DOCKERFILE = 'FROM x\nRUN apt-get install -y viewer && make\nCOPY . /app\nCMD ["viewer", "/app/main.py"]\n'


def made(*more: Member) -> list[Member]:
    status, found = "", []
    for name, (fields, files) in PACKAGES.items():
        status += f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n{fields}\n"
        paths = sorted({f"/{path}" for path in files} | {"/."})
        found.append(file(f"var/lib/dpkg/info/{name}.list", "\n".join(paths).encode() + b"\n"))
        found += [file(path, text.encode(), 0o755 if "bin" in path else 0o644) for path, text in files.items()]
    marks = "\n".join(
        f"Package: {name}\nArchitecture: amd64\nAuto-Installed: 1\n" for name in PACKAGES if name != "viewer"
    )
    records = [file("var/lib/dpkg/status", status.encode()), file("var/lib/apt/extended_states", marks.encode())]
    return [*records, *found, *more]


def evidence(folder: Path, source: str = "", text: str = DOCKERFILE, *more: Member) -> Evidence:
    return evidence_of(folder, text, {"main.py": source}, {"apt-get": made(*more)})


def test_services_and_drivers_are_not_counted_on(tmp_path: Path) -> None:
    assert recommended(evidence(tmp_path), ["viewer"], (), ()) == {"fonts"}


@pytest.mark.parametrize("source", ["run(['ffmpeg', '-hwaccel', 'auto'])", "DEVICE = '/dev/dri/renderD128'"])
def test_drivers_come_along_where_a_device_is_named(tmp_path: Path, source: str) -> None:
    assert recommended(evidence(tmp_path, source), ["viewer"], (), ()) == {"fonts", "va-driver-all"}


def test_services_come_along_where_init_runs(tmp_path: Path) -> None:
    text = DOCKERFILE.replace('["viewer", "/app/main.py"]', '["/sbin/init"]')
    found = evidence(tmp_path, text=text)
    assert recommended(found, ["viewer"], (), ()) == {"fonts", "located"}
    assert "usr/bin/systemctl" in shipped_programs(found)


def test_a_dependency_alone_brings_no_init(tmp_path: Path) -> None:
    assert shipped_programs(evidence(tmp_path)) == ("usr/bin/viewer",)
    text = DOCKERFILE.replace("-y viewer", "-y viewer systemd")
    (tmp_path / "asked").mkdir()
    assert "usr/bin/systemctl" in shipped_programs(evidence(tmp_path / "asked", text=text))


def test_links_that_package_tools_made_do_not_speak_for_the_project(tmp_path: Path) -> None:
    links = [
        symlink("etc/systemd/system/multi-user.target.wants/located.service", "/lib/systemd/system/located.service"),
        symlink("etc/alternatives/locate", "/usr/libexec/located"),
        symlink("usr/local/bin/view", "/usr/bin/systemctl"),
    ]
    files = needs_of(evidence(tmp_path, "", DOCKERFILE, *links)).files
    assert "usr/libexec/located" not in files
    assert "lib/systemd/system/located.service" not in files
    assert "usr/bin/systemctl" in files, "a link of the project's own"


def test_on_a_base_what_is_recommended_is_named(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    packages = runtime_packages(found, needs_of(found), found.base_installed)
    assert [(one.name, one.reason) for one in packages.install if one.name == "fonts"] == [
        ("fonts", "recommended by what is installed, as in the original")
    ]
    assert not packages.recommends
    assert "located" not in {one.name for one in packages.install}


def test_on_a_base_what_login_has_a_line_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = "usr/share/pam-configs/line"
    monkeypatch.setitem(PACKAGES, "settings", ("", PACKAGES["settings"][1]))
    monkeypatch.setitem(PACKAGES, "libpam-line", ("Depends: settings\n", {profile: "Name: line\n"}))
    monkeypatch.setitem(PACKAGES, "libpam-more", ("Depends: systemd\n", {f"{profile}2": "Name: more\n"}))
    found = evidence(tmp_path)
    names = {one.name for one in runtime_packages(found, needs_of(found), found.base_installed).install}
    assert "libpam-line" in names
    assert "libpam-more" not in names, "it would bring what is left behind on purpose"
