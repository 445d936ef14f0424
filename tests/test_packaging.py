"""The installed package: its parts, its weight at import, and which way its imports point."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
HEAVY = (
    "torch",
    "transformers",
    "trl",
    "peft",
    "datasets",
    "openai",
    "duckdb",
    "sqlglot",
    "numpy",
    "jinja2",
    "hypothesis",
    "starlette",
    "uvicorn",
)


def sources(folder: str) -> Iterator[Path]:
    """The project's own Python files below a folder, without following the two links."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if not any(part.is_symlink() for part in (path, *path.parents)):
            yield path


def imports_of(path: Path, package: str) -> Iterator[str]:
    """Absolute names of everything a file imports, at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*base, *([node.module] if node.module else [])])


def test_every_folder_of_code_is_a_listed_package() -> None:
    folders = {"rewardkit": "rewardkit", "graders": "rewardkit.graders", "trainer": "rewardkit.trainer"}
    found = {
        ".".join([name, *path.parent.relative_to(ROOT / folder).parts])
        for folder, name in folders.items()
        for path in sources(folder)
        if path.name == "__init__.py"
    }
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])


def test_the_links_for_type_checkers_point_at_the_folders() -> None:
    assert (ROOT / "rewardkit/graders").resolve() == ROOT / "graders"
    assert (ROOT / "rewardkit/trainer").resolve() == ROOT / "trainer"


@pytest.mark.parametrize(
    "code",
    [
        "import rewardkit",
        "import sys; sys.argv = ['rewardkit', '--help']; from rewardkit.cli import main; main()",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    probe = f"import atexit, sys; atexit.register(lambda: print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])); {code}"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("HEAVY []")


def test_each_public_name_is_loaded_from_the_module_that_type_checkers_are_told() -> None:
    import rewardkit

    (told,) = [
        node for node in ast.parse((ROOT / "rewardkit/__init__.py").read_text()).body if _is_for_types(node)
    ]
    imports = [node for node in told.body if isinstance(node, ast.ImportFrom)]
    assert {node.module: tuple(alias.name for alias in node.names) for node in imports} == rewardkit._HOMES
    assert sorted(name for names in rewardkit._HOMES.values() for name in names) == sorted(rewardkit.__all__)
    assert all(getattr(rewardkit, name) is not None for name in rewardkit.__all__)
    assert set(rewardkit.__all__) < set(dir(rewardkit))
    with pytest.raises(AttributeError, match="module 'rewardkit' has no attribute 'rewards_'"):
        rewardkit.rewards_  # noqa: B018


def _is_for_types(node: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_imports_point_inward() -> None:
    outward = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources("rewardkit")
        for name in imports_of(path, ".".join(path.relative_to(ROOT).parts[:-1]))
        if name.startswith(("rewardkit.graders", "rewardkit.trainer", "graders", "trainer"))
        and path.relative_to(ROOT).parts[1] != "cli"
    ]
    assert outward == []


def test_the_command_line_imports_graders_and_trainer_only_inside_a_verb() -> None:
    at_top = [
        f"{path.name}: {node.module}"
        for path in (ROOT / "rewardkit/cli").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[0] in ("graders", "trainer")
        and node.level == 2
    ]
    assert at_top == []


def test_bundled_graders_never_import_the_top_level_folder() -> None:
    wrong = [
        f"{path}: {name}"
        for folder in ("graders", "trainer")
        for path in sources(folder)
        for name in imports_of(path, "rewardkit." + ".".join(path.relative_to(ROOT).parts[:-1]))
        if name.split(".")[0] in ("graders", "trainer")
    ]
    assert wrong == []


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    names = {path.stem for folder in ("graders", "trainer") for path in (ROOT / folder).glob("*.py")}
    assert names & set(sys.stdlib_module_names) == set()


def test_versions_agree() -> None:
    import rewardkit

    assert rewardkit.__version__ == PROJECT["project"]["version"]
    assert f"version: {rewardkit.__version__}" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.slow
def test_a_wheel_holds_every_file_that_the_code_needs(tmp_path: Path) -> None:
    source = tmp_path / "source"  # a copy: the build leaves folders behind that a second wheel would take in
    for name in ("rewardkit", "graders", "trainer"):
        shutil.copytree(
            ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {str(path.relative_to(ROOT)) for path in sources("rewardkit")}
    expected |= {
        f"rewardkit/{path.relative_to(ROOT)}" for folder in ("graders", "trainer") for path in sources(folder)
    }
    data = {
        f"{'' if folder == 'rewardkit' else 'rewardkit/'}{path.relative_to(ROOT)}"
        for folder in ("rewardkit", "graders", "trainer")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and "__pycache__" not in path.parts
        and not any(part.is_symlink() for part in path.parents)
    }
    assert (expected | data) - held == set()
    assert not [name for name in held if name.split("/")[0] in ("graders", "trainer", "tests")]
