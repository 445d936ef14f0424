"""How a path is shown to a person."""

from __future__ import annotations

from pathlib import Path


def display_path(file: str | Path) -> str:
    """The path as a person would write it here: relative when it lies below the current folder."""
    try:
        return str(Path(file).resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(file)
