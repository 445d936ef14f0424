"""`rewardkit train`: from a tested grader to a trained model, and by how much it got better."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .common import Json, out, print_json
from .scoring import NoTexts, RunsDir
from .train_tables import print_changes, print_stages, print_sweep
from .train_terminal import one_voice, terminal_reporter


def train(
    config: Annotated[
        Path, typer.Argument(metavar="RUN.toml", help="The run: model, grader, data, settings.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, sample a few rewards, and stop.")
    ] = False,
    untested: Annotated[
        bool, typer.Option("--untested", help="Train with graders that `rewardkit test` has not passed.")
    ] = False,
    name: Annotated[
        str | None, typer.Option("--name", "--run", help="Name of the run folder instead of RUN.toml's.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed instead of RUN.toml's; the run is then called NAME-seedN.")
    ] = None,
    control: Annotated[
        Literal["random", "format", "shuffled-reference"] | None,
        typer.Option(
            help="Train with this in place of the reward, to show what the grader is worth; the run is then called NAME-control-KIND.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            help="One training for each of these seeds, 0-9 or 0,1,2, and a table over all of them in NAME-seeds.",
            show_default=False,
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    no_texts: NoTexts = False,
    as_json: Json = False,
) -> None:
    """Train a model with a grader as its reward: preflight, SFT warm start, GRPO or RAFT, and evaluations before and after.

    The run folder holds the trained model (checkpoints/final), every scored completion, the curves and report.html. A killed run
    resumes: the same command skips what is done, and goes on from the last checkpoint with the same steps as an uninterrupted one.

    Few labelled rows: leave out \\[data] heldout, and each row is held out once, in one of \\[data] folds = 4 trainings; a last one, on all
    rows, makes the model that is kept. What the held-out rows can show at all is said before anything runs.

    Keys of \\[sft], \\[grpo] and \\[lora] in RUN.toml are those of trl.SFTConfig, trl.GRPOConfig and peft.LoraConfig. With method = "raft" and a
    table \\[raft], the model is fine-tuned in rounds on those of its own completions that the grader accepts.

    Several GPUs: start it with torchrun or accelerate; each process generates and scores its share.

    Examples:

      rewardkit train examples/text_to_sql/run.toml

      rewardkit train run.toml --dry-run --untested

      rewardkit train run.toml --control shuffled-reference

      rewardkit train run.toml --seeds 0-9

      torchrun --nproc-per-node 2 -m rewardkit train run.toml
    """
    from rewardkit.trainer import run
    from rewardkit.trainer.ranks import rank
    from rewardkit.trainer.sweeping import parse_seeds, sweep

    from ..runs import read_summary

    several = [] if seeds is None else parse_seeds(seeds, seed)
    if several and not dry_run:
        with one_voice(), terminal_reporter(quiet=as_json or rank() > 0) as reporter:
            found = sweep(
                config,
                several,
                untested=untested,
                name=name,
                control=control,
                runs_dir=runs_dir,
                texts=not no_texts,
                reporter=reporter,
            )
        print_sweep(found, as_json=as_json)
        return
    with one_voice(), terminal_reporter(quiet=as_json or rank() > 0) as reporter:
        folder = run(
            config,
            dry_run=dry_run,
            untested=untested,
            name=name,
            seed=several[0] if several else seed,  # of a dry run: they differ in what is drawn
            control=control,
            runs_dir=runs_dir,
            texts=not no_texts,
            reporter=reporter,
        )
    if rank() > 0:
        return
    if dry_run:
        if as_json:
            print_json({"run": str(folder), "dry_run": True, "said": reporter.lines})
        else:
            out().print("Nothing was trained or written: --dry-run.")
        return
    summary, beside = read_summary(folder), read_summary(folder / "unlabelled")
    report, model = folder / "report.html", folder / "checkpoints" / "final"
    if as_json:
        print_json(
            {
                "run": str(folder),
                "model": str(model) if model.is_dir() else None,
                "report": str(report),
                **summary.model_dump(mode="json"),
                **({"unlabelled": beside.model_dump(mode="json")} if beside.stages else {}),
            }
        )
        return
    print_stages(summary)
    print_changes(summary)
    if beside.stages:
        out().print("On prompts without references:", markup=False)
        print_stages(beside)
    for note in summary.notes:
        out().print(note, markup=False, soft_wrap=True)
    if model.is_dir():
        out().print(f"model    {model}", markup=False, soft_wrap=True)
    out().print(f"report   {report}", markup=False, soft_wrap=True)
