"""What benchmarks and examples take from the package is there, also where it is imported in a function that `make test` never calls."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # imports the trainer

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in ("benchmarks", "examples") for path in (ROOT / folder).rglob("*.py"))


def test_every_name_that_is_imported_from_the_package_is_in_it() -> None:
    pytest.importorskip("trl")
    wanted = {
        (imported.module, alias.name): f"{path.relative_to(ROOT)}:{imported.lineno}"
        for path in FILES
        for imported in ast.walk(ast.parse(path.read_text()))
        if isinstance(imported, ast.ImportFrom)
        and imported.module is not None
        and imported.module.partition(".")[0] == "rewardkit"
        for alias in imported.names
    }
    assert len(wanted) > 100
    missing = {
        place: f"{module}.{name}" for (module, name), place in wanted.items() if not _is_there(module, name)
    }
    assert missing == {}


def _is_there(module: str, name: str) -> bool:
    try:
        if hasattr(import_module(module), name):
            return True
        import_module(f"{module}.{name}")
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("rewardkit"):
            raise
        return False
    return True
