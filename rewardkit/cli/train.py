"""`rewardkit train`: from a tested grader to a trained model, and by how much it got better."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.progress import Progress, TaskID

from ..errors import GuardStop, RewardkitError
from .common import Exit, Json, out, print_json, print_table, progress_bar
from .scoring import NoTexts, RunsDir

if TYPE_CHECKING:
    from rewardkit.trainer.sweeping import Sweep

    from ..runs import Summary


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
        with _one_voice(), _reporter(quiet=as_json or rank() > 0) as reporter:
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
        _print_sweep(found, as_json=as_json)
        return
    with _one_voice(), _reporter(quiet=as_json or rank() > 0) as reporter:
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
    _print_stages(summary)
    _print_changes(summary)
    if beside.stages:
        out().print("On prompts without references:", markup=False)
        _print_stages(beside)
    for note in summary.notes:
        out().print(note, markup=False, soft_wrap=True)
    if model.is_dir():
        out().print(f"model    {model}", markup=False, soft_wrap=True)
    out().print(f"report   {report}", markup=False, soft_wrap=True)


def _print_sweep(found: Sweep, *, as_json: bool) -> None:
    """The table over seeds."""
    from rich.table import Table

    from rewardkit.trainer.sweeping import COLUMNS

    if as_json:
        print_json({"folder": str(found.folder), **found.as_json()})
        return
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in COLUMNS:
        table.add_column(column, no_wrap=True)
    for row in found.rows:
        table.add_row(*row.cells)
    print_table(table)
    for line in (
        f"Share of the held-out prompts solved, by {found.grader}: the mean over seeds, the lowest and the highest of them.",
        found.note,
        *found.verdicts,
        f"page     {found.folder / 'comparison.html'}",
    ):
        out().print(line, markup=False, soft_wrap=True)


_BARS = 12  # shown at a time


class _Terminal:
    """A run's reporter: lines and bars on standard error."""

    def __init__(self, bars: Progress, *, quiet: bool) -> None:
        self.lines: list[str] = []
        self._bars = bars
        self._quiet = quiet
        self._tasks: dict[str, TaskID] = {}

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self.lines.append(text)
        if not self._quiet:
            self._bars.console.print(text, markup=False, soft_wrap=True)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        """Move the bar of a stage."""
        if stage not in self._tasks:
            self._make_room()
            self._tasks[stage] = self._bars.add_task(stage, total=total, note="")
        self._bars.update(self._tasks[stage], completed=done, total=total, note=note)

    def _make_room(self) -> None:
        """Take a finished bar away where folds have more of them than a terminal has lines."""
        finished = next((stage for stage, task in self._tasks.items() if self._is_finished(task)), None)
        if finished is not None and len(self._tasks) >= _BARS:
            self._bars.remove_task(self._tasks.pop(finished))

    def _is_finished(self, task: TaskID) -> bool:
        return next(one.finished for one in self._bars.tasks if one.id == task)


@contextmanager
def _reporter(*, quiet: bool) -> Iterator[_Terminal]:
    with progress_bar(quiet=quiet) as bars:
        yield _Terminal(bars, quiet=quiet)


@contextmanager
def _one_voice() -> Iterator[None]:
    """Of several processes rank 0 says what stopped them all; each ends by itself and with the same code.

    SIGTERM, by which a batch system takes its machine back, is the same as Ctrl-C.
    """
    from rewardkit.trainer.ranks import rank, said_by_first, world_size

    with _terminated_as_interrupted():
        try:
            yield
        except (RewardkitError, KeyboardInterrupt) as caught:
            interrupted = isinstance(caught, KeyboardInterrupt)  # by Ctrl-C, which reaches all of them
            error = _interrupted() if interrupted else caught
            if world_size() > 1 and (interrupted or said_by_first(error)):
                # A launcher sends it to the others as soon as one has ended.
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if rank() > 0:
                    raise typer.Exit(Exit.GUARD if isinstance(error, GuardStop) else Exit.USAGE) from None
            raise error from None


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is signal.default_int_handler:
            signal.signal(signal.SIGTERM, before)


def _interrupted() -> GuardStop:
    return GuardStop(
        "interrupted; what is done is kept, and the same command goes on from the last checkpoint"
    )


def _print_stages(summary: Summary) -> None:
    """Per stage the share solved with its interval; where there are too few prompts for one, each of them."""
    from rich.table import Table

    from ..runs.wording import bounds, figure, stage_label

    rows = [row for row in summary.stages if row.metric == "solved" and row.slice is None]
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("stage", "grader", "decoding", "solved (95 %)", "prompts", "unscored"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        prompts = f"{row.prompts:,}" + (f" x {row.k}" if row.k > 1 else "")
        shown = f"{figure(row)} ({bounds(row)})" if row.low is not None else figure(row)
        table.add_row(stage_label(row.name), row.grader, row.decoding, shown, prompts, f"{row.unscored:,}")
    out().print(table)
    _print_items(summary)


def _print_changes(summary: Summary) -> None:
    from ..runs.wording import versus

    for comparison in summary.comparisons:
        if comparison.metric == "solved" and comparison.b in ("rft", "raft"):
            place = f"{comparison.grader}, {comparison.decoding}"
            out().print(f"{place}: {versus(comparison)}", markup=False, soft_wrap=True)


def _print_items(summary: Summary) -> None:
    """The mean score of each prompt at each stage."""
    from rich.table import Table

    from ..runs.wording import stage_label, visible

    stages = list(dict.fromkeys(row.name for row in summary.items))
    for grader, decoding in dict.fromkeys((row.grader, row.decoding) for row in summary.items):
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for column in (f"{grader}, {decoding}: mean score", *map(stage_label, stages)):
            table.add_column(column, no_wrap=True)
        rows = [row for row in summary.items if (row.grader, row.decoding) == (grader, decoding)]
        scores = {(row.sample, row.name): row.score for row in rows}
        for sample in dict.fromkeys(row.sample for row in rows):
            found = [scores.get((sample, stage)) for stage in stages]
            shown = ["\N{EN DASH}" if score is None else f"{score:.2f}" for score in found]
            table.add_row(escape(visible(sample)), *shown)
        out().print(table)
