"""The small parts: users, seccomp, /proc tables, names of lines, remembered answers, our relay."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from lightship.engines import namespaces, remembered, seccomp
from lightship.engines.container import reason, signal_number
from lightship.engines.docker_like import tmpfs_option, visible_pid, written_paths
from lightship.engines.relay import relay
from lightship.engines.users import Identity, identify, inside
from lightship.errors import EngineError


@pytest.fixture
def rootfs(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\nbad\n")
    (tmp_path / "etc/group").write_text("root:x:0:\napp:x:1001:\nvideo:x:44:app,other\nweb:x:33:\n")
    return tmp_path


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("", Identity(0, 0, (), "/root")),
        ("app", Identity(1000, 1001, (44,), "/home/app")),
        ("1000", Identity(1000, 1001, (44,), "/home/app")),
        ("65532", Identity(65532, 0, (), "/")),
        ("65532:65533", Identity(65532, 65533, (), "/")),
        ("app:web", Identity(1000, 33, (), "/home/app")),
    ],
)
def test_users(rootfs: Path, user: str, expected: Identity) -> None:
    assert identify(rootfs, user) == expected


def test_users_that_are_not_there(rootfs: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="unable to find user nobody"):
        identify(rootfs, "nobody")
    with pytest.raises(EngineError, match="unable to find group nogroup"):
        identify(rootfs, "app:nogroup")
    assert identify(tmp_path / "empty", "7").uid == 7


def test_a_passwd_that_points_out_of_the_image_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").symlink_to("/etc/passwd")
    (tmp_path / "etc/group").symlink_to("../../../../etc/group")
    with pytest.raises(OSError, match="symbolic links"):
        inside(tmp_path, "etc/group")
    with pytest.raises(EngineError):
        identify(tmp_path, "daemon")


def test_links_inside_are_followed(rootfs: Path) -> None:
    (rootfs / "etc/passwd").rename(rootfs / "users")
    (rootfs / "etc/passwd").symlink_to("/users")
    assert identify(rootfs, "app").uid == 1000


def test_seccomp_rules_follow_capabilities() -> None:
    few, many = seccomp.profile([]), seccomp.profile(["CAP_SYS_ADMIN", "CAP_SYS_CHROOT"])
    if few is None or many is None:
        pytest.skip("no seccomp profile is installed")
    assert few["defaultAction"] == "SCMP_ACT_ERRNO"
    assert "chroot" not in _allowed(few)
    assert "chroot" in _allowed(many)
    assert "read" in _allowed(few)


def _allowed(profile: dict[str, list[dict[str, object]]]) -> set[object]:
    rules = [rule for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW"]
    return {name for rule in rules for name in rule["names"]}  # type: ignore[attr-defined]


def test_listening_ports_of_a_table() -> None:
    table = (
        "  sl  local_address rem_address   st\n"
        "   0: 0100007F:1F40 00000000:0000 0A 0\n"
        "   1: 0100007F:1F41 0100007F:1F40 01 0\n"
        "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0\n"
    )
    assert namespaces.ports_of(table) == {8000, 80}


def test_pids_of_other_machines_are_not_taken_for_ours() -> None:
    assert visible_pid(1, "0123456789abcdef") == 0
    assert visible_pid(0, "") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
            'process: exec: "/nope": stat /nope: no such file or directory: unknown.',
            'exec: "/nope": stat /nope: no such file or directory',
        ),
        (
            'time="x" level=error msg="runc run failed: unable to start container process: exec: \\"nope\\": '
            'executable file not found in $PATH"',
            'exec: "nope": executable file not found in $PATH',
        ),
    ],
)
def test_reasons(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_signals() -> None:
    assert [signal_number(name) for name in ("SIGTERM", "term", "9", "SIGRTMIN+3")] == [15, 15, 9, 37]
    with pytest.raises(EngineError):
        signal_number("SIGNOPE")


def test_written_paths_leave_out_what_engines_make() -> None:
    changes = [("C", "/etc"), ("A", "/etc/hosts"), ("C", "/srv"), ("A", "/srv/a"), ("D", "/gone"), ("A", "/empty")]
    assert written_paths(changes) == ("/empty", "/srv/a")


def test_tmpfs_options() -> None:
    assert tmpfs_option("/tmp") == "/tmp:mode=1777"
    assert tmpfs_option("/tmp:size=1m") == "/tmp:size=1m,mode=1777"
    assert tmpfs_option("/tmp:mode=0700") == "/tmp:mode=0700"


def test_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = remembered.key("question")
    assert remembered.recall(name) is None
    remembered.remember(name, "yes")
    assert remembered.recall(name) == "yes"
    assert remembered.recall(name, max_age=-1) is None
    remembered.remember(name, None)
    assert remembered.recall(name) is None
    (tmp_path / "lightship/engines.json").write_text("not json")
    assert remembered.recall(name) is None
    remembered.remember(name, "yes")
    assert remembered.recall(name) == "yes"


def test_our_relay_serves_and_dials(tmp_path: Path) -> None:
    program = relay()
    assert program
    (tmp_path / "relay").write_bytes(program)
    _try_relay(tmp_path / "relay")


def test_our_relay_is_what_its_source_says(tmp_path: Path) -> None:
    compiler = shutil.which("gcc")
    if not compiler:
        pytest.skip("no compiler")
    import lightship.engines

    source = Path(lightship.engines.__file__).with_name("relay.c")
    flags = [
        "-static",
        "-nostdlib",
        "-nostartfiles",
        "-Os",
        "-fno-pie",
        "-no-pie",
        "-fno-stack-protector",
        "-ffreestanding",
        "-s",
    ]
    subprocess.run([compiler, *flags, "-o", tmp_path / "relay", source], check=True)
    _try_relay(tmp_path / "relay")


def _try_relay(path: Path) -> None:
    path.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            link, _ = server.accept()
            with link:
                link.sendall(link.recv(100).upper())

        thread = threading.Thread(target=answer)
        thread.start()
        done = subprocess.run([path, "dial", str(port)], input=b"hello", capture_output=True, timeout=10, check=True)
        thread.join()
        assert done.stdout == b"HELLO"
        assert subprocess.run([path, "reach", "127.0.0.1", str(port)], timeout=10, check=False).returncode == 0
        listed = subprocess.run([path, "ports"], capture_output=True, timeout=10, check=True).stdout.decode()
        assert port in namespaces.ports_of(listed)
    assert subprocess.run([path, "reach", "127.0.0.1", str(port)], timeout=10, check=False).returncode == 1
    serving = subprocess.Popen([path, "serve", str(port)])
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as link:
                    assert link.recv(10) == b"ok\n"
                    return
            except ConnectionRefusedError:
                time.sleep(0.02)
        pytest.fail("it does not serve")
    finally:
        serving.kill()
        serving.wait()
