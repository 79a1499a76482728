from __future__ import annotations

import pytest

from lightship.errors import UsageError
from lightship.verify.settings import Settings, parse_settings

FULL = """\
[verify]
require = "L6"
timeout = 90
environment = { URL = "sqlite://", DB = "pg://{db.host}:{db.port}/${db.host}", JSON = "{}" }

[verify.services.db]
image = "postgres:16"
command = ["postgres", "-c", "fsync=off"]
port = 5432
env = { CACHE = "{cache.port}" }
ready = { command = ["pg_isready"] }

[verify.services.cache]
host_command = ["redis-server", "--port", "{port}"]
port = 6379
ready = { log = "Ready" }
timeout = 5

[[verify.allow]]
path = "app/docs/**"
changes = ["missing"]
reason = "read by people"

[[probe]]
http = "POST :8000/items"
headers = { Accept = "application/json" }
body = "{}"
status = 201
contains = "id"

[[probe]]
name = "self check"
command = ["python", "-m", "app"]
env = { MODE = "ci" }
exit = 0
output = "fine"
file = "/tmp/report"

[rules]
other = "a room of its own"
"""


def test_everything_is_read() -> None:
    settings = parse_settings(FULL, "lightship.toml")
    assert (settings.require, settings.timeout) == (6, 90.0)
    assert dict(settings.environment) == {
        "URL": "sqlite://",
        "DB": "pg://127.0.0.1:5432/${db.host}",
        "JSON": "{}",
    }
    db, cache = settings.services
    assert (db.name, db.image, db.command[0], db.env) == ("db", "postgres:16", "postgres", (("CACHE", "6379"),))
    assert (cache.host_command[2], cache.ready_log, cache.timeout) == ("{port}", "Ready", 5.0)
    (request,) = settings.requests
    assert (request.method, request.port, request.path, request.expect_status) == (
        "POST",
        8000,
        "/items",
        201,
    )
    (command,) = settings.commands
    assert (command.label, command.argv[0], command.expect_exit, command.file) == (
        "self check",
        "python",
        0,
        "/tmp/report",
    )
    (allowance,) = settings.allowed
    assert allowance.changes == ("missing",)
    assert "read by people" in allowance.why


def test_nothing_said_demands_nothing() -> None:
    assert parse_settings("", "lightship.toml") == Settings()


def test_a_table_of_pyproject() -> None:
    text = '[tool.lightship.verify]\nrequire = "L5"\n[[tool.lightship.probe]]\nhttp = ":80/"\n'
    settings = parse_settings(text, "pyproject.toml", table=("tool", "lightship"))
    assert (settings.require, settings.requests[0].port) == (5, 80)


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("[verify]\nrequir = 'L6'\n", "f.toml:2:1", "unknown key 'requir'"),
        ("[verify]\nrequire = 'L9'\n", "f.toml:2:1", "level"),
        ("[verify]\ntimeout = 0\n", "f.toml:2:1", "timeout"),
        ("[verify]\ntimeout = true\n", "f.toml:2:1", "timeout"),
        ("[verify]\nhardened = 'no'\n", "f.toml:2:1", "true or false"),
        ("verify = 3\n", "f.toml:1:1", "table"),
        ("[[probe]]\nhttp = 'GET 8000/'\n", "f.toml:2:1", "cannot read the request"),
        ("[[probe]]\nhttp = ':99999/'\n", "f.toml:2:1", "cannot read the request"),
        ("[[probe]]\nhttp = ':80/'\nstatus = 'ok'\n", "f.toml:3:1", "whole number"),
        ("[[probe]]\nhttp = ':80/'\nstatus = 20\n", "f.toml:3:1", "HTTP status"),
        ("[[probe]]\nhttp = ':80/'\nexpect = 1\n", "f.toml:3:1", "unknown key 'expect'"),
        ("[[probe]]\nname = 'x'\n", "f.toml:1:3", "needs `http` or `command`"),
        ("[[probe]]\ncommand = 'ls'\n", "f.toml:2:1", "array"),
        ("[[probe]]\ncommand = []\n", "f.toml:2:1", "non-empty"),
        ("[[probe]]\ncommand = ['x']\nenv = { A = 1 }\n", "f.toml:3:9", "string"),
        ("[[verify.allow]]\npath = 'x'\n", "f.toml:1:10", "reason"),
        ("[verify]\nservices = 1\n", "f.toml:2:1", "table"),
        ("[verify]\nenvironment = { A = '{db.host}' }\n", "f.toml:2:17", "A names a service that is not there: db"),
        ("[verify.services.db]\nport = 1\n", "f.toml:1:18", "either `image` or `host_command`"),
        ("[verify.services.db]\nimage = 'x'\n", "f.toml:1:18", "needs the port"),
        ("[verify.services.db]\nimage = 'x'\nport = 70000\n", "f.toml:1:18", "needs the port"),
        ("[verify.services.db]\nhost_command = ['x']\nport = 1\n", "f.toml:2:1", "on which port"),
        ("[verify.services.db]\nimage = 'x'\nport = 1\nwait = 1\n", "f.toml:4:1", "unknown key 'wait'"),
        (
            "[verify.services.a]\nimage = 'x'\nport = 1\n[verify.services.b]\nimage = 'y'\nport = 1\n",
            "f.toml:4:18",
            "two services want port 1",
        ),
        ("probe = 1\n", "f.toml:1:1", "array"),
        ("[verify\n", "f.toml", "not valid TOML"),
    ],
)
def test_bad_settings_are_one_clear_error(text: str, where: str, what: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_settings(text, "f.toml")
    assert caught.value.where == where
    assert what in caught.value.what
