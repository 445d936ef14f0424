"""`rewardkit graders`: which graders are there."""

from __future__ import annotations

import inspect
from importlib.metadata import EntryPoint
from typing import Annotated

import typer
from rich.text import Text

from ..collecting import collect, ready_made
from ..declaring import installed_graders
from ..grader import Grader
from .common import Json, out, print_json


def list_graders(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="Folders, files, file.py:name, packages, modules or package.module:name. None: the installed ones."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List graders: name, kind, place and first line of documentation.

    A factory makes a grader from settings; "factory and grader" can be used by its name without any.

    Example: rewardkit graders examples/text_to_sql
    """
    if targets:
        rows = _with_factories([_row(g.name, g.kind, g.where, g.doc) for g in collect(targets)], targets)
    else:
        rows = [_installed(point) for _, point in sorted(installed_graders().items())]
    if as_json:
        print_json({"graders": rows})
        return
    for row in rows:
        doc = f"  {row['doc']}" if row["doc"] else ""
        line = Text.assemble((row["name"], "bold"), f"  {row['kind']}  ", (row["where"], "dim"), doc)
        out().print(line, soft_wrap=True)


def _with_factories(rows: list[dict[str, str]], targets: list[str]) -> list[dict[str, str]]:
    """The rows, and those of the factories that an installed package offers, where a target is the package."""
    names = {row["name"] for row in rows}
    offered = [
        _installed(point)
        for name, point in sorted(installed_graders().items())
        if name not in names and any(f"{point.module}.".startswith(f"{target}.") for target in targets)
    ]
    return [*rows, *offered]


def _installed(point: EntryPoint) -> dict[str, str]:
    """What an installed package offers: a grader, or a factory, perhaps beside the grader with its default settings."""
    offered = point.load()
    if isinstance(offered, Grader):
        return _row(point.name, offered.kind, point.value, offered.doc)
    ready = ready_made(point)
    kind = "factory" if ready is None else "factory and grader"
    return _row(point.name, kind, point.value, inspect.getdoc(offered) or "")


def _row(name: str, kind: str, where: str, doc: str) -> dict[str, str]:
    return {"name": name, "kind": kind, "where": where, "doc": doc.splitlines()[0] if doc else ""}
