"""What commands ask package managers to install, and how one installs."""

from __future__ import annotations

import pytest

from lightship.distros import asked_by, caches, install_command


@pytest.mark.parametrize(
    ("command", "manager", "names", "complete"),
    [
        ("apt-get install -y --no-install-recommends gcc libpq-dev", "dpkg", "gcc libpq-dev", True),
        ("apt-get -qq -o A::B=3 install -t x-backports curl=7.88 git/stable", "dpkg", "curl git", True),
        ("apt-get install g++ libstdc++6 libfoo+ libbar- zlib1g:amd64", "dpkg", "g++ libstdc++6 libfoo zlib1g", True),
        ("sudo -E DEBIAN_FRONTEND=noninteractive /usr/bin/apt install ./a.deb jq", "dpkg", "jq", False),
        ("apt-get install --yes -- make", "dpkg", "make", True),
        ("apk add --no-cache --virtual .build gcc musl-dev>=1.2 x-dev@edge", "apk", "gcc musl-dev x-dev", True),
        ("apk --no-cache -X https://x/y add bash", "apk", "bash", True),
        ("dnf -y install --setopt=install_weak_deps=False gcc-c++ @development", "rpm", "gcc-c++", False),
        ("microdnf install --nodocs tar", "rpm", "tar", True),
        ("yum install -y https://x/y.rpm git", "rpm", "git", False),
        ("zypper --non-interactive in vim", "rpm", "vim", True),
    ],
)  # fmt: skip
def test_install_commands(command: str, manager: str, names: str, complete: bool) -> None:
    found = asked_by(command.split())
    assert found is not None
    assert (found.manager, found.names, found.complete) == (manager, tuple(names.split()), complete)


@pytest.mark.parametrize(
    "command",
    ["apt-get update", "apt-get", "apk del gcc", "dnf clean all", "pip install x", "echo apt-get install x", ""],
)
def test_other_commands(command: str) -> None:
    assert asked_by(command.split()) is None


def test_words_that_are_not_known() -> None:
    found = asked_by(["apt-get", "install", None, "curl"])
    assert found is not None
    assert (found.names, found.complete) == (("curl",), False)
    assert asked_by([None, "install", "curl"]) is None


def test_virtual_packages_of_apk() -> None:
    assert (found := asked_by(["apk", "add", "-t", ".deps", "gcc"])) and found.virtual == ".deps"


def test_install_command_texts_are_read_back() -> None:
    for manager in ("dpkg", "apk", "rpm"):
        text = install_command(manager, ["zlib", "curl", "curl"]).replace("\\\n", " ")
        found = [one for part in text.split("&&") if (one := asked_by(part.split()))]
        assert [one.names for one in found] == [("curl", "zlib")]
        assert caches(manager)
    assert install_command("dpkg", []) == ""
    assert install_command("", ["curl"]) == ""
    assert caches("") == ()
