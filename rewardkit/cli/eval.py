"""`rewardkit eval`: let a model answer, score the answers, say how good it is and how sure that is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Json, err, out, print_json
from .scoring import (
    Columns,
    Graders,
    Limit,
    NoTexts,
    RunName,
    RunsDir,
    Seed,
    Workers,
    parse_columns,
    print_standings,
    progress,
    save,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evaluating.generations import Lengths
    from ..evaluating.loop import Plan
    from ..evaluating.models import ModelSpec
    from ..grader import Grader
    from ..runs import RunFolder
    from ..samples import Sample


def eval_model(
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
            help="Samples: .jsonl, .json, .csv or .parquet with a 'prompt'.",
            show_default=False,
        ),
    ],
    grader: Graders,
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
    no_texts: NoTexts = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")] = False,
    as_json: Json = False,
) -> None:
    """Let a model answer every prompt k times, score the answers, and write a report.

    A killed run resumes: the same command goes on where it stopped, and draws the same completions as an uninterrupted one.

    With an endpoint, prompts leave this machine: its host is named first. A completion that it fails to give is never scored as 0;
    the run stops with exit code 3 and can be resumed.

    Examples:

      rewardkit eval --model models/tiny --data heldout.jsonl --grader graders.py --greedy

      rewardkit eval -m openai:my-model@http://localhost:8000/v1 -d heldout.jsonl -g graders.py:query -k 8 --dry-run
    """
    from ..collecting import check_columns, collect
    from ..evaluating.loop import evaluate
    from ..evaluating.models import open_model, parse_spec
    from ..evaluating.standings import standings
    from ..samples import read_samples
    from ..scoring import Scorer

    began = time.monotonic()
    spec = parse_spec(model)
    plan = _plan(spec, k, greedy, temperature, top_p, max_tokens, stop, system, batch_size, seed)
    graders = collect(grader)
    samples = read_samples(data, columns=parse_columns(column))[:limit]
    _check_prompts(samples)
    for each in graders:
        check_columns(each, samples)
    if dry_run:
        _show(_resolved(spec, plan, samples, graders), as_json=as_json)
        return
    _announce(spec, plan, len(samples))
    opened = open_model(
        spec, api_key_env=api_key_env, timeout=timeout, max_retries=max_retries, concurrency=concurrency
    )
    config = _config(spec, plan, data, parse_columns(column), limit, graders)
    with (
        _folder(config, spec, plan, data, samples, graders, run, runs_dir) as folder,
        Scorer(workers=workers) as scorer,
    ):
        if not no_texts:
            folder.append_samples(samples)
        with progress("generating and scoring", quiet=as_json) as on_progress:
            results = evaluate(opened, samples, graders, plan, folder, scorer, on_progress)
        found = standings(results, graders)
        report = save(folder, found, verb="eval", seconds=time.monotonic() - began, texts=not no_texts)
        lengths = _lengths(folder, plan)
    if as_json:
        graded = [standing.as_json() for standing in found]
        print_json(
            {
                **_resolved(spec, plan, samples, graders),
                "run": str(folder.path),
                "report": str(report),
                "mean_tokens": lengths.mean_tokens,
                "truncated": lengths.truncated,
                "graders": graded,
            }
        )
        return
    print_standings(found)
    out().print(_about_lengths(lengths, plan.sampling.max_tokens), markup=False, soft_wrap=True)
    out().print(f"report   {report}", markup=False, soft_wrap=True)


def _plan(
    spec: ModelSpec,
    k: int | None,
    greedy: bool,
    temperature: float,
    top_p: float,
    max_tokens: int,
    stop: list[str] | None,
    system: str,
    batch_size: int,
    seed: int,
) -> Plan:
    from ..errors import ConfigError
    from ..evaluating.loop import Plan
    from ..evaluating.models import Sampling

    sampling = Sampling(max_tokens, 0.0 if greedy else temperature, top_p, tuple(stop or ()))
    greedy = sampling.decoding == "greedy"
    if greedy and k not in (None, 1):
        raise ConfigError(
            f"--k {k}: greedy decoding gives the same completion every time; leave --k or --greedy out"
        )
    return Plan(spec.short, sampling, 1 if greedy else (k or 4), seed, batch_size, system)


def _check_prompts(samples: Sequence[Sample]) -> None:
    from ..errors import DataError

    for sample in samples:
        if not sample.prompt:
            raise DataError(
                f"no prompt for the model; the columns are {', '.join(sample.columns)}. Name it: --column prompt=THEIRS",
                where=sample.where,
            )


def _resolved(
    spec: ModelSpec, plan: Plan, samples: Sequence[Sample], graders: Sequence[Grader]
) -> dict[str, Any]:
    """What `--dry-run` shows: how much would be generated, where, and by whom it would be scored."""
    completions = len(samples) * plan.repeats
    return {
        "model": spec.name,
        "host": spec.host,
        "decoding": plan.sampling.decoding,
        "temperature": plan.sampling.temperature,
        "top_p": plan.sampling.top_p,
        "max_tokens": plan.sampling.max_tokens,
        "stop": list(plan.sampling.stop),
        "seed": plan.seed,
        "prompts": len(samples),
        "k": plan.repeats,
        "completions": completions,
        "calls": completions if spec.url else 0,
        "most_tokens": completions * plan.sampling.max_tokens,
        "scored_by": [grader.name for grader in graders],
    }


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


def _announce(spec: ModelSpec, plan: Plan, prompts: int) -> None:
    """Where texts go, before the first of them does."""
    if spec.host:
        err().print(
            f"{prompts:,} prompts, {plan.repeats} completions each: {prompts * plan.repeats:,} requests to {spec.host}",
            soft_wrap=True,
        )


def _config(
    spec: ModelSpec,
    plan: Plan,
    data: Path,
    columns: dict[str, str],
    limit: int | None,
    graders: Sequence[Grader],
) -> dict[str, Any]:
    from ..cases import display_path
    from ..evaluating.identity import model_identity

    return {
        "model": spec.name,
        "url": spec.url,
        "model_hash": model_identity(spec.name) if spec.is_folder else None,
        "data": str(data),
        "columns": columns,
        "limit": limit,
        "graders": {grader.name: display_path(grader.file) for grader in graders},
        "k": plan.repeats,
        "temperature": plan.sampling.temperature,
        "top_p": plan.sampling.top_p,
        "max_tokens": plan.sampling.max_tokens,
        "stop": list(plan.sampling.stop),
        "system": plan.system,
        "batch_size": plan.batch_size,
    }


def _folder(
    config: dict[str, Any],
    spec: ModelSpec,
    plan: Plan,
    data: Path,
    samples: Sequence[Sample],
    graders: Sequence[Grader],
    run: str | None,
    runs_dir: Path,
) -> RunFolder:
    from ..evaluating.identity import default_name, file_identity, versions
    from ..runs import RunFolder

    fingerprints = {grader.name: grader.fingerprint for grader in graders}
    file = file_identity(data, len(samples))
    packages = ("openai",) if spec.url else ("torch", "transformers", "peft")
    return RunFolder.open(
        runs_dir,
        run or default_name(spec.short, {**config, **fingerprints, **file, "seed": plan.seed}),
        "eval",
        config,
        versions=versions("duckdb", "sqlglot", *packages),
        fingerprints=fingerprints,
        seed=plan.seed,
        samples=file,
    )


def _lengths(folder: RunFolder, plan: Plan) -> Lengths:
    from ..evaluating.generations import GenerationLog, lengths_of

    return lengths_of(GenerationLog(folder.path).read(), plan.stage, plan.sampling.decoding)


def _about_lengths(lengths: Lengths, most: int) -> str:
    from ..runs.wording import percent

    mean = "unknown" if lengths.mean_tokens is None else f"{lengths.mean_tokens:,.1f} tokens"
    return f"length   mean {mean}; {percent(lengths.truncated)} cut off at {most:,} tokens"
