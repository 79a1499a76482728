"""Python: pip, uv, Poetry, Pipenv, conda."""

from lightship.ecosystems.model import Ecosystem, Toolchain

PYTHON = Ecosystem(
    name="python",
    manifests=("pyproject.toml", "requirements.txt", "setup.py", "Pipfile", "environment.yml"),
    caches=(
        "{home}/.cache/pip",
        "{home}/.cache/uv",
        "{home}/.cache/pypoetry/cache",
        "{home}/.cache/pypoetry/artifacts",
        "{home}/.cache/pipenv",
        "opt/conda/pkgs",
    ),
    toolchains=(
        Toolchain(
            name="headers and static library of CPython",
            trees=(
                "usr/local/include/python*",
                "usr/local/lib/python*/config-*",
                "usr/local/lib/pkgconfig/python*",
                "usr/local/bin/python*-config",
            ),
            programs=("gcc", "cc", "g++", "c++", "clang"),
            source="https://docs.python.org/3/using/unix.html#python-related-paths-and-files",
        ),
    ),
)
