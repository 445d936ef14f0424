"""Which files hold graders: told by their place and a look at their text, without importing any.

A file counts when it lies in a folder named `graders` below pytest's root, when the ini option `rewardkit_graders` names it or a folder
above it, or when pytest was asked for it by name; and then only when its text imports rewardkit and declares something.
"""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

import pytest

from ..paths import NOT_SCANNED

INI = "rewardkit_graders"
FOLDER = "graders"

_IMPORTS = re.compile(r"^\s*(from|import)\s+rewardkit\b", re.MULTILINE)
_DECLARES = re.compile(
    r"^\s*@\s*(\w+\.)*(reward|partial_credit|rubric|case|order|probe)\b|\b(weighted|gated|penalised|\w+_grader)\s*\(",
    re.MULTILINE,
)
_USES = re.compile(r"^\s*use\s*=", re.MULTILINE)
_TESTS = re.compile(r"^\s*(async\s+)?def\s+test|^\s*class\s+Test", re.MULTILINE)
_OURS = Path(__file__).resolve().parents[1]
_NAMED = pytest.StashKey[frozenset[Path]]()


def holds_graders(path: Path, session: pytest.Session) -> bool:
    """Whether the file is to be collected as one of graders."""
    return (
        path.suffix in (".py", ".toml")
        and _is_in_place(path, session)
        and _declares_graders(path, _text(path))
    )


def defines_tests(path: Path, config: pytest.Config) -> bool:
    """Whether pytest itself may find tests in the file."""
    return _is_test_file(path, config) or _TESTS.search(_text(path)) is not None


def _is_in_place(path: Path, session: pytest.Session) -> bool:
    named = session.config.stash[_NAMED]
    if path in named:
        return True
    if path.name.startswith(NOT_SCANNED) or path.name.endswith("_test.py"):
        return False
    if session.isinitpath(path) and not _is_test_file(path, session.config):
        return True
    if named and not named.isdisjoint(path.parents):
        return True
    return FOLDER in path.parts and _is_in_folder(path, session.config.rootpath)


def _is_in_folder(path: Path, root: Path) -> bool:
    """Whether a folder above it is named `graders`, the root or one below it. Ours are tested by their own project."""
    folder = path.parent
    while folder.name != FOLDER:
        if folder in (root, folder.parent):
            return False
        folder = folder.parent
    return folder.is_relative_to(root) and not path.resolve().is_relative_to(_OURS)


def _is_test_file(path: Path, config: pytest.Config) -> bool:
    patterns: list[str] = config.getini("python_files")
    return any(path.match(pattern) for pattern in patterns)


def _declares_graders(path: Path, text: str) -> bool:
    if path.suffix == ".toml":
        return _USES.search(text) is not None
    return _IMPORTS.search(text) is not None and _DECLARES.search(text) is not None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # one that pytest may leave alone
        return ""


def find_named(config: pytest.Config) -> None:
    """Look up what the ini option names; UsageError for an entry that names nothing."""
    root = (config.inipath or config.rootpath / "pytest.ini").parent
    found: set[Path] = set()
    for pattern in config.getini(INI):
        paths = glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207  # it may be absolute, or begin with ..
        if not paths:
            raise pytest.UsageError(f"{INI} = {pattern}: there is no such file or folder in {root}")
        found.update(Path(os.path.normpath(root / path)) for path in paths)
    config.stash[_NAMED] = frozenset(found)
