"""How a path is shown to a person, and what may have been meant by one that is not there."""

from __future__ import annotations

import difflib
from pathlib import Path

NOT_SCANNED = ("_", "test_", "conftest", "setup.")
"""How the name of a Python file begins that a scan for graders passes over."""

_ALIKE = 0.75  # ratio of two stems from which one may be a misspelling of the other


def display_path(file: str | Path) -> str:
    """The path as a person would write it here: relative when it lies below the current folder."""
    try:
        return str(Path(file).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(file)


def neighbour(file: Path) -> str:
    """What follows `no such file`: `". Did you mean 'answers.csv'?"`, that the folder is missing, or nothing.

    Names are compared without their endings, which would make any two `.jsonl` files look alike.
    """
    if not file.parent.is_dir():
        return f"; the folder {display_path(file.parent)} does not exist"
    near = [
        (_ratio(file.stem, other.stem), _ratio(file.name, other.name), other.name)
        for other in file.parent.iterdir()
    ]
    alike, _, name = max(near, default=(0.0, 0.0, ""))
    return f". Did you mean '{name}'?" if alike >= _ALIKE else ""


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
