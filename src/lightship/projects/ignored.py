"""The lines of a first ``.dockerignore``: what the build never needs, and what must not reach an image."""

from __future__ import annotations

from lightship.projects.files import Project

_ALWAYS = (
    "# Version control, and what describes the image",
    ".git",
    ".gitignore",
    ".gitattributes",
    ".github",
    ".dockerignore",
    "Dockerfile*",
    "compose*.yaml",
    "compose*.yml",
    "docker-compose*.yml",
    "",
    "# Secrets: give them to the container, never to the build",
    "**/.env",
    "**/.env.*",
    "**/.netrc",
    "**/id_rsa*",
    "**/id_ed25519*",
    "",
    "# What an editor or the system leaves",
    ".idea",
    ".vscode",
    "**/.DS_Store",
)
_BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "python": (
        "",
        "# Made by Python and its tools: this machine's, and made anew",
        "**/__pycache__",
        "**/*.py[co]",
        "**/.venv",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
        ".coverage",
        "htmlcov",
        "**/*.egg-info",
    ),
    "node": (
        "",
        "# Installed in the build: this machine's may be of another system",
        "**/node_modules",
        "npm-debug.log*",
        "yarn-error.log*",
        ".npm",
        "coverage",
        ".nyc_output",
    ),
    "go": ("", "# Results of tests and builds", "*.test", "coverage.out"),
}


def ignored(project: Project, language: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The lines. ``more`` are further patterns that the language's plan knows to be made anew by the build.

    Nothing of the source is left out: what a program reads when it runs is not known from its manifests.
    """
    lines = [*_ALWAYS, *_BY_LANGUAGE[language], *more]
    if language == "python":
        lines += [name for name in ("venv", "env", "virtualenv") if (project.folder / name / "pyvenv.cfg").exists()]
    return tuple(lines)
