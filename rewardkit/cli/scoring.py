"""What `grade` and `eval` share: their options, the progress bar, and the table of what each grader says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import ConfigError, GuardStop
from ..guard import TooManyUnscored
from .common import err, out, print_json, progress_bar

if TYPE_CHECKING:
    from ..evaluating.answers import OnProgress
    from ..evaluating.faults import Failure, Locate
    from ..evaluating.standings import Standing
    from ..runs import RunFolder, StageRow
    from ..scoring import Scorer

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
    Literal["trl", "verl"] | None,
    typer.Option(
        "--shape",
        help="The graders are plain functions written for TRL or verl. Default: read off their parameters.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="Rename a column of the data, OURS=THEIRS: --column reference=answer.",
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


@contextmanager
def resumable(folder: Path, locate: Locate, *, as_json: bool) -> Iterator[None]:
    """A guard's message, with the rows it is about and how to go on; with `as_json` it is on standard output too."""
    try:
        try:
            yield
        except TooManyUnscored as stop:
            raise GuardStop(f"{_told(stop, locate)}\n{_ways_on(folder, stop.causes)}") from None
    except GuardStop as stop:
        if as_json:
            print_json({"stopped": str(stop), "run": str(folder)})
        raise


def _told(stop: TooManyUnscored, locate: Locate) -> str:
    """What the guard says, each row called by its place in the data."""
    from ..runs.wording import visible

    places = locate({(score.sample, score.repeat) for score in stop.failed})
    return visible(stop.told(lambda score: places.get((score.sample, score.repeat), score.sample)))


_MAY_PASS = frozenset({"timeout", "died", "judge_unavailable", "judge_unparseable", "judge_refused"})
"""Causes for which the same call may be scored another time."""


def _ways_on(folder: Path, causes: Set[str]) -> str:
    """What is kept, and what helps against those causes."""
    ways = [f"What is done is kept in {folder}."]
    if "bad_reference" in causes:
        ways.append(
            "Where references cannot be used, mend the data (`rewardkit test --data FILE` lists every such row) and run the same command "
            "again: data that has changed starts a run of its own. Where only something was mended that no column names, add --retry-unscored."
        )
    if causes - {"bad_reference"}:
        ways.append(
            "After an outage, the same command with --retry-unscored goes on and scores again what failed. A grader that is changed is "
            "another version, and starts a run of its own from the first row (where --run names one: under another name)."
        )
    ways.append("--max-unscored and --guard-window set the limit; --max-unscored 1 never stops.")
    return " ".join(ways)


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

        def report(done: int, total: int) -> None:
            if not bar.tasks:  # what was done before is no part of the rate
                bar.add_task(description, total=total, completed=done, note="")
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


def print_standings(standings: Sequence[Standing], folder: Path) -> None:
    """The table of figures, then per grader its components, what was not scored, and where the files of the run tell more of it."""
    from rich.table import Table

    from ..runs.wording import percent

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for name in ("grader", "prompts", "mean score (95 %)", "solved (95 %)", "unscored"):
        table.add_column(name, justify="right" if name in ("prompts", "unscored") else "left", no_wrap=True)
    for standing in standings:
        times = f" x {standing.score.k}" if standing.score.k > 1 else ""
        table.add_row(
            f"[bold]{standing.grader}[/]",
            f"{standing.score.prompts:,}{times}",
            _with_bounds(standing.score),
            _with_bounds(standing.solved),
            f"{sum(standing.unscored.values()):,}",
        )
    out().print(table)
    for standing in standings:
        for line in _details(standing, folder):
            out().print(line, markup=False, soft_wrap=True)
    unique = next((standing.score.unique for standing in standings), None)
    if unique is not None:
        out().print(f"unique   {percent(unique)} of a prompt's completions, on average", markup=False)
    if any(standing.score.low is None and standing.score.prompts for standing in standings):
        out().print("[dim]Without interval: fewer than 10 prompts.[/]")


def save(
    folder: RunFolder, standings: Sequence[Standing], *, verb: str, seconds: float, reused: int, texts: bool
) -> tuple[Path, int]:
    """Write summary.json and the report; returns the path of the report, and how many scores of the run were reused.

    `reused` are those of this call; the ones of earlier calls are in the summary that they wrote.
    """
    from ..runs import Summary, read_summary
    from ..runs.report import write_report

    folder.add_seconds(verb, seconds)
    rows = tuple(row for standing in standings for row in (standing.solved, standing.score))
    reused += read_summary(folder.path).reused
    folder.write_summary(Summary(stages=rows, reused=reused, seconds=folder.seconds()))
    return write_report(folder.path, texts=texts), reused


def print_reused(reused: int, standings: Sequence[Standing], *, earlier: bool) -> None:
    """How much grading was saved; nothing where nothing was. `earlier` says whether scores of earlier runs may be among it."""
    if reused:
        total = sum(standing.completions for standing in standings)
        text = f"reused   {reused:,} of {total:,} not graded again: identical to others"
        out().print(f"{text}, here or in an earlier run" if earlier else text, markup=False, soft_wrap=True)


def warn_of_unscored(standings: Sequence[Standing], limit: float) -> None:
    """The last line of a run in which a larger share than `limit` is unscored, whatever stopped before or did not, and what helps."""
    from ..runs.wording import percent

    for standing in standings:
        counts = {cause: count for cause, count in standing.unscored.items() if cause != "not_applicable"}
        failed = sum(counts.values())
        if failed > limit * standing.completions + 1e-9:
            by = f"{standing.grader}: " if len(standings) > 1 else ""
            share = percent(failed / standing.completions)
            err().print(
                f"{by}{failed:,} of {standing.completions:,} unscored ({share}), above --max-unscored {limit * 100:g} %; "
                f"{'; '.join(_remedies(counts))}",
                markup=False,
                soft_wrap=True,
            )


def _remedies(causes: Iterable[str]) -> Iterator[str]:
    """What to do about those causes: `timeout, died: --retry-unscored scores them again`."""
    by_remedy: dict[str, list[str]] = {}
    for cause in causes:
        if cause in _MAY_PASS:
            remedy = "--retry-unscored scores them again"
        elif cause == "bad_reference":
            remedy = "mend the data"
        else:
            remedy = "mend the grader, or after an outage --retry-unscored"
        by_remedy.setdefault(remedy, []).append(cause)
    return (f"{', '.join(causes)}: {remedy}" for remedy, causes in by_remedy.items())


def _with_bounds(row: StageRow) -> str:
    from ..runs.wording import bounds, figure

    return figure(row) if row.low is None else f"{figure(row)} ({bounds(row)})"


def _details(standing: Standing, folder: Path) -> Iterator[str]:
    from ..runs.wording import listed, percent

    name = standing.grader
    if standing.pass_at_k:
        most = max(standing.all_k)
        chances = "  ".join(f"pass@{k} {percent(share)}" for k, share in standing.pass_at_k.items())
        yield f"{name}  {chances}   all {most} solved {percent(standing.all_k[most])}"
    if standing.components:
        parts = ", ".join(f"{part} {mean:.2f}" for part, mean in standing.components.items())
        yield f"{name}  components: {parts}"
    if standing.unscored:
        yield f"{name}  unscored: {listed(list(standing.unscored.items()))}{_range(standing.score)}"
    if standing.broken:
        yield f"{name}  stopped while running the completion, which keeps the level it had reached: {listed(list(standing.broken.items()))}"
    for cause, failure in standing.failures.items():
        count = standing.unscored.get(cause, 0) + standing.broken.get(cause, 0)
        alike = f" ({failure.alike:,} of {count:,})" if failure.alike < count else ""
        yield f"{name}  {cause}: {_shortened(failure.reason, 500) or 'without a reason'}{alike}"
        yield f"    first at {_place(failure)}; {_all_of_them(failure, count, folder)}"
        if failure.output:
            yield "    its output ends:"
            yield from (f"      {line}" for line in _last_lines(failure.output))


def _place(failure: Failure) -> str:
    """`ans.jsonl:41 (q40)`, or what is known of it."""
    repeat = f", repeat {failure.repeat}" if failure.repeat else ""
    name = f"{_shortened(failure.sample, 60)}{repeat}"
    return f"{failure.where} ({name})" if failure.where else name


def _all_of_them(failure: Failure, count: int, folder: Path) -> str:
    """Which file has all of that cause: faults.jsonl has only those on which something was printed."""
    return f"all in {folder / ('faults.jsonl' if failure.explained >= count else 'results.jsonl')}"


def _shortened(text: str, most: int = 200) -> str:
    """The text on one line, cut where it is longer than `most` characters."""
    from ..runs.wording import visible

    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[:most]} ..."


def _last_lines(output: str, most: int = 6) -> list[str]:
    """The last lines with anything in them, each cut to a length that a terminal shows; of a traceback they begin at a frame."""
    from ..runs.wording import visible

    lines = [line.rstrip() for line in visible(output).splitlines() if line.strip(" \t^~")]
    if lines and lines[0].startswith('File "'):
        lines[0] = f"  {lines[0]}"  # what was printed is kept without the blanks at its ends
    last = lines[-most:]
    if len(last) < len(lines):
        frame = next((n for n, line in enumerate(last) if line.lstrip().startswith('File "')), 0)
        last = last[frame:]
    return [line if len(line) <= 160 else f"{line[:160]} ..." for line in last]


def _range(row: StageRow) -> str:
    """What the unscored ones could make of the mean."""
    if row.worst is None or row.best is None:
        return ""
    return (
        f"; with the lowest or the highest score for them the mean would be {row.worst:.2f} to {row.best:.2f}"
    )
