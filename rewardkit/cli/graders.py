"""`rewardkit graders`: which graders are there."""

from __future__ import annotations

import importlib.metadata
from typing import Annotated

import typer

from ..collecting import GROUP, collect
from .common import Json, out, print_json


def list_graders(
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Folders, files, file.py:name or package.module:name. None: the installed ones."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List graders: name, kind, place and first line of documentation.

    Example: rewardkit graders examples/text_to_sql
    """
    if targets:
        rows = [
            {"name": g.name, "kind": g.kind, "where": g.where, "doc": g.doc.splitlines()[0] if g.doc else ""}
            for g in collect(targets)
        ]
    else:
        points = importlib.metadata.entry_points(group=GROUP)
        rows = [{"name": p.name, "kind": "installed", "where": p.value, "doc": ""} for p in sorted(points)]
    if as_json:
        print_json({"graders": rows})
        return
    for row in rows:
        out().print(
            f"[bold]{row['name']}[/]  {row['kind']}  [dim]{row['where']}[/]  {row['doc']}", soft_wrap=True
        )
