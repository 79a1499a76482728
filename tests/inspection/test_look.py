"""What is told about an image that has one of everything."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from inspection.images import full_archive
from lightship.cli import main
from lightship.dockerfile import parse
from lightship.inspection import Component, Inspection, Place, Secret, Waste, look_inside
from lightship.inspection.document import as_document, from_document
from lightship.inspection.lines import with_lines
from lightship.inspection.tokens import TOKENS, plain_instruction, tokens_in
from lightship.inspection.wanted import wanted
from lightship.oci import open_image
from lightship.semantic import stages

HIDDEN = "VALUE-THAT-NOBODY-MAY-SEE"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_archive(tmp_path_factory.mktemp("image") / "image.tar")


@pytest.fixture(scope="module")
def found(archive: Path) -> Inspection:
    with open_image(archive) as image:
        return look_inside(image, "image.tar", duplicates=True)


def test_layers_have_their_instruction_and_what_they_did(found: Inspection) -> None:
    assert [row.instruction for row in found.layers] == [
        "ADD file:1 in /",
        "RUN make install TOKEN=***",
        "RUN rm -r /root/.ssh",
    ]
    assert [(row.changed, row.removed) for row in found.layers][1:] == [(0, 0), (2, 2)]
    assert found.layers[0].added > 15


def test_waste_is_what_nobody_can_see_with_who_hides_it(found: Inspection) -> None:
    kept = {one.path: one for one in found.waste}
    assert kept["root/.ssh/id_rsa"] == Waste("removed", "root/.ssh/id_rsa", kept["root/.ssh/id_rsa"].size, 1, 2)
    assert kept["app/twice too"] == Waste("overwritten", "app/twice too", 5000, 1, 2)
    assert kept["usr/lib/libfoo.so.1"].layer == 0
    assert "app/linked" not in kept
    assert found.wasted == sum(one.size for one in found.waste) == sum(row.wasted for row in found.layers)
    assert found.efficiency == pytest.approx(1 - found.wasted / sum(row.file_bytes for row in found.layers))


def test_equal_files_are_found_only_when_asked(archive: Path, tmp_path: Path) -> None:
    from oci.archives import docker_archive, file, hardlink, tar

    layer = tar([file("a", b"x" * 9000), file("b", b"x" * 9000), hardlink("c", "a"), file("d", b"y" * 9000)])
    with open_image(docker_archive(tmp_path / "equal.tar", [layer])) as image:
        assert look_inside(image, "x").waste == ()
        assert look_inside(image, "x", duplicates=True).waste == (Waste("duplicate", "b", 9000, 0, 0, "a"),)


def test_every_byte_has_one_owner(found: Inspection) -> None:
    owners = {(one.kind, one.name): one for one in found.owners}
    assert owners["os", "libfoo1"].size == 5000 + len(b"/.\n/usr/lib/libfoo.so.1\n")  # and dpkg's list of it
    assert owners["os", "libfoo-dev"].build_only and not owners["os", "libfoo1"].build_only
    pip = owners["pip", "Foo"]
    assert (pip.version, pip.files) == ("2.0", 4)  # bytecode and metadata that RECORD does not list are its own
    assert owners["npm", "@a/b"].version == "5.0.1"
    assert owners["npm", "c"].size == 100
    assert owners["java", "org.x:app"].version == "3.1"
    assert owners["go", "example.org/app"].version == "v1.4.0"
    assert sum(one.size for one in found.owners) == found.file_bytes


def test_what_has_no_files_of_its_own_is_named(found: Inspection) -> None:
    assert set(found.components) == {
        Component("java", "org.y:log", "0.9", "app/app.jar"),
        Component("java", "inner", "1.0", "app/app.jar"),
        Component("go", "stdlib", "1.22.1", "app/serve"),
        Component("go", "example.org/dep", "v0.2.0", "app/serve"),
    }


def test_caches_are_named_with_their_kind(found: Inspection) -> None:
    assert found.caches == (
        Place("root/.cache/pip", 900, 1, "cache of a language's package manager"),
        Place("var/lib/apt/lists", 700, 1, "cache or log of dpkg"),
    )


def test_the_surface(found: Inspection) -> None:
    surface = found.surface
    assert surface.is_root
    assert surface.set_id == ("usr/bin/su",)
    assert surface.capabilities == ("usr/bin/ping",)
    assert surface.world_writable == ("srv",)  # /tmp is sticky
    assert (surface.shells, surface.compilers) == (("sh",), ("cc", "gcc"))
    assert surface.network_tools == ()  # curl is there, and nobody may execute it


def test_secrets_of_deleted_files_are_found_and_no_value_is_told(
    found: Inspection, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Secret("SSH private key", "root/.ssh/id_rsa", 1, deleted=True) in found.secrets
    assert Secret("variable named like a secret", "ENV API_TOKEN", -1, deleted=False) in found.secrets
    for options in ([], ["--json"]):
        assert main(["inspect", str(archive), "--no-cache", *options]) == 0
        printed = capsys.readouterr().out
        assert "id_rsa" in printed
        assert "removed" in printed
        assert HIDDEN not in printed


def test_checkpoints_of_volumes_and_of_apk(tmp_path: Path) -> None:
    from oci.archives import config_of, docker_archive, file, tar

    layers = [tar([file("a", b"a")])] * 3
    texts = ("apk add --no-cache a && apk del b", "apk add a", "apk --no-cache add a")
    history = [{"created_by": f"RUN /bin/sh -c {text} # buildkit"} for text in texts]
    config = config_of(layers, history=history) | {"config": {"Volumes": {"/proc/x": {}, "/device": {}}}}
    with open_image(docker_archive(tmp_path / "x.tar", layers, config=config), trusted=True) as image:
        found = {one.code: one for one in look_inside(image, "x").checkpoints}
    assert (found["DKL-DI-0002"].passed, found["DKL-DI-0002"].detail) == (False, "/proc/x")
    assert (found["DKL-DI-0004"].passed, found["DKL-DI-0004"].detail) == (False, "RUN apk add a")


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("usr/src/app/key.pem", "-----BEGIN PRIVATE KEY-----", "private key"),
        ("usr/src/app/.env.production", "DB_PASSWORD=x", "environment file"),
        ("usr/src/app/settings.py", "url = 'postgres://u:word@db/x'", "password in a URL"),
        ("usr/local/bin/entry.sh", "export K=AKIAABCDEFGHIJKLMNOP", "AWS access key"),
        ("usr/share/nginx/html/config.js", "k = 'AIza" + "a" * 35 + "'", "Google API key"),
        ("srv/deploy_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
        ("home/me/.azure/msal_token_cache.json", "{}", "credentials of Azure"),
        ("srv/gcp-service-account.json", '{"type": "service_account"}', "key of Google Cloud"),
        ("usr/share/doc/x/key.pem", "-----BEGIN PRIVATE KEY-----", ""),
        ("usr/src/linux-headers/certs/key.pem", "-----BEGIN PRIVATE KEY-----", ""),
        ("usr/local/lib/python3.11/token.py", "x = 'postgres://u:word@db/x'", ""),
        ("app/node_modules/a/x.js", "x = 'postgres://u:word@db/x'", ""),
        ("app/.env.example", "DB_PASSWORD=x", ""),
    ],
)
def test_where_secrets_are_looked_for(path: str, content: str, kind: str, tmp_path: Path) -> None:
    from inspection.images import packed_layout
    from oci.archives import docker_archive, file, tar

    layers = [tar([file(path, content.encode())])]
    # From a compressed layer what is looked at is kept in passing: it must be the same.
    for source in (docker_archive(tmp_path / "x.tar", layers), packed_layout(tmp_path / "layout", layers)):
        with open_image(source, trusted=True, wanted=wanted) as image:
            assert [one.kind for one in look_inside(image, "x").secrets] == [kind][: bool(kind)]
            assert all(plain is image.blob(index) for index, plain in image._plain.items()), "inflated twice"


def test_checkpoints(found: Inspection) -> None:
    failed = {one.code: one.detail for one in found.checkpoints if not one.passed}
    assert set(failed) == {"CIS-DI-0001", "CIS-DI-0006", "CIS-DI-0008", "CIS-DI-0010", "DKL-DI-0005", "DKL-LI-0001",
                           "DKL-LI-0002", "DKL-LI-0003"}  # fmt: skip
    assert failed["DKL-LI-0001"] == "admin"
    assert failed["CIS-DI-0008"] == "/usr/bin/su"
    assert failed["CIS-DI-0010"] == "ENV API_TOKEN and 2 more"
    assert failed["DKL-LI-0003"] == "/root/.cache/pip and 1 more"


def test_the_document_gives_the_value_back(found: Inspection) -> None:
    document = json.loads(json.dumps(as_document(found)))
    assert from_document(Inspection, document) == found
    document["size"] = "1"
    with pytest.raises(ValueError, match="'1'"):
        from_document(Inspection, document)


@pytest.mark.parametrize("width", [80, 200])
def test_nothing_is_wider_than_the_terminal(
    width: int, archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["inspect", str(archive), "--no-cache"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert max(map(len, lines[3:])) <= width  # the first lines hold the path that was given
    assert any("RUN make install" in line for line in lines)
    assert "equal files were not looked for (--duplicates)" in lines


def test_layers_get_the_lines_of_their_dockerfile(found: Inspection) -> None:
    text = "FROM base\nENV A=1\nRUN make install\n\nRUN rm -r /root/.ssh\n"
    assert [row.line for row in with_lines(found, stages(parse(text))).layers] == [0, 3, 5]
    other = "FROM base\nCOPY . .\nRUN rm -r /root/.ssh\n"
    assert [row.line for row in with_lines(found, stages(parse(other))).layers] == [0, 0, 0]


@pytest.mark.parametrize("at", range(len(TOKENS)), ids=[kind for kind, _ in TOKENS])
def test_every_kind_of_token_is_found_in_a_text(at: int) -> None:
    examples = (
        b"-----BEGIN " + b"OPENSSH PRIVATE KEY-----", b"AKIA" + b"Q" * 16, b"ghs_" + b"a" * 36, b"glpat-" + b"a" * 20,
        b"xoxb-" + b"1" * 10, b"rk_live_" + b"a" * 20, b"AIza" + b"a" * 35, b"npm_" + b"a" * 36,
        b"pypi-AgE" + b"a" * 50, b"postgres://user:word@" + b"host/name",
    )  # fmt: skip
    assert list(tokens_in(b"see https://example.org: '" + examples[at] + b"'\n")) == [TOKENS[at][0]]
    assert not list(tokens_in(b"see https://example.org: npm_config AKIA xoxo ghp_ -----BEGIN PRIVATE\n"))


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"),
        ("|1 A=b /bin/sh -c make", "RUN make"),
        ("/bin/sh -c #(nop) COPY dir:1 in /app ", "COPY dir:1 in /app"),
        ("/bin/sh -c make", "RUN make"),
        ("COPY . . # buildkit", "COPY . ."),
        ("RUN /bin/sh -c TOKEN=abc curl https://u:p@h/x # buildkit", "RUN TOKEN=*** curl ***/x"),
        ("RUN /bin/sh -c PASSWORD=$P ./run # buildkit", "RUN PASSWORD=$P ./run"),
        ("RUN /bin/sh -c pip install tokenizers==0.19 # buildkit", "RUN pip install tokenizers==0.19"),
        (
            "ENV DB_PASSWORD_FILE='a b' TOKENIZERS_PARALLELISM=false",
            "ENV DB_PASSWORD_FILE=*** TOKENIZERS_PARALLELISM=false",
        ),
    ],
)
def test_instructions_read_as_their_author_wrote_them(written: str, plain: str) -> None:
    assert plain_instruction(written) == plain


def test_what_is_no_image_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.tar").write_bytes(b"no tar" * 1000)
    assert main(["inspect", str(tmp_path / "none.tar")]) == 2
    assert "error: not a tar archive" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["a." * 120_000, "\n" * 250_000, "SECRET" * 40_000, "a-" * 120_000, "-----BEGIN " + "A " * 120_000,
             "token='" * 30_000, "x://" * 60_000, "x://a:" * 40_000], ids=range(8)
)  # fmt: skip
def test_hostile_texts_take_no_time(text: str, tmp_path: Path) -> None:
    from oci.archives import config_of, docker_archive, file, tar

    names = ("app/.env", "app/key.pem", "root/.npmrc", "root/.pypirc", "app/config.json", "app/settings.yml")
    layer = tar(file(name, text.encode()) for name in names)
    history = [{"created_by": f"RUN {text}"}]
    with open_image(docker_archive(tmp_path / "x.tar", [layer], config=config_of([layer], history=history))) as image:
        started = time.process_time()
        look_inside(image, "x")
        assert time.process_time() - started < 5
