"""Logins of a registry that programs hand out: a real registry that asks for one, and a real program that has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lightship.cli import main
from lightship.engines.credential_helper import ask_credential_helper
from lightship.errors import InputError
from oci.archives import oci_blobs
from oci.test_registry import LAYERS, USER, push, running_registry

SECRET = "secret"
# What https://docs.docker.com/reference/cli/docker/login/#credential-helper-protocol asks of a program.
HELPER = f"""#!/bin/sh
read -r server
echo "$1 $server" >> "$0.asked"
case $server in
  127.0.0.1:*) printf '{{"ServerURL":"%s","Username":"someone","Secret":"{SECRET}"}}' "$server" ;;
  broken) echo "the keychain is locked"; exit 1 ;;
  odd) echo '{{"Secret": 1}}' ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac
"""


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    program = tmp_path / "bin/docker-credential-drawer"
    program.parent.mkdir()
    program.write_text(HELPER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "DOCKER_CONFIG").mkdir()
    return program


@pytest.mark.parametrize("key", ["credHelpers", "credsStore"])
def test_an_image_behind_a_login_that_a_program_has(
    key: str, tmp_path: Path, helper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # bcrypt of "secret", cost 4.
    (tmp_path / "htpasswd").write_text("someone:$2b$04$ubxlGOL4L2NhkvjaQ/l6H.gZDEPlz6BGg9TRx19XH5uZax1GMMlp2\n")
    blobs, manifest = oci_blobs(LAYERS)
    with running_registry(tmp_path, f"auth: {{htpasswd: {{realm: r, path: {tmp_path}/htpasswd}}}}\n") as host:
        push(host, "app", blobs, {"v1": manifest}, USER)
        config = tmp_path / "DOCKER_CONFIG/config.json"
        config.write_text(json.dumps({key: {host: "drawer"} if key == "credHelpers" else "drawer", "auths": {}}))
        assert main(["inspect", f"registry:{host}/app:v1", "--json"]) == 0
        printed = capsys.readouterr()
        assert len(json.loads(printed.out)["layers"]) == len(LAYERS)
        asked = helper.with_name(f"{helper.name}.asked").read_text()
        assert asked == f"get {host}\n"
        helper.unlink()
        assert main(["inspect", f"registry:{host}/app:v1", "--no-cache"]) == 2
        printed = capsys.readouterr()
        assert "error: docker-credential-drawer gives no login for" in printed.err
        assert "help: the name is from credHelpers or credsStore" in printed.err


def test_what_a_program_answers(helper: Path) -> None:
    assert ask_credential_helper("drawer", "127.0.0.1:5000") == ("someone", SECRET)
    assert ask_credential_helper("drawer", "elsewhere.example") is None
    for name, server, why in (
        ("drawer", "broken", "the keychain is locked"),
        ("drawer", "odd", "no Username and Secret"),
        ("none", "x", "no such program"),
        ("../bin/docker-credential-drawer", "x", "no such program"),
    ):
        with pytest.raises(InputError) as caught:
            ask_credential_helper(name, server)
        assert why in caught.value.why
