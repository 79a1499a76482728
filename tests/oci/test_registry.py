"""Registries: a real one on this machine, and servers that misbehave."""

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from lightship.errors import InputError, UsageError
from lightship.oci import compressed_size, open_image, registry
from lightship.oci.registry_reference import Reference, parse_reference
from oci.archives import config_of, digest, file, gzipped, oci_blobs, tar

LAYERS = [tar([file("etc/a", b"one" * 1000)]), tar([file("etc/b", b"two" * 1000)])]
USER = {"authorization": "Basic " + base64.b64encode(b"someone:secret").decode()}


@pytest.fixture(autouse=True)
def no_logins_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))


@contextmanager
def running_registry(directory: Path, auth: str = "") -> Iterator[str]:
    """A docker-registry on a free port of the loopback device; gives host and port."""
    program = shutil.which("docker-registry")
    if program is None:
        if os.environ.get("LIGHTSHIP_REQUIRE_ENGINES") == "1":
            pytest.fail("docker-registry is required")
        pytest.skip("no docker-registry on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    config = f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {directory}/data}}}}\nhttp: {{addr: '{host}'}}\n"
    (directory / "config.yml").write_text(config + "log: {level: error}\n" + auth)
    # A variable REGISTRY_AUTH_FILE is a setting of this program too.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_")}
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", directory / "config.yml"], stdout=log, stderr=log, env=environment
        )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(host.partition(":")[2]))) == 0:
                    break
            assert process.poll() is None, (directory / "log").read_text()
            time.sleep(0.1)
        yield host
    finally:
        process.kill()
        process.wait()


def push(host: str, name: str, blobs: dict[str, bytes], manifests: dict[str, str], headers: Any = None) -> None:
    """Put blobs into a registry, and manifests (tag or digest -> digest of the document)."""
    pool = urllib3.PoolManager(headers=headers)
    documents = set(manifests.values())
    for key, content in blobs.items():
        if key not in documents:
            place = pool.request("POST", f"http://{host}/v2/{name}/blobs/uploads/").headers["Location"]
            answer = pool.request("PUT", f"{place}&digest={key}", body=content)
            assert answer.status == 201, answer.data
    for tag, key in manifests.items():
        kind = json.loads(blobs[key])["mediaType"]
        more = {**(headers or {}), "Content-Type": kind}
        answer = pool.request("PUT", f"http://{host}/v2/{name}/manifests/{tag}", body=blobs[key], headers=more)
        assert answer.status == 201, answer.data


def test_an_image_and_only_what_is_needed(tmp_path: Path) -> None:
    blobs, manifest = oci_blobs(LAYERS)
    with running_registry(tmp_path) as host:
        push(host, "team/app", blobs, {"v1": manifest})
        for name in (f"registry:{host}/team/app:v1", f"docker://{host}/team/app@{manifest}"):
            with open_image(name) as image:
                assert image.config.cmd == ("true",)
                assert image.manifest_digest == manifest
        assert not registry.cache_directory().exists()
        with open_image(f"registry:{host}/team/app:v1") as image:
            assert image.rootfs().read("etc/b") == b"two" * 1000
            assert compressed_size(image) == sum(len(gzipped(layer)) for layer in LAYERS)
        kept = {path.name for path in (registry.cache_directory() / "blobs").iterdir()}
        assert kept == {digest(gzipped(layer)).replace(":", "-") for layer in LAYERS}
        with pytest.raises(InputError, match="no such image"):
            open_image(f"registry:{host}/team/app:none")
    with pytest.raises(InputError, match="cannot be reached"):
        open_image(f"registry:{host}/team/app:v1")


def test_a_manifest_list(tmp_path: Path) -> None:
    amd, amd_manifest = oci_blobs(LAYERS)
    arm, arm_manifest = oci_blobs(LAYERS[:1], config=config_of(LAYERS[:1], architecture="arm64"))
    kind = "application/vnd.oci.image.manifest.v1+json"
    index = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [
                {"mediaType": kind, "digest": name, "size": len(blob), "platform": {"os": "linux", "architecture": of}}
                for name, blob, of in (
                    (arm_manifest, arm[arm_manifest], "arm64"),
                    (amd_manifest, amd[amd_manifest], "amd64"),
                )
            ],
        }
    ).encode()
    with running_registry(tmp_path) as host:
        names = {amd_manifest: amd_manifest, arm_manifest: arm_manifest, "latest": digest(index)}
        push(host, "app", {**amd, **arm, digest(index): index}, names)
        assert len(open_image(f"registry:{host}/app").layers) == 2
        assert len(open_image(f"registry:{host}/app", platform="linux/arm64").layers) == 1
        with pytest.raises(InputError, match="no image for linux/386"):
            open_image(f"registry:{host}/app", platform="linux/386")


def test_basic_logins(tmp_path: Path) -> None:
    # bcrypt of "secret", cost 4, which is all that this program accepts.
    (tmp_path / "htpasswd").write_text("someone:$2b$04$ubxlGOL4L2NhkvjaQ/l6H.gZDEPlz6BGg9TRx19XH5uZax1GMMlp2\n")
    blobs, manifest = oci_blobs(LAYERS)
    with running_registry(tmp_path, f"auth: {{htpasswd: {{realm: r, path: {tmp_path}/htpasswd}}}}\n") as host:
        push(host, "app", blobs, {"v1": manifest}, USER)
        name = f"registry:{host}/app:v1"
        with pytest.raises(InputError, match="denies access") as caught:
            open_image(name)
        assert f"docker login {host}" in caught.value.help
        auth = tmp_path / "auth.json"
        entry = {"auth": USER["authorization"].partition(" ")[2]}
        auth.write_text(json.dumps({"auths": {host: entry}}))
        assert len(open_image(name).layers) == 2
        auth.write_text(json.dumps({"auths": {f"{host}/app": entry, host: {"auth": "eA=="}}}))
        assert open_image(name).config.cmd == ("true",)
        auth.unlink()
        docker = tmp_path / "DOCKER_CONFIG"
        docker.mkdir()
        (docker / "config.json").write_text(json.dumps({"credsStore": "keychain", "auths": {host: {}}}))
        asked = []

        def helper(program: str, server: str) -> tuple[str, str] | None:
            asked.append((program, server))
            return ("someone", "secret") if server == host else None

        assert open_image(name, credential_helper=helper).config.cmd == ("true",)
        assert ("keychain", host) in asked
        (docker / "config.json").write_text(json.dumps({"credHelpers": {host: "one"}, "credsStore": "other"}))
        asked.clear()
        open_image(name, credential_helper=helper)
        assert asked == [("one", host)]
        (docker / "config.json").write_text(json.dumps({"auths": {host: {"auth": "bm9ib2R5Ondyb25n"}}}))
        with pytest.raises(InputError, match="denies access") as caught:
            open_image(name)
        assert "wrong" not in str(caught.value)
        (docker / "config.json").write_text(json.dumps({"auths": {host: {"auth": "%%%"}}}))
        with pytest.raises(InputError, match="login cannot be understood"):
            open_image(name)


Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], Answer]) -> Iterator[str]:
    """A server that gives what ``answer`` says; gives host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self)
            self.send_response(status)
            for key, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *arguments: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


def serve_image(blobs: dict[str, bytes], manifest: str, request: BaseHTTPRequestHandler) -> Answer:
    last = request.path.rpartition("/")[2]
    content = blobs.get(manifest if last == "latest" else last)
    return (404, {}, b"") if content is None else (200, {}, content)


def test_tokens(tmp_path: Path) -> None:
    blobs, manifest = oci_blobs(LAYERS)
    seen: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        if request.path.startswith("/token"):
            seen.append(f"{request.command} {request.headers.get('Authorization', 'anonymous')} {request.path}")
            return 200, {}, json.dumps({"token": "good"}).encode()
        if request.headers.get("Authorization") != "Bearer good":
            realm = f'Bearer realm="http://{request.headers["Host"]}/token",service="s",scope="repository:app:pull"'
            return 401, {"WWW-Authenticate": realm}, b"{}"
        return serve_image(blobs, manifest, request)

    with server(answer) as host:
        assert open_image(f"registry:{host}/app").rootfs().read("etc/a") == b"one" * 1000
        assert seen == ["GET anonymous /token?service=s&scope=repository%3Aapp%3Apull"]
        login = {"auths": {host: {"auth": base64.b64encode(b"someone:secret").decode()}}}
        (tmp_path / "auth.json").write_text(json.dumps(login))
        open_image(f"registry:{host}/app")
        assert seen[-1].startswith(f"GET {USER['authorization']} /token")
        (tmp_path / "auth.json").write_text(json.dumps({"auths": {host: {"identitytoken": "t"}}}))
        open_image(f"registry:{host}/app")
        assert seen[-1] == "POST anonymous /token"


def test_a_password_is_never_sent_where_it_does_not_belong(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        asked.append(request.path)
        return 401, {"WWW-Authenticate": 'Bearer realm="ftp://example.test/token"'}, b""

    with server(answer) as host, pytest.raises(InputError, match="denies access"):
        open_image(f"registry:{host}/app")
    blobs, manifest = oci_blobs(LAYERS)
    got: list[str | None] = []

    def storage(request: BaseHTTPRequestHandler) -> Answer:
        got.append(request.headers.get("Authorization"))
        return serve_image(blobs, manifest, request)

    with server(storage) as elsewhere:

        def redirect(request: BaseHTTPRequestHandler) -> Answer:
            if request.headers.get("Authorization") is None:
                return 401, {"WWW-Authenticate": "Basic realm=x"}, b""
            where = f"http://{elsewhere.replace('127.0.0.1', 'localhost')}{request.path}"
            return 307, {"Location": where}, b""

        with server(redirect) as host:
            login = {"auths": {host: {"auth": base64.b64encode(b"someone:secret").decode()}}}
            (tmp_path / "auth.json").write_text(json.dumps(login))
            open_image(f"registry:{host}/app").rootfs()
    assert got == [None] * 4


@pytest.mark.parametrize("harm", ["digest", "short", "long", "huge", "cut", "500", "html"])
def test_servers_that_misbehave(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.Retry.sleep", lambda *_: None)
    blobs, manifest = oci_blobs(LAYERS)
    packed = digest(gzipped(LAYERS[0]))

    def answer(request: BaseHTTPRequestHandler) -> Answer:
        is_layer = request.path.endswith(packed)
        content = blobs[packed]
        if harm == "500":
            return 500, {}, b""
        if harm == "html":
            return 200, {}, b"<html>log in to the hotel's network"
        if harm == "huge" and not is_layer:
            return 200, {}, b" " * (17 << 20)
        if not is_layer:
            return serve_image(blobs, manifest, request)
        if harm == "cut":
            return 200, {"Content-Length": str(len(content) + 10)}, content
        broken = {"digest": content[:-1] + b"x", "short": content[:-1], "long": content + b"x"}
        return 200, {}, broken.get(harm, content)

    with server(answer) as host, pytest.raises(InputError) as caught:
        open_image(f"registry:{host}/app").rootfs()
    assert caught.value.why
    blobs_kept = registry.cache_directory() / "blobs"
    assert not blobs_kept.exists() or not list(blobs_kept.glob(f"*{packed[7:]}*"))
    assert not blobs_kept.exists() or not list(blobs_kept.glob(".part-*"))


def test_the_cache_forgets_what_was_not_used_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    blobs, manifest = oci_blobs(LAYERS)
    monkeypatch.setattr(registry, "CACHE_LIMIT", 1)
    with server(lambda request: serve_image(blobs, manifest, request)) as host:
        image = open_image(f"registry:{host}/app")
        assert image.rootfs().read("etc/a") == b"one" * 1000
    assert len(list((registry.cache_directory() / "blobs").iterdir())) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python", Reference("docker.io", "library/python")),
        ("python:3.11", Reference("docker.io", "library/python", "3.11")),
        ("me/app", Reference("docker.io", "me/app")),
        ("docker.io/me/app:1", Reference("docker.io", "me/app", "1")),
        ("localhost/app", Reference("localhost", "app")),
        ("localhost:5000/a/b:c", Reference("localhost:5000", "a/b", "c")),
        ("gcr.io/distroless/cc-debian12", Reference("gcr.io", "distroless/cc-debian12")),
        ("[::1]:5000/app", Reference("[::1]:5000", "app")),
        (f"q.io/a@{digest(b'')}", Reference("q.io", "a", "latest", digest(b""))),
    ],
)
def test_references(text: str, expected: Reference) -> None:
    assert parse_reference(text) == expected


@pytest.mark.parametrize(
    "text", ["", "A", "a:", "a@", "a@sha256:1", "host.io/", "a b", "../a", "a.io/../b", "http://a/b", "x.io:/a"]
)
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(UsageError, match="not an image reference"):
        parse_reference(text)


def test_which_registries_are_on_this_machine() -> None:
    local = [
        parse_reference(f"{host}/a").is_local for host in ("localhost", "localhost:1", "127.0.0.1:5000", "[::1]:5")
    ]
    far = [parse_reference(f"{host}/a").is_local for host in ("127.evil.com", "localhost.evil.com", "10.0.0.1:5000")]
    assert all(local)
    assert not any(far)
