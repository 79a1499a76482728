"""What supervisors start: programs whose commands stand in files that no command line names."""

from __future__ import annotations

import re

from lightship.closure.patterns import matching_files
from lightship.closure.surroundings import Surroundings

# By program: the files that it reads without being told to.
_FILES = {
    "supervisord": ("etc/supervisord.conf", "etc/supervisor/supervisord.conf", "etc/supervisor/conf.d/*"),
    "cron": ("etc/crontab", "etc/cron.d/*", "var/spool/cron/crontabs/*"),
    "crond": (
        "etc/crontab",
        "etc/cron.d/*",
        "var/spool/cron/*",
        "var/spool/cron/crontabs/*",
        "etc/crontabs/*",
    ),
    "runsvdir": ("etc/service/*/run", "etc/sv/*/run", "var/service/*/run"),
    "runsvdir-start": ("etc/service/*/run",),
    "s6-svscan": ("etc/services.d/*/run", "etc/service/*/run", "run/service/*/run"),
    "init": (
        "etc/cont-init.d/*",
        "etc/services.d/*/run",
        "etc/s6-overlay/s6-rc.d/*/run",
        "etc/s6-overlay/s6-rc.d/*/up",
        "etc/s6-overlay/scripts/*",
    ),
    "apache2ctl": ("etc/apache2/envvars",),
    "run-parts": ("docker-entrypoint.d/*",),
}

# supervisord's "command=", circus's "cmd =", systemd's "ExecStart="; a Procfile's "web: ...".
_COMMAND = re.compile(r"^\s*(?:command|cmd|ExecStart(?:Pre|Post)?)\s*=\s*[-@+!:]*(.+?)\s*$", re.MULTILINE)
_PROCFILE = re.compile(r"^[A-Za-z0-9_-]+:\s+(.+)$", re.MULTILINE)
_INCLUDE = re.compile(r"^\s*files\s*=\s*(.+)$", re.MULTILINE)
_CRON = re.compile(r"^\s*(?:@\w+|[\d*/,-]+(?:\s+[\w*/,-]+){4})\s+(.+)$", re.MULTILINE)


def service_files(around: Surroundings, program: str) -> tuple[str, ...]:
    """The files that a supervisor of this name reads by default, those that are there."""
    patterns = _FILES.get(program.rpartition("/")[2], ())
    return tuple(path for pattern in patterns for path in matching_files(around, pattern))


def service_commands(text: str, path: str) -> tuple[str, ...]:
    """The command lines in a configuration file of a supervisor, a Procfile or a crontab."""
    name = path.rpartition("/")[2]
    if "Procfile" in name:
        return tuple(_PROCFILE.findall(text))
    if "cron" in path:
        return tuple(_CRON.findall(text))
    return tuple(_COMMAND.findall(text))


def included_files(around: Surroundings, text: str, path: str) -> tuple[str, ...]:
    """The files that the ``[include]`` section of a supervisord configuration adds."""
    if "[include]" not in text:
        return ()
    patterns = [word for line in _INCLUDE.findall(text) for word in line.split()]
    directory = path.rpartition("/")[0]
    full = [word.strip("/") if word.startswith("/") else f"{directory}/{word}" for word in patterns]
    return tuple(found for pattern in full for found in matching_files(around, pattern))
