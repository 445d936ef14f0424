"""Which verbs there are. Each verb's module imports at its top only what `--help` needs."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add every verb, in the order in which `--help` lists them."""
    from .calibrate import calibrate_judge
    from .compare import compare_runs
    from .data import app as data
    from .doctor import doctor
    from .eval import eval_model
    from .export import export_model
    from .grade import grade_file
    from .graders import list_graders
    from .init import init
    from .label import label
    from .test import run_tests
    from .train import train
    from .try_out import try_out
    from .view import view

    app.command("init")(init)
    app.command("test")(run_tests)
    app.command("graders", help="List the graders that a path or an installed package offers.")(list_graders)
    app.command("grade")(grade_file)
    app.command("eval")(eval_model)
    app.command("compare")(compare_runs)
    app.command("train")(train)
    app.command("try")(try_out)
    app.command("export")(export_model)
    app.command("view")(view)
    app.command("label")(label)
    app.command("calibrate")(calibrate_judge)
    app.add_typer(data, name="data")
    app.command("doctor")(doctor)
