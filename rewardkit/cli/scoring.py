"""What `grade` and `eval` share: their options, the scorer and the progress bar."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import ConfigError, GuardStop
from .common import err, progress_bar

if TYPE_CHECKING:
    from ..evaluating.answers import OnProgress
    from ..row_shapes import Recognised
    from ..runs import RunFolder
    from ..samples import OnShape
    from ..scoring import Scorer

_DRAWN_EVERY = 0.1  # seconds: rich takes 100 us to tell the rate, ten times what a cheap grader costs

Graders = Annotated[
    list[str],
    typer.Option(
        "--grader",
        "-g",
        help="A file, file.py:name, package.module:name or installed grader; give it again for more.",
        show_default=False,
    ),
]
Shape = Annotated[
    Literal["trl", "trl-chat", "trl-text", "verl"] | None,
    typer.Option(
        "--shape",
        help="The graders are plain functions written for TRL (with completions as chat messages, or as texts) or for verl. Default: read off "
        "the functions.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Rename a column of the data, OURS=THEIRS: --column reference=answer. A dot leads into a mapping: reward_model.ground_truth.",
        metavar="OURS=THEIRS",
    ),
]
RunName = Annotated[
    str | None,
    typer.Option(
        "--run",
        "--name",
        help="Name of the run folder. Default: made of the inputs, so that the same command resumes.",
    ),
]
RunsDir = Annotated[Path, typer.Option("--runs-dir", help="Where run folders are.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Processes that run graders. Default: one per core, at most 16."),
]
Engine = Annotated[
    Literal["process", "ray"],
    typer.Option(
        "--engine", help="Where graders run: processes of this machine, or a Ray cluster (extra 'ray')."
    ),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        "--ray-address",
        help="Of the cluster, with --engine ray. Default: RAY_ADDRESS, else a Ray is started on this machine.",
    ),
]
RayFiles = Annotated[
    Path | None,
    typer.Option(
        "--ray-working-dir",
        help="A folder with the graders' files to send to every node, with --engine ray. Default: they are at the same paths there.",
    ),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        help="Reuse no scores of earlier runs. Identical completions of this run are graded once all the same.",
    ),
]
MaxUnscored = Annotated[
    float,
    typer.Option(
        "--max-unscored",
        min=0,
        max=1,
        help=(
            "Stop with code 3 when more than this share of a grader's last --guard-window scores is unscored: with 0.05 and 200, at the "
            "11th, also when it is the 11th of a file of 30 rows; a file of 10 rows never stops. What declines with not_applicable does "
            "not count. 1 never stops."
        ),
    ),
]
GuardWindow = Annotated[
    int,
    typer.Option(
        "--guard-window", min=1, help="How many scores, in the order of the rows, --max-unscored looks at."
    ),
]
Slices = Annotated[
    list[str] | None,
    typer.Option(
        "--slice",
        metavar="COLUMN",
        help="Show the parts of the data with the same value of a column one by one; give it again for more columns.",
        show_default=False,
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="COLUMN",
        help="Prompts with the same value of this column belong together (one database, one passage): intervals count clusters.",
        show_default=False,
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=1,
        help="Use N rows only, drawn at random by --seed: the same ones for the same data and seed.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Seeds graders that ask for a seed, and sampling.")]
RetryUnscored = Annotated[
    bool, typer.Option("--retry-unscored", help="Score those again that an earlier run could not score.")
]
NoTexts = Annotated[
    bool,
    typer.Option(
        "--no-texts",
        help="Keep prompts, references and completions out of report.html and samples.jsonl. results.jsonl still has the completions, and "
        "faults.jsonl what graders printed.",
    ),
]


def parse_columns(pairs: Sequence[str] | None) -> dict[str, str]:
    """`["reference=answer"]` -> `{"reference": "answer"}`."""
    columns = {}
    for pair in pairs or ():
        ours, separator, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and separator and theirs):
            raise ConfigError(f"--column {pair}: write it as OURS=THEIRS, for example reference=answer")
        columns[ours] = theirs
    return columns


def say_shape(data: Path) -> OnShape:
    """Says on standard error which columns of the file are taken for prompt and reference: nothing is renamed in silence."""

    def say(shape: Recognised) -> None:
        text = f"{data}: {shape} (--column OURS=THEIRS decides otherwise)"
        err().print(text, markup=False, soft_wrap=True)

    return say


def run_named(name: str, runs_dir: Path) -> Path:
    """The folder of a run, given as that or as its name below `runs_dir`."""
    return runs_dir / name if not Path(name).is_dir() and (runs_dir / name).is_dir() else Path(name)


@contextmanager
def scorer_for(
    engine: str = "process",
    workers: int | None = None,
    cache: bool = True,
    project: Path = Path(),
    *,
    ray_address: str | None = None,
    ray_working_dir: Path | None = None,
) -> Iterator[Scorer]:
    """The scorer that the options ask for, for the length of a `with`; `cache` says whether scores of earlier runs are reused.

    ConfigError for Ray's options without Ray, MissingExtra where Ray is not installed.
    """
    from ..scoring import Scorer
    from ..scoring.cache import ScoreCache, default_path

    for option, value in (("--ray-address", ray_address), ("--ray-working-dir", ray_working_dir)):
        if value is not None and engine != "ray":
            raise ConfigError(f"{option} {value} is for --engine ray")
    pool = None
    if engine == "ray":
        from ..scoring.ray_pool import RayPool

        pool = RayPool(workers, ray_address, working_dir=ray_working_dir)
    with (
        ScoreCache(default_path(project) if cache else None) as kept,
        Scorer(workers=workers, pool=pool, cache=kept) as scorer,
    ):
        yield scorer


def say_how_it_starts(folder: RunFolder, graders: int, total: int, unit: str, *, named: bool) -> None:
    """One line on standard error when a run goes on, or when a run without a name is new because graders, or files that rows name, have changed."""
    from ..runs import earlier_version

    results = len(folder.done_keys())
    if 0 < results < total * graders:
        err().print(f"going on from {unit} {results // graders + 1:,} of {total:,}")
    elif not results and not named and (earlier := earlier_version(folder)):
        names = [*(f"grader '{name}'" for name in earlier.graders), *(f"'{name}'" for name in earlier.files)]
        more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
        have = "has" if len(names) == 1 else "have"
        text = f"new run: {', '.join(names[:5])}{more} {have} changed since {earlier.path}"
        err().print(text, markup=False, soft_wrap=True)


@contextmanager
def progress(description: str, *, quiet: bool) -> Iterator[OnProgress]:
    """A bar on standard error with count, rate and remaining time; Ctrl-C becomes a GuardStop that says how to go on."""
    with progress_bar(quiet=quiet) as bar:
        drawn = 0.0

        def report(done: int, total: int) -> None:
            nonlocal drawn
            if not bar.tasks:  # what was done before is no part of the rate
                bar.add_task(description, total=total, completed=done, note="")
            now = time.monotonic()
            if done < total and now - drawn < _DRAWN_EVERY:
                return
            drawn = now
            speed = bar.tasks[0].speed
            bar.update(
                bar.task_ids[0], completed=done, total=total, note=f"{speed:,.1f} a second" if speed else ""
            )

        try:
            yield report
        except KeyboardInterrupt:
            raise GuardStop(
                "interrupted; what is done is kept, and the same command goes on from there"
            ) from None
