"""Where the data that travels with the package is: in a checkout beside it, in an installed wheel inside it."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def folder(name: str) -> Path:
    """The folder ``templates`` or ``exercises``."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def templates() -> Path:
    """What documents look like: a folder for each format, and one catalogue for each language."""
    return folder("templates")


def exercises() -> dict[str, Path]:
    """The shipped exercise files, by name."""
    return {path.stem: path for path in sorted(folder("exercises").glob("*.toml"))}


@cache
def package_folder(name: str) -> Path:
    """The folder of an installed package, without importing it: matplotlib takes half a second to import."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return Path(spec.submodule_search_locations[0])
