"""`rewardkit init`: a project to start from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ConfigError
from .common import Json, out, print_json

_SUFFIX = ".tmpl"  # Python files of a template bear it, so that no tool takes them for a part of this package


class Template(StrEnum):
    """The projects that can be written."""

    CLAIMS = "claims"
    TEXT_TO_SQL = "text-to-sql"


_NEXT = {
    Template.CLAIMS: "rewardkit test",
    Template.TEXT_TO_SQL: "rewardkit test --data questions.jsonl",
}


def init(
    name: Annotated[str, typer.Argument(help="The folder to write, new or empty.")],
    template: Annotated[Template, typer.Option(help="Which project.")] = Template.CLAIMS,
    as_json: Json = False,
) -> None:
    """Write a small project: graders with their cases, rows of data, answers to grade, and a README that walks through them.

    Example: rewardkit init claims && cd claims && rewardkit test
    """
    folder = Path(name)
    written = write_project(folder, template)
    if as_json:
        print_json({"folder": str(folder), "files": written, "next": _NEXT[template]})
        return
    out().print(f"wrote {len(written)} files to {folder}: {', '.join(written)}", soft_wrap=True, markup=False)
    out().print(f"next: cd {folder} && {_NEXT[template]}", soft_wrap=True, markup=False)


def write_project(folder: Path, template: Template) -> list[str]:
    """Copy a template into a new or empty folder; returns the relative paths. ConfigError when there is something in the way."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError("there is a file of that name; give another name", where=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(
            "the folder is not empty, and nothing is overwritten; give another name", where=str(folder)
        )
    files = _template_files(template)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return sorted(files)


def _template_files(template: Template) -> dict[str, bytes]:
    """The files of a template by their path in the project."""
    from importlib.resources import as_file, files

    with as_file(files("rewardkit.cli") / "templates" / template.value) as root:
        paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
        return {path.relative_to(root).as_posix().removesuffix(_SUFFIX): path.read_bytes() for path in paths}
