"""Which verbs there are. Each verb's module imports at its top only what `--help` needs."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add every verb, in the order in which `--help` lists them."""
    from .graders import list_graders

    app.command("graders", help="List the graders that a path or an installed package offers.")(list_graders)
