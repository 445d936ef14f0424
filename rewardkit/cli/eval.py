"""`rewardkit eval`: let a model answer, score the answers, say how good it is and how sure that is."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
from .scoring import (
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
    Workers,
    parse_columns,
    progress,
    save,
    say_how_it_starts,
    say_shape,
    scorer_for,
)
from .standings import print_reused, print_standings
from .unscored import resumable, warn_of_unscored

if TYPE_CHECKING:
    from ..evaluating.generations import Lengths
    from ..evaluating.loop import Plan
    from ..evaluating.models import ModelSpec, Sampling
    from ..grader import Grader
    from ..named_files import NamedFiles
    from ..runs import RunFolder
    from ..samples import Sample


def eval_model(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="A Hugging Face folder or hub name, or openai:MODEL@http://host:port/v1.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(
            "--data",
            "-d",
            help="Samples with a prompt: .jsonl, .json, .csv, .parquet, or FOLDER:SPLIT of a data set; see `rewardkit data check`.",
            show_default=False,
        ),
    ],
    grader: Graders,
    shape: Shape = None,
    k: Annotated[
        int | None,
        typer.Option("--k", "-k", min=1, help="Completions per prompt. Default: 4, or 1 with --greedy."),
    ] = None,
    temperature: Annotated[float, typer.Option("--temperature", help="Of sampling; 0 is greedy.")] = 1.0,
    greedy: Annotated[
        bool, typer.Option("--greedy", help="The likeliest token each time, one completion per prompt.")
    ] = False,
    top_p: Annotated[
        float, typer.Option("--top-p", help="Sample from the likeliest tokens with this share.")
    ] = 1.0,
    max_tokens: Annotated[int, typer.Option("--max-tokens", min=1, help="Longest completion.")] = 256,
    stop: Annotated[
        list[str] | None, typer.Option("--stop", help="Text that ends a completion; give it again for more.")
    ] = None,
    system: Annotated[str, typer.Option("--system", help="System message in front of every prompt.")] = "",
    batch_size: Annotated[
        int, typer.Option("--batch-size", min=1, help="Completions generated at a time.")
    ] = 32,
    column: Columns = None,
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
    api_key_env: Annotated[
        str, typer.Option("--api-key-env", help="Environment variable that holds the endpoint's key.")
    ] = "OPENAI_API_KEY",
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, help="Requests to an endpoint at a time.")
    ] = 8,
    timeout: Annotated[
        float, typer.Option("--timeout", help="Seconds for one request to an endpoint.")
    ] = 60.0,
    max_retries: Annotated[
        int, typer.Option("--max-retries", min=0, help="How often a request is tried again.")
    ] = 5,
    retry_unscored: RetryUnscored = False,
    no_texts: NoTexts = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Json = False,
) -> None:
    """Let a model answer every prompt k times, score the answers, and write a report.

    A killed run resumes: the same command goes on where it stopped, and draws the same completions as an uninterrupted one.

    With an endpoint, prompts leave this machine; its host is named first.

    A completion that an endpoint fails to give is never scored as 0: the run stops with code 3 and can be resumed. So it does when too
    many completions could not be scored.

    Examples:

      rewardkit eval --model models/tiny --data heldout.jsonl --grader graders.py --greedy

      rewardkit eval -m openai:my-model@http://localhost:8000/v1 -d heldout.jsonl -g graders.py:query -k 8 --dry-run
    """
    from ..collecting import collect
    from ..evaluating.generations import lengths_of, read_generations
    from ..evaluating.loop import Plan, evaluate, finished
    from ..evaluating.loop import retry_unscored as retry
    from ..evaluating.models import Sampling, open_model, parse_spec
    from ..evaluating.standings import standings
    from ..guard import Guard
    from ..interop import with_shape
    from ..named_files import NamedFiles
    from ..runs import iter_faults
    from ..samples import read_samples, some_of

    began = time.monotonic()
    spec = parse_spec(model)
    sampling = Sampling(max_tokens, 0.0 if greedy else temperature, top_p, tuple(stop or ()))
    plan = Plan(spec.short, sampling, _repeats(k, sampling), seed, batch_size, system)
    columns = parse_columns(column)
    ask_judges(context, judge, replay_verdicts, judge_budget, judge_price, engine=engine)
    graders = collect(with_shape(grader, shape))
    samples = some_of(read_samples(data, columns=columns, on_shape=say_shape(data)), limit, seed=seed)
    files = NamedFiles(graders)
    for sample in samples:
        files.of(sample.columns)
    job = _Job(spec, plan, data, columns, limit, samples, graders, files)
    job.check()
    if dry_run:
        _show({**job.resolved(), **job.asked()}, as_json=as_json)
        return
    guard = Guard(max_unscored, guard_window)
    with (
        job.folder(run, runs_dir) as folder,
        counting(graders, folder.path / "judge_calls.jsonl") as spent,
        scorer_for(
            engine, workers, not no_cache, ray_address=ray_address, ray_working_dir=ray_working_dir
        ) as scorer,
    ):
        say_how_it_starts(
            folder, len(graders), len(job.samples) * plan.repeats, "completion", named=run is not None
        )
        if not no_texts:
            folder.append_samples(job.samples)
        if retry_unscored:
            with resumable(folder.path, job.places, as_json=as_json):
                again = retry(job.samples, job.graders, plan, folder, scorer, guard=guard, files=files)
            if again:
                err().print(f"{again:,} unscored results were scored again")
        results = finished(job.samples, job.graders, plan, folder)
        if results is None:
            _announce(job)
            say_hosts(graders, replay=replay_verdicts)
            opened = open_model(
                spec,
                api_key_env=api_key_env,
                timeout=timeout,
                max_retries=max_retries,
                concurrency=concurrency,
            )
            with (
                resumable(folder.path, job.places, as_json=as_json),
                progress("generating and scoring", quiet=as_json) as on_progress,
            ):
                results = evaluate(
                    opened,
                    job.samples,
                    job.graders,
                    plan,
                    folder,
                    scorer,
                    on_progress,
                    guard=guard,
                    files=files,
                )
        else:
            err().print(f"{folder.path} is complete; nothing left to do", markup=False, soft_wrap=True)
        found = standings(results, job.graders, iter_faults(folder.path), job.places)
        seconds = time.monotonic() - began
        report, reused = save(
            folder, found, verb="eval", seconds=seconds, reused=scorer.reused, texts=not no_texts
        )
    asked = spent()
    lengths = lengths_of(read_generations(folder.path), plan.stage, sampling.decoding)
    if as_json:
        graded = [standing.as_json() for standing in found]
        places = {"run": str(folder.path), "report": str(report)}
        costs = {} if asked is None else {"judges": asked.as_json()}
        print_json(
            {**job.resolved(), **places, **lengths.as_json(), **costs, "reused": reused, "graders": graded}
        )
        warn_of_unscored(found, max_unscored)
        return
    print_standings(found, folder.path)
    print_reused(reused, found, earlier=not no_cache and any(g.options.cache for g in graders))
    print_spent(asked)
    out().print(_about_lengths(lengths, max_tokens), markup=False, soft_wrap=True)
    out().print(f"report   {report}", markup=False, soft_wrap=True)
    warn_of_unscored(found, max_unscored)


@dataclass(frozen=True, slots=True)
class _Job:
    """What the options come to."""

    spec: ModelSpec
    plan: Plan
    data: Path
    columns: dict[str, str]
    limit: int | None
    samples: Sequence[Sample]
    graders: Sequence[Grader]
    files: NamedFiles

    def check(self) -> None:
        """DataError or GraderError, before anything runs, when a row lacks a prompt or a column that a grader asks for."""
        from ..collecting import check_columns
        from ..errors import DataError
        from ..row_shapes import undecided

        for sample in self.samples:
            if not sample.prompt:
                raise DataError(
                    f"no prompt for the model; the columns are {', '.join(sample.columns)}."
                    f"{undecided(sample.columns, 'prompt') or ' Name it: --column prompt=THEIRS'}",
                    where=sample.where,
                )
        for grader in self.graders:
            check_columns(grader, self.samples)

    def places(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Where the samples of those completions stand."""
        places = {sample.id: sample.where for sample in self.samples}
        return {(sample, repeat): places[sample] for sample, repeat in wanted}

    def resolved(self) -> dict[str, Any]:
        """What `--dry-run` shows: how much would be generated, where, and by whom it would be scored."""
        sampling, completions = self.plan.sampling, len(self.samples) * self.plan.repeats
        return {
            "model": self.spec.name,
            "host": self.spec.host,
            "decoding": sampling.decoding,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stop": list(sampling.stop),
            "seed": self.plan.seed,
            "prompts": len(self.samples),
            "k": self.plan.repeats,
            "completions": completions,
            "calls": completions if self.spec.url else 0,
            "most_tokens": completions * sampling.max_tokens,
            "scored_by": [grader.name for grader in self.graders],
        }

    def asked(self) -> dict[str, Any]:
        """What judges would be asked at most, for completions of the greatest length; nothing where no grader asks one."""
        from ..evaluating.answers import Answer, batches
        from ..judging.estimates import estimate
        from ..judging.named import hosts_of, judged_of
        from ..judging.spending import CHARACTERS_A_TOKEN

        judged = list(judged_of(self.graders))
        if not judged:
            return {}
        longest = "word " * (self.plan.sampling.max_tokens * CHARACTERS_A_TOKEN // 5)
        k = self.plan.repeats
        spent = []
        for needs_others, members, times in (
            (False, 1, k),
            (True, 2, k * (k - 1) // 2),
        ):  # each, or each pair
            answers = [Answer(sample, n, f"{longest}{n}") for sample in self.samples for n in range(members)]
            these = [grader for grader in judged if grader.needs_others is needs_others]
            spent.append((times, estimate(these, batches(answers, 256))))
        dollars = [None if each.dollars is None else times * each.dollars for times, each in spent]
        return {
            "judge_hosts": list(hosts_of(judged)),
            "judge_requests": sum(times * each.requests for times, each in spent),
            "judge_tokens_in": sum(times * each.tokens_in for times, each in spent),
            "judge_tokens_out": sum(times * each.tokens_out for times, each in spent),
            "judge_dollars": None if None in dollars else round(sum(filter(None, dollars)), 2),
        }

    def config(self) -> dict[str, Any]:
        """What a resumed run must have in common with its start, besides data, graders and seed."""
        from ..evaluating.identity import model_identity
        from ..paths import display_path

        sampling = self.plan.sampling
        return {
            "model": self.spec.name,
            "url": self.spec.url,
            "model_hash": model_identity(self.spec.name) if self.spec.is_folder else None,
            "data": str(self.data),
            "columns": self.columns,
            "limit": self.limit,
            "graders": {grader.name: display_path(grader.file) for grader in self.graders},
            "k": self.plan.repeats,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stop": list(sampling.stop),
            "system": self.plan.system,
            "batch_size": self.plan.batch_size,
        }

    def folder(self, run: str | None, runs_dir: Path) -> RunFolder:
        """The run folder: new, or that of an earlier start of the same job."""
        from ..evaluating.identity import default_name, file_identity, versions
        from ..evaluating.standings import primary_of
        from ..runs import RunFolder

        config, seed = self.config(), self.plan.seed
        fingerprints = {grader.name: grader.fingerprint for grader in self.graders}
        drawn_by = None if self.limit is None else seed
        file = file_identity(self.data, len(self.samples), drawn_by=drawn_by, files=self.files)
        packages = ("openai",) if self.spec.url else ("torch", "transformers", "peft")
        return RunFolder.open(
            runs_dir,
            run or default_name(self.spec.short, {**config, **fingerprints, **file, "seed": seed}),
            "eval",
            config,
            versions=versions("duckdb", "sqlglot", *packages),
            fingerprints=fingerprints,
            seed=seed,
            samples=file,
            primary=primary_of(self.graders).name,
        )


def _repeats(k: int | None, sampling: Sampling) -> int:
    from ..errors import ConfigError

    if sampling.decoding == "sampled":
        return k or 4
    if k not in (None, 1):
        raise ConfigError(
            f"--k {k}: greedy decoding gives the same completion every time; leave --k or --greedy out"
        )
    return 1


def _show(resolved: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(resolved)
        return
    for name, value in resolved.items():
        text = (
            ", ".join(value) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else value
        )
        if text not in (None, ""):
            out().print(f"{name.replace('_', ' '):<12} {text}", markup=False, soft_wrap=True)
    out().print("Nothing was generated or sent: --dry-run.")


def _announce(job: _Job) -> None:
    """Where texts go, or where a model comes from, before the first of them does."""
    prompts, k = len(job.samples), job.plan.repeats
    if job.spec.host:
        text = f"{prompts:,} prompts, {k} completions each: {prompts * k:,} requests to {job.spec.host}"
    elif not job.spec.is_folder:
        text = (
            f"'{job.spec.name}' is no folder here: it is loaded from the Hugging Face cache or huggingface.co"
        )
    else:
        return
    err().print(text, markup=False, soft_wrap=True)


def _about_lengths(lengths: Lengths, most: int) -> str:
    from ..runs.wording import percent

    mean = "unknown" if lengths.mean_tokens is None else f"{lengths.mean_tokens:,.1f} tokens"
    return f"length   mean {mean}; {percent(lengths.truncated)} cut off at {most:,} tokens"
