"""The libraries of interpreters other than Python and Node: whole directories that no file of a program names."""

from __future__ import annotations

import re

from lightship.closure.patterns import matching_directories
from lightship.closure.surroundings import Surroundings

# By the interpreter's name without its version: directories below its prefix (for /usr/bin/perl, /usr).
_BELOW_PREFIX = {
    "perl": (
        "lib/*/perl-base", "lib/*/perl", "lib/*/perl5", "lib/perl", "lib/perl5", "lib64/perl5", "share/perl",
        "share/perl5", "local/lib/*/perl", "local/share/perl", "local/lib/perl5",
    ),
    "ruby": (
        "lib/ruby", "lib/*/ruby", "lib64/ruby", "lib64/gems", "share/ruby", "share/gems", "local/bundle",
        "share/rubygems-integration", "local/lib/ruby", "bundle",
    ),
    "php": ("lib/php", "lib/*/php", "lib64/php", "share/php", "etc/php", "local/lib/php"),
    "lua": ("share/lua", "lib/lua", "lib/*/lua"),
    "tclsh": ("lib/tcl*", "lib/*/tcl*", "share/tcltk"),
    "R": ("lib/R", "lib64/R", "share/R", "local/lib/R"),
    "Rscript": ("lib/R", "lib64/R", "share/R", "local/lib/R"),
    "erl": ("lib/erlang", "lib64/erlang"),
    "elixir": ("lib/erlang", "lib64/erlang", "lib/elixir"),
    "guile": ("share/guile", "lib/*/guile", "lib/guile"),
}  # fmt: skip
# Elsewhere, whatever the prefix.
_ELSEWHERE = {
    "perl": ("etc/perl",),
    "ruby": ("var/lib/gems",),
    "php": ("etc/php", "etc/php*"),
    "R": ("etc/R",),
    "Rscript": ("etc/R",),
}
_VARIABLES = {
    "perl": ("PERL5LIB",),
    "ruby": ("GEM_HOME", "GEM_PATH", "BUNDLE_PATH", "RUBYLIB"),
    "php": ("PHP_INI_DIR", "PHP_INI_SCAN_DIR"),
    "java": ("JAVA_HOME",),
    "dotnet": ("DOTNET_ROOT",),
}
_VERSION = re.compile(r"[-\d.]+$")


def runtime_trees(around: Surroundings, program: str) -> tuple[str, ...]:
    """The directories that the interpreter at a real path finds its own library in; none for other programs."""
    name = _VERSION.sub("", program.rpartition("/")[2])
    prefix = program.rpartition("/")[0].rpartition("/")[0]
    patterns = [f"{prefix}/{part}".lstrip("/") for part in _BELOW_PREFIX.get(name, ())]
    patterns += _ELSEWHERE.get(name, ())
    for variable in _VARIABLES.get(name, ()):
        patterns += [around.at(part) for part in around.variables.get(variable, "").split(":") if part]
    if name == "java" and around.paths.is_file(f"{prefix}/lib/modules"):
        patterns.append(prefix)
    if name == "java" and prefix.endswith("/jre"):
        patterns.append(prefix)
    if name == "dotnet":
        patterns.append(program.rpartition("/")[0])
    found = (real for pattern in patterns for real in matching_directories(around, pattern))
    return tuple(dict.fromkeys(found))
