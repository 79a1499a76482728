"""Names in source code, language by language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightship.closure.mentions import dlopen_names, language_of, mentions, starts_programs, starts_what_it_is_given


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("python", "subprocess.run(['git', 'log'])", "program git"),
        ("python", "import subprocess\nPopen(\n    ('ffmpeg', '-i'))", "program ffmpeg"),
        ("python", "subprocess.check_output('git log | head', shell=True)", "shell git log | head, program /bin/sh"),
        ("python", "os.system(f'convert x')", "shell convert x"),
        ("python", "os.execvp('nginx', args)  ", "program nginx"),
        ("python", "os.spawnlp(os.P_WAIT, 'cp', 'cp')", "program cp"),
        ("python", "import subprocess\ncmd = ['pg_dump', db]", "program pg_dump"),
        ("python", "import subprocess\nself._git(['git', 'describe'])", "program git"),
        ("python", "import subprocess\nreturn ['tar', '-x']", "program tar"),
        ("python", "import subprocess\nNAMES = set(['dir', 'write'])\nx = ['file', 'stat']", ""),
        ("python", "shutil.which('wkhtmltopdf')", "program wkhtmltopdf"),
        ("python", "ctypes.CDLL('libsodium.so.23')", "library libsodium.so.23"),
        ("python", "ctypes.util.find_library('magic')", "find-library magic"),
        ("python", "ffi.dlopen('sodium')", "library sodium"),
        ("python", "ctypes\nfor n in ('libvips.so.42', 'libvips.dylib'): pass", "library libvips.so.42"),
        ("python", "for n in ('magic', 'libx'):\n  ctypes.CDLL(find_library(n))", "find-library magic, find-library x"),
        ("python", "print('git')", ""),
        ("node", "require('child_process').spawn('git', ['log'])", "program git"),
        ("node", "import {execSync} from 'child_process'; execSync(`ls -l`)", "shell ls -l"),
        ("node", "exec('ls')", ""),
        ("go", 'import "os/exec"\nexec.Command("git", "log")', "program git"),
        ("go", 'import "os/exec"\nexec.CommandContext(ctx, "tar")', "program tar"),
        ("ruby", "system 'identify', path", "shell identify"),
        ("ruby", "out = `convert a b`", "shell convert a b"),
        ("php", "shell_exec('pdftotext x')", "shell pdftotext x"),
        ("perl", "system('gzip', $x);", "shell gzip"),
        ("cobol", "CALL 'SYSTEM'", ""),
    ],
)
def test_names(language: str, source: str, expected: str) -> None:
    found = ", ".join(f"{one.kind} {one.name}" for one in mentions(source.encode(), language))
    assert found == expected


@given(st.text(alphabet="subprocess.run('\"[(`git, ])\n=cmd", max_size=80))
def test_any_text_is_searched_without_failing(text: str) -> None:
    for language in ("python", "node", "ruby"):
        mentions(b"subprocess child_process system " + text.encode(), language)


def test_library_names_in_binaries() -> None:
    binary = b"\x7fELF\0dlopen\0libcuda.so.1\0/usr/lib/libx.so\0note: libno.so.1 in text\0lib%s.so\0libtail.so.2"
    assert dlopen_names(binary) == ("libcuda.so.1", "/usr/lib/libx.so")
    assert dlopen_names(binary.replace(b"dlopen", b"dlclose")) == ()


def test_languages_by_name() -> None:
    assert language_of("a/b.py") == "python"
    assert language_of("a/b.mjs") == "node"
    assert language_of("a/b.d.ts") == ""
    assert language_of("a.d/b") == ""
    assert language_of("b") == ""


@pytest.mark.parametrize(
    ("language", "helper", "caller", "program"),
    [
        ("go", 'import "os/exec"\nfunc run(name string) { exec.Command(name) }', 'run(w, "git", "ls-remote")', "git"),
        ("python", "import subprocess\ndef sh(words): subprocess.run(words)", 'sh(["git", "log"])', "git"),
        ("python", "import subprocess\ndef sh(text): subprocess.run(text, shell=True)", 'sh("git log")', "git log"),
        (
            "node",
            "const {spawn} = require('child_process')\nfunction sh(a, b) { spawn(a, b) }",
            "sh('git', ['log'])",
            "git",
        ),
    ],
)
def test_a_name_that_is_handed_to_a_function_of_ones_own(language: str, helper: str, caller: str, program: str) -> None:
    assert starts_what_it_is_given(helper.encode(), language)
    assert program not in [one.name for one in mentions(caller.encode(), language)]
    (found,) = [one for one in mentions(caller.encode(), language, wrapped=True) if one.name == program]
    assert not found.direct


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("node", "const {exec} = require('child_process'); const command = `convert -density 300 ${a}`; exec(command)"),
        ("node", "const {exec} = require('child_process'); let text = 'convert ' + a; exec(text)"),
        ("node", "const {spawn} = require('child_process'); const tool = env.TOOL || 'convert'; spawn(tool, [])"),
        ("go", 'import "os/exec"\nconst tool = "convert"\nfunc f() { exec.Command(tool, "a") }'),
        ("python", "import os, subprocess\ntool = os.environ.get('TOOL', 'convert')\nsubprocess.run([tool, a])"),
        ("php", '$line = "convert $a $b"; exec($line);'),
    ],
)
def test_a_name_in_a_variable(language: str, text: str) -> None:
    wrapped = starts_what_it_is_given(text.encode(), language)
    names = {one.name.split()[0] for one in mentions(text.encode(), language, wrapped=wrapped)}
    assert "convert" in names


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("go", 'import "os/exec"\nfunc f() { exec.Command("git", "log") }'),
        ("python", "import subprocess\nsubprocess.run(['git', 'log'])"),
        ("python", "def run(name): return name\nrun(name)"),
    ],
)
def test_starting_a_program_by_its_name_hands_nothing_over(language: str, text: str) -> None:
    assert not starts_what_it_is_given(text.encode(), language)


@pytest.mark.parametrize(
    ("language", "text", "program"),
    [
        ("node", "const {exec} = require('child_process'); exec(`cd ${d} && git pull | tee log`)", "tee"),
        ("node", "import { execSync as run } from 'node:child_process'; run('pdftotext a')", "pdftotext"),
        ("node", "const shell = require('shelljs'); shell.exec('tar czf x . && gzip -t x')", "gzip"),
        ("node", "import {$} from 'zx'; await $`ffmpeg -i ${a}`", "ffmpeg"),
        ("go", 'import "os/exec"\nexec.Command("bash", "-c", fmt.Sprintf("ffmpeg -i %s | gzip", x))', "gzip"),
        ("go", 'import "os/exec"\nconst bin = "/usr/bin/openssl"\nfunc f() { exec.Command(bin) }', "/usr/bin/openssl"),
        ("go", 'import "os"\nfunc f() { os.StartProcess("/usr/bin/git", a, b) }', "/usr/bin/git"),
        ("python", 'import subprocess\nTOOLS = {"pdf": "pdftotext"}\nsubprocess.run([TOOLS[x], p])', "pdftotext"),
        ("python", 'import subprocess\nsubprocess.run(["sh", "-c", f"cd {d} && tar cf - . | xz > x"])', "xz"),
        ("python", 'import subprocess\nsubprocess.run(["nice", "-n", "19", "ffmpeg", "-i"])', "ffmpeg"),
        ("python", 'import subprocess\nSSH = "/usr/bin/ssh"\nsubprocess.run([SSH, host])', "/usr/bin/ssh"),
        ("python", "import sh\nsh.git('pull')", "git"),
        ("python", "from plumbum.cmd import grep, apt_get", "apt-get"),
        ("python", "from invoke import run\nrun('sudo -u app pandoc x')", "pandoc"),
    ],
)
def test_ways_of_starting_a_program(language: str, text: str, program: str) -> None:
    assert starts_programs(text.encode(), language)
    words = {
        word
        for one in mentions(text.encode(), language, wrapped=True)
        for word in (one.name.split() if one.kind == "shell" else [one.name])
    }
    assert program in words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("const stream = require('stream')", "stream"),
        ("import x from 'patch'", "patch"),
        ("axios({ responseType: 'stream' })", "stream"),
        ("style({ display: 'none', 'display': 1 })", "display"),
        ("`import x from y`", "import"),
    ],
)
def test_words_that_call_nothing(text: str, word: str) -> None:
    source = f"const {{exec}} = require('child_process'); {text}"
    assert word not in {one.name for one in mentions(source.encode(), "node", wrapped=True)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (".command('help [cmd]', 'display help for [cmd]')", "display help for [cmd]"),
        ("throw fail('could not find the last one')", "could not find the last one"),
        ("option('find all files')", "find all files"),
        ("settings.get('passwd')", "passwd"),
    ],
)
def test_prose_of_a_library_is_no_command(text: str, name: str) -> None:
    source = f"const {{ spawn }} = require('child_process');\nfunction x(a) {{ spawn(a) }}\n{text}\n".encode()
    assert name not in {one.name for one in mentions(source, "node", wrapped=True, own=False)}


@pytest.mark.parametrize(
    "text", ["run('git pull')", "execute('convert in.png')", "tool('convert -size 3x3')", "pipe('cat here | sort')"]
)
def test_a_command_of_a_library_is_one(text: str) -> None:
    source = f"const {{ spawn }} = require('child_process');\nfunction x(a) {{ spawn(a) }}\n{text}\n".encode()
    assert text.split("'")[1] in {one.name for one in mentions(source, "node", wrapped=True, own=False)}
