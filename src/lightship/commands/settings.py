"""Where the user's settings are: ``lightship.toml``, else ``[tool.lightship]`` in pyproject.toml."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lightship.errors import InputError
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.inspection.budget import Budget
    from lightship.rules.settings import CheckSettings
    from lightship.verify.settings import Settings

_T = TypeVar("_T")
PLACES: tuple[tuple[str, tuple[str, ...]], ...] = (("lightship.toml", ()), ("pyproject.toml", ("tool", "lightship")))
"""File names, and the table in them that is lightship's."""


def load_settings(folder: Path, *, written_next: Path | None = None) -> Settings:
    """The settings of a build context; the defaults when it has none. Raises InputError and UsageError.

    A file of probes that they name may be missing when it is the one that is written next.
    """
    from lightship.verify.settings import Settings, parse_settings, with_probes

    for name, table in PLACES:
        text = _text(folder / name)
        if text is None:
            continue
        settings = parse_settings(text, str(folder / name), table=table)
        more = folder / settings.probes
        if not settings.probes or (written_next is not None and not more.exists() and _same(more, written_next)):
            return settings
        probes = _text(more)
        if probes is None:
            raise InputError(
                "the file of probes is not there",
                where=str(more),
                why=said("`probes` in {folder} names it", folder=folder / name),
                help=said("lightship verify IMAGE --record {more}", more=more),
            )
        return with_probes(settings, probes, str(more))
    return Settings()


@cache
def load_check_settings(folder: Path) -> CheckSettings:
    """``[check]`` of the nearest file with lightship's settings, from an absolute folder upwards.

    A folder with ``.git`` is the last that is looked at. Raises InputError and UsageError.
    """
    from lightship.rules.settings import CheckSettings, parse_check

    return _nearest(folder, parse_check) or CheckSettings()


def _same(one: Path, other: Path) -> bool:
    return one.absolute() == other.absolute()


def load_budget(folder: Path) -> Budget | None:
    """``[budget]`` of the nearest file that has one, from an absolute folder upwards; None when none has.

    A folder with ``.git`` is the last that is looked at. Raises InputError and UsageError.
    """
    from lightship.inspection.budget import parse_budget

    return _nearest(folder, parse_budget)


def _nearest(folder: Path, parse: Callable[..., _T | None]) -> _T | None:
    """What ``parse`` finds in the nearest file that has it, from a folder upwards to one with ``.git``."""
    for name, table in PLACES:
        text = _text(folder / name)
        found = parse(text, str(folder / name), table=table) if text is not None else None
        if found is not None:
            return found
    at_top = folder.parent == folder or (folder / ".git").exists()
    return None if at_top else _nearest(folder.parent, parse)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the settings cannot be read", where=str(path), why=str(error)) from error
