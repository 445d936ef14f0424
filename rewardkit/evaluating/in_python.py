"""`evaluate`: what the verb `eval` does, from Python and notebooks.

    run = evaluate("models/tiny", "heldout.jsonl", "graders.py", k=4)
    run = evaluate(my_system, [{"prompt": "6 x 7?", "reference": "42"}], exact)
    run.summary, run.to_pandas(), run.report

The same run folder, the same figures, the same resume: the call again goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from rewardkit.runs.opened import Run

from ..collecting import collect
from ..errors import ConfigError, GraderError
from ..fingerprints import file_fingerprint
from ..grader import Grader
from ..guard import LIMIT, SIZE, Guard
from ..paths import display_path
from ..rows import Row
from ..samples import Sample, check_unique, read_samples, sample_of, shape_of, some_of
from ..scoring import Scorer
from ..scoring.cache import ScoreCache, default_path
from .answers import OnProgress
from .callables import CallableModel, code_of, where_of
from .chat_templates import read_template
from .jobs import job_of
from .models import Model, ModelSpec, Sampling, open_model, parse_spec
from .publishing import publish
from .running import Watching, answer_all, baselines_of, stages_to_do
from .seen import mark_seen
from .stages import Stage

AModel: TypeAlias = str | Path | Callable[..., Any]
AGrader: TypeAlias = str | Path | Grader


def evaluate(
    model: AModel | Sequence[AModel],
    data: str | Path | Sequence[Mapping[str, Any] | Sample],
    graders: AGrader | Sequence[AGrader],
    *,
    k: int | None = None,
    temperature: float = 1.0,
    top_p: float = 1.0,
    max_tokens: int = 256,
    stop: Sequence[str] = (),
    system: str = "",
    chat_template: str | Path | None = None,
    batch_size: int = 32,
    columns: Mapping[str, str] | None = None,
    slices: Sequence[str] = (),
    cluster: str | None = None,
    train: str | Path | None = None,
    seed: int = 0,
    limit: int | None = None,
    name: str | None = None,
    runs_dir: str | Path = "runs",
    workers: int | None = None,
    cache: bool = True,
    max_unscored: float = LIMIT,
    guard_window: int = SIZE,
    texts: bool = True,
    api_key_env: str = "OPENAI_API_KEY",
    concurrency: int = 8,
    timeout: float = 60.0,
    max_retries: int = 5,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Let models answer every prompt, score the answers, and return the run.

    `model`: a folder, hub name, `openai:MODEL@URL` or `python:FILE.py:FUNCTION`, a function (callables.py says what it may ask for), or
    a list of these, which are compared. `data`: a file, or rows as mappings or Samples. `graders`: what `collect` takes, or Grader objects;
    those of a notebook run in this process. `k`: completions per prompt (4, or 1 at temperature 0). `columns` renames columns of the data
    (ours -> theirs), `slices` and `cluster` name some of them. `train`: what the models were trained on; figures
    are then also given with and without the prompts that stand there (column `seen_in_training`). `name`: of the run folder below `runs_dir`, made of the inputs unless given.
    `on_progress` hears the name of the stage, how many completions are done, and how many there will be.

    Raises ConfigError, DataError or GraderError before anything runs when an argument is wrong, and GuardStop when a completion could not
    be had, or too many could not be scored: what is done is kept, and the same call goes on from there.
    """
    began = time.monotonic()
    models = list(model) if isinstance(model, Sequence) and not isinstance(model, str) else [model]
    template = None if chat_template is None else read_template(Path(chat_template))
    specs, given = _models(models, concurrency)
    samples = some_of(_samples(data, columns or {}), limit, seed=seed)
    seen = None if train is None else mark_seen(samples, train, columns=columns)
    job = job_of(
        specs,
        samples if seen is None else seen.samples,
        _graders(graders),
        data=Path(data) if isinstance(data, str | Path) else None,
        sampling=Sampling(max_tokens, temperature, top_p, tuple(stop)),
        k=k,
        seed=seed,
        batch_size=batch_size,
        system=system,
        columns=columns,
        limit=limit,
        slices=(*slices, *(() if seen is None else seen.slices)),
        cluster=cluster,
        trained_on=None if train is None else Path(train),
        template=template,
        given=given,
    )
    opening = partial(
        open_model,
        api_key_env=api_key_env,
        timeout=timeout,
        max_retries=max_retries,
        concurrency=concurrency,
        template=template,
    )
    with (
        job.folder(name, Path(runs_dir)) as folder,
        ScoreCache(default_path(Path()) if cache else None) as kept,
        Scorer(workers=workers, cache=kept) as scorer,
    ):
        if texts:
            folder.append_samples(job.samples)
        todo = stages_to_do(job, folder)
        guard = partial(Guard, max_unscored, guard_window)
        answer_all(job, todo, folder, scorer, opening, guard, _hearing(on_progress))
        reused = scorer.reused
        publish(
            folder,
            job.graders,
            verb="eval",
            seconds=time.monotonic() - began,
            reused=reused,
            texts=texts,
            stages=[stage.name for stage in job.stages],
            parts=job.parts,
            baselines=baselines_of(job, folder, scorer, again=bool(todo), texts=texts),
            locate=job.places,
        )
        return Run.open(folder.path)


def _models(
    models: Sequence[AModel], concurrency: int
) -> tuple[list[ModelSpec], dict[int, tuple[Model, str]]]:
    """A spec for each model, and those that are functions by their place, with a hash of their version."""
    if not models:
        raise ConfigError("evaluate needs a model: a text that names one, a function, or a list of these")
    specs: list[ModelSpec] = []
    given: dict[int, tuple[Model, str]] = {}
    for place, model in enumerate(models):
        if isinstance(model, str | Path):
            specs.append(parse_spec(str(model)))
            continue
        wrapped = CallableModel.of(model, concurrency=concurrency)
        file = Path(where_of(model).rpartition(":")[0])
        specs.append(ModelSpec(display_path(file) if file.is_file() else "notebook", function=wrapped.name))
        given[place] = (wrapped, _version(model, file))
    return specs, given


def _version(model: Callable[..., Any], file: Path) -> str:
    """A hash of the file that a function was imported from; of one of a notebook or of the running script, of its own source."""
    if file.is_file() and getattr(model, "__module__", "__main__") != "__main__":
        return file_fingerprint(file.resolve())
    return hashlib.blake2b(code_of(model).encode(), digest_size=8).hexdigest()


def _samples(
    data: str | Path | Sequence[Mapping[str, Any] | Sample], columns: Mapping[str, str]
) -> list[Sample]:
    if isinstance(data, str | Path):
        return read_samples(data, columns=columns)
    rows = [row if isinstance(row, Sample) else Row(dict(row), f"data[{n}]") for n, row in enumerate(data)]
    first = next((row for row in rows if isinstance(row, Row)), None)
    shape = None if first is None else shape_of(first, columns)
    samples = [
        row if isinstance(row, Sample) else sample_of(row, columns=columns, shape=shape) for row in rows
    ]
    check_unique(samples)
    return samples


def _graders(graders: AGrader | Sequence[AGrader]) -> list[Grader]:
    """The graders, in the order given; GraderError for what is none, and for two of one name."""
    given = [graders] if isinstance(graders, str | Path | Grader) else list(graders)
    found: list[Grader] = []
    for each in given:
        if not isinstance(each, str | Path | Grader):
            raise GraderError(
                f"a grader is a file, file.py:name or a function under @reward, @partial_credit or @rubric; got {each!r:.80}"
            )
        found += [each] if isinstance(each, Grader) else collect(str(each))
    if not found:
        raise GraderError("evaluate needs a grader")
    by_name: dict[str, Grader] = {}
    for grader in found:
        other = by_name.setdefault(grader.name, grader)
        if other is not grader and (other.file, other.line) != (grader.file, grader.line):
            raise GraderError(
                f"two graders are named '{grader.name}': {other.where} and {grader.where}; rename one"
            )
        _ = grader.fingerprint  # of the code as it is now, before a call can change a module's state
    return list(by_name.values())


def _hearing(on_progress: Callable[[str, int, int], None] | None) -> Watching:
    """What tells the caller how far each stage is."""

    def watching(stage: Stage) -> AbstractContextManager[OnProgress | None]:
        return nullcontext(None if on_progress is None else partial(on_progress, stage.name))

    return watching
