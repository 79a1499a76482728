"""Where the user's settings are: ``lightship.toml``, else ``[tool.lightship]`` in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

from lightship.errors import InputError
from lightship.verify.settings import Settings, parse_settings


def load_settings(folder: Path) -> Settings:
    """The settings of a build context; the defaults when it has none. Raises InputError and UsageError."""
    for name, table in (("lightship.toml", ()), ("pyproject.toml", ("tool", "lightship"))):
        path = folder / name
        try:
            return parse_settings(path.read_text(encoding="utf-8"), str(path), table=table)
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("the settings cannot be read", where=str(path), why=str(error)) from error
    return Settings()
