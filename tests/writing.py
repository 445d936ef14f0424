"""The type of the `write` fixture: write a file into the test's own folder, and give its path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

WriteFile = Callable[[str, str], Path]
