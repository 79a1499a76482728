"""Python: pip, uv, Poetry, Pipenv, conda."""

from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.messages import said

# Parts of the standard library for people at a keyboard, with the programs that start them.
_FOR_DEVELOPERS = (
    ("ensurepip", ()),
    ("idlelib", ("idle", "idle3")),
    ("lib2to3", ("2to3",)),
    ("pydoc_data", ("pydoc", "pydoc3")),
    ("turtledemo", ()),
)

# Where the installers and images of conda and mamba put it.
_CONDAS = ("anaconda3", "conda", "mambaforge", "micromamba", "miniconda", "miniconda3", "miniforge3")

PYTHON = Ecosystem(
    name="python",
    manifests=("pyproject.toml", "requirements.txt", "setup.py", "Pipfile", "environment.yml"),
    caches=(
        "{home}/.cache/pip",
        "{home}/.cache/uv",
        "{home}/.cache/pypoetry/cache",
        "{home}/.cache/pypoetry/artifacts",
        "{home}/.cache/pipenv",
        # Environments have hard links to what lies there, or copies; symbolic links only when settings ask for them:
        # https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/custom-env-and-pkg-locations.html
        "{home}/.conda/pkgs",
        *(f"{place}/{name}/pkgs" for place in ("opt", "usr/local", "{home}") for name in _CONDAS),
    ),
    toolchains=(
        Toolchain(
            name="pip",
            trees=(
                "{site}/pip",
                "{site}/pip-*.dist-info",
                "{prefix}/bin/pip",
                "{prefix}/bin/pip3*",
                "usr/local/lib/python*/ensurepip/_bundled",
            ),
            programs=("pip", "pip3", "virtualenv", "pipx", "pipenv", "poetry"),
            # venv and ensurepip install pip from the bundled wheels.
            modules=("pip",),
            used_by=("ensurepip", "venv", "virtualenv"),
            packages=(("python", "pip"),),
            source="https://packaging.python.org/en/latest/guides/tool-recommendations/",
        ),
        Toolchain(
            name="uv",
            trees=(
                "{site}/uv",
                "{site}/uv-*.dist-info",
                "{prefix}/bin/uv",
                "{prefix}/bin/uvx",
                "{home}/.local/bin/uv",
                "{home}/.local/bin/uvx",
                "usr/local/bin/uv",
                "usr/local/bin/uvx",
                "usr/bin/uv",
                "usr/bin/uvx",
                "uv",
                "uvx",
            ),
            programs=("uv", "uvx"),
            modules=("uv",),
            packages=(("python", "uv"),),
            source="https://docs.astral.sh/uv/guides/integration/docker/",
        ),
        Toolchain(
            name=said("setuptools and wheel"),
            trees=(
                "{site}/setuptools",
                "{site}/setuptools-*.dist-info",
                "{site}/pkg_resources",
                "{site}/_distutils_hack",
                "{site}/distutils-precedence.pth",
                "{site}/wheel",
                "{site}/wheel-*.dist-info",
                "{prefix}/bin/wheel",
            ),
            programs=("wheel", "pip", "pip3", "easy_install"),
            # distutils is setuptools' own where both are there (distutils-precedence.pth).
            modules=("setuptools", "pkg_resources", "wheel", "_distutils_hack"),
            used_by=("distutils",),
            packages=(("python", "setuptools"), ("python", "wheel")),
            source="https://setuptools.pypa.io/en/latest/userguide/distribution.html",
        ),
        Toolchain(
            name=said("headers and static library of CPython"),
            trees=(
                "usr/local/include/python*",
                "usr/local/lib/python*/config-*",
                "usr/local/lib/pkgconfig/python*",
                "usr/local/bin/python*-config",
            ),
            programs=("gcc", "cc", "g++", "c++", "clang"),
            source="https://docs.python.org/3/using/unix.html#python-related-paths-and-files",
        ),
        *(
            Toolchain(
                name=said("{module} of the standard library", module=module),
                trees=(
                    f"usr/local/lib/python*/{module}",
                    *(f"usr/local/bin/{program}*" for program in programs),
                ),
                programs=programs,
                modules=(module,),
                used_by=("venv",) if module == "ensurepip" else (),
                only_pruned=True,
                source="https://docs.python.org/3/library/development.html",
            )
            for module, programs in _FOR_DEVELOPERS
        ),
    ),
)
