"""`rewardkit eval`: let models answer, score the answers, say how good they are and how sure that is."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Json, err, out, print_json
from .judging import (
    JudgeBudget,
    JudgeName,
    JudgePrice,
    ReplayVerdicts,
    ask_judges,
    counting,
    print_spent,
    say_hosts,
)
from .models import (
    BatchSize,
    Concurrency,
    Data,
    Greedy,
    KeyVariable,
    MaxTokens,
    Models,
    PriceOption,
    Repeats,
    Retries,
    Stop,
    System,
    Temperature,
    Template,
    Timeout,
    TopP,
    TrainedOn,
    price_of,
)
from .scoring import (
    Cluster,
    Columns,
    Engine,
    Graders,
    GuardWindow,
    Limit,
    MaxUnscored,
    NoCache,
    NoTexts,
    RayAddress,
    RayFiles,
    RetryUnscored,
    RunName,
    RunsDir,
    Seed,
    Shape,
    Slices,
    Workers,
    parse_columns,
    progress,
    say_how_it_starts,
    say_shape,
    scorer_for,
)
from .standings import print_comparisons, print_figures, print_lengths, print_reused
from .unscored import resumable, warn_of_unscored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..evaluating.answers import OnProgress
    from ..evaluating.costs import Asked
    from ..evaluating.jobs import Job
    from ..evaluating.publishing import Published
    from ..evaluating.running import Watching
    from ..evaluating.seen import Seen
    from ..evaluating.stages import Stage
    from ..judging.spending import Price, Spent
    from ..runs import RunFolder
    from ..samples import Sample


def eval_model(
    context: typer.Context,
    model: Models,
    data: Data,
    grader: Graders,
    shape: Shape = None,
    k: Repeats = None,
    temperature: Temperature = 1.0,
    greedy: Greedy = False,
    top_p: TopP = 1.0,
    max_tokens: MaxTokens = 256,
    stop: Stop = None,
    system: System = "",
    chat_template: Template = None,
    batch_size: BatchSize = 32,
    column: Columns = None,
    slice_by: Slices = None,
    cluster: Cluster = None,
    train: TrainedOn = None,
    seed: Seed = 0,
    limit: Limit = None,
    run: RunName = None,
    runs_dir: RunsDir = Path("runs"),
    workers: Workers = None,
    engine: Engine = "process",
    ray_address: RayAddress = None,
    ray_working_dir: RayFiles = None,
    no_cache: NoCache = False,
    judge: JudgeName = None,
    replay_verdicts: ReplayVerdicts = False,
    judge_budget: JudgeBudget = None,
    judge_price: JudgePrice = None,
    max_unscored: MaxUnscored = 0.05,
    guard_window: GuardWindow = 200,
    api_key_env: KeyVariable = "OPENAI_API_KEY",
    concurrency: Concurrency = 8,
    timeout: Timeout = 60.0,
    max_retries: Retries = 5,
    price: PriceOption = None,
    retry_unscored: RetryUnscored = False,
    no_texts: NoTexts = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Json = False,
) -> None:
    """Let models answer every prompt k times, score the answers, and write a report.

    Several models answer one after the other into one run, and are compared on the same prompts.

    A killed run resumes: the same command goes on where it stopped, and draws the same completions as an uninterrupted one.

    With an endpoint, prompts leave this machine; its host is named first.

    A completion that an endpoint or a function fails to give is never scored as 0: the run stops with code 3 and can be resumed. So it does
    when too many completions could not be scored.

    Examples:

      rewardkit eval --model models/tiny --data heldout.jsonl --grader graders.py --greedy

      rewardkit eval -m models/base -m models/tuned -d heldout.jsonl -g graders.py --slice kind --cluster database

      rewardkit eval -m models/tuned -d heldout.jsonl -g graders.py --train train.jsonl

      rewardkit eval -m python:my_system.py:answer -d heldout.jsonl -g graders.py

      rewardkit eval -m openai:my-model@http://localhost:8000/v1 -d heldout.jsonl -g graders.py:query -k 8 --price 0.40,1.60 --dry-run
    """
    from ..collecting import collect
    from ..evaluating.chat_templates import read_template
    from ..evaluating.jobs import job_of
    from ..evaluating.models import Sampling, open_model, parse_spec
    from ..evaluating.publishing import publish
    from ..evaluating.running import answer_all, baselines_of, retry_all, stages_to_do
    from ..guard import Guard
    from ..interop import with_shape
    from ..samples import read_samples, some_of

    began = time.monotonic()
    columns = parse_columns(column)
    paid = price_of(price)
    template = None if chat_template is None else read_template(chat_template)
    sampling = Sampling(max_tokens, 0.0 if greedy else temperature, top_p, tuple(stop or ()))
    specs = [parse_spec(each) for each in model]
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price, engine=engine)
    samples = some_of(read_samples(data, columns=columns, on_shape=say_shape(data)), limit, seed=seed)
    seen = None if train is None else _look_up(samples, train, columns)
    job = job_of(
        specs,
        samples if seen is None else seen.samples,
        collect(with_shape(grader, shape)),
        data=data,
        sampling=sampling,
        k=k,
        seed=seed,
        batch_size=batch_size,
        system=system,
        columns=columns,
        limit=limit,
        slices=(*(slice_by or ()), *(() if seen is None else seen.slices)),
        cluster=cluster,
        trained_on=train,
        template=template,
    )
    if dry_run:
        _show(job, paid, as_json=as_json)
        return
    guard = partial(Guard, max_unscored, guard_window)
    opening = partial(
        open_model,
        api_key_env=api_key_env,
        timeout=timeout,
        max_retries=max_retries,
        concurrency=concurrency,
        template=template,
    )
    with (
        job.folder(run, runs_dir) as folder,
        counting(job.graders, folder.path / "judge_calls.jsonl") as spent,
        scorer_for(
            engine, workers, not no_cache, ray_address=ray_address, ray_working_dir=ray_working_dir
        ) as scorer,
    ):
        _say_how_it_starts(job, folder, named=run is not None)
        if not no_texts:
            folder.append_samples(job.samples)
        again = 0
        if retry_unscored:
            with resumable(folder.path, job.places, as_json=as_json):
                again = retry_all(job, folder, scorer, guard)
            if again:
                err().print(f"{again:,} unscored results were scored again")
        todo = stages_to_do(job, folder)
        if todo:
            _announce(job, todo, paid)
            say_hosts(job.graders, replay=replay_verdicts)
            with resumable(folder.path, job.places, as_json=as_json):
                answer_all(job, todo, folder, scorer, opening, guard, _watched(job, quiet=as_json))
        else:
            err().print(f"{folder.path} is complete; nothing left to do", markup=False, soft_wrap=True)
        reused = scorer.reused
        constants = baselines_of(job, folder, scorer, again=bool(todo or again), texts=not no_texts)
        found = publish(
            folder,
            job.graders,
            verb="eval",
            seconds=time.monotonic() - began,
            reused=reused,
            texts=not no_texts,
            stages=[stage.name for stage in job.stages],
            parts=job.parts,
            baselines=constants,
            locate=job.places,
        )
    if as_json:
        print_json(_as_json(job, found, folder.path, spent(), paid))
    else:
        print_figures(found, folder.path)
        print_reused(
            found.reused,
            found.standings,
            earlier=not no_cache and any(g.options.cache for g in job.graders),
        )
        print_spent(spent())
        print_lengths(found, max_tokens)
        print_comparisons(found, _what_shows(job))
        out().print(f"report   {found.report}", markup=False, soft_wrap=True)
    warn_of_unscored(found.standings, max_unscored)


def _look_up(samples: Sequence[Sample], train: Path, columns: Mapping[str, str]) -> Seen:
    """Mark the prompts that training has too, and say what was found before anything is asked."""
    from ..evaluating.seen import mark_seen

    seen = mark_seen(samples, train, columns=columns)
    for line in seen.told:
        err().print(line, markup=False, soft_wrap=True)
    return seen


def _say_how_it_starts(job: Job, folder: RunFolder, *, named: bool) -> None:
    total = len(job.stages) * len(job.samples) * job.plan.repeats
    say_how_it_starts(folder, len(job.graders), total, "completion", named=named)


def _announce(job: Job, stages: Sequence[Stage], price: Price | None) -> None:
    """What so many prompts can show, and where texts go, or where a model comes from, before the first of them does."""
    from ..evaluating.costs import asked_of

    lines = [_what_shows(job)]
    for stage in stages:
        asked = asked_of(job, stage, price)
        if asked.host:
            most = "" if asked.most_dollars is None else f", ${asked.most_dollars:,.2f} at most"
            lines.append(
                f"{len(job.samples):,} prompts, {job.plan.repeats} completions each: {asked.calls:,} requests to {asked.host}{most}"
            )
        elif stage.spec.is_local and not stage.spec.is_folder:
            lines.append(
                f"'{stage.spec.name}' is no folder here: it is loaded from the Hugging Face cache or huggingface.co"
            )
    for line in lines:
        err().print(line, markup=False, soft_wrap=True)


def _what_shows(job: Job) -> str:
    from ..evaluating.small_data import what_shows

    clusters = None if job.parts.clusters is None else len(set(job.parts.clusters.values()))
    return what_shows(len(job.samples), clusters)


def _watched(job: Job, *, quiet: bool) -> Watching:
    """A bar for each stage, which says which of how many it is."""

    @contextmanager
    def watching(stage: Stage) -> Iterator[OnProgress]:
        place = [each.name for each in job.stages].index(stage.name) + 1
        which = f"{stage.name} ({place} of {len(job.stages)}): " if len(job.stages) > 1 else ""
        with progress(f"{which}generating and scoring", quiet=quiet) as on_progress:
            yield on_progress

    return watching


def _asked(job: Job, price: Price | None) -> list[Asked]:
    from ..evaluating.costs import asked_of

    return [asked_of(job, stage, price) for stage in job.stages]


def _planned(job: Job, price: Price | None) -> dict[str, Any]:
    """What `--dry-run` and `--json` show: what is asked of whom, and by whom it is scored."""
    from ..evaluating.costs import settings_of, totals_of

    asked = _asked(job, price)
    return {"models": [each.as_json() for each in asked], **settings_of(job), **totals_of(asked)}


def _show(job: Job, price: Price | None, *, as_json: bool) -> None:
    """What `--dry-run` says."""
    from ..evaluating.costs import judges_asked

    planned = {**_planned(job, price), **judges_asked(job)}
    if as_json:
        print_json({**planned, "shows": _what_shows(job)})
        return
    for each in _asked(job, price):
        host = f" at {each.host}, {each.calls:,} calls" if each.host else ""
        most = "" if each.most_dollars is None else f", ${each.most_dollars:,.2f} at most"
        line = f"{each.stage}: {each.model}{host}, about {each.tokens_in:,} tokens in, {each.most_tokens:,} out at most{most}"
        out().print(f"{'model':<16} {line}", markup=False, soft_wrap=True)
    for name, value in planned.items():
        if name == "models":
            continue
        text = (
            ", ".join(value) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else value
        )
        if text not in (None, ""):
            out().print(f"{name.replace('_', ' '):<16} {text}", markup=False, soft_wrap=True)
    out().print(_what_shows(job), markup=False, soft_wrap=True)
    out().print("Nothing was generated or sent: --dry-run.")


def _as_json(
    job: Job, found: Published, folder: Path, spent: Spent | None, price: Price | None
) -> dict[str, Any]:
    return {
        **_planned(job, price),
        "run": str(folder),
        "report": str(found.report),
        "shows": _what_shows(job),
        "lengths": [row.model_dump() for row in found.lengths],
        **({} if spent is None else {"judges": spent.as_json()}),
        "reused": found.reused,
        "graders": [standing.as_json() for standing in found.standings],
        "comparisons": [row.model_dump() for row in found.comparisons],
        "baselines": [row.model_dump() for row in found.baselines],
    }
