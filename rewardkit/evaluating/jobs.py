"""An evaluation before it runs: what its options come to, what is wrong with them, and the run folder that is theirs.

job = job_of(specs, samples, graders, data="heldout.jsonl", sampling=Sampling(), k=4)
job.check()
with job.folder(None, Path("runs")) as folder: ...
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rewardkit.runs import RunFolder

from ..collecting import check_columns
from ..errors import ConfigError, DataError
from ..fingerprints import file_fingerprint
from ..grader import Grader
from ..named_files import NamedFiles
from ..paths import display_path
from ..row_shapes import undecided
from ..samples import Sample
from .chat_templates import ChatTemplate
from .identity import default_name, file_identity, model_identity, named_identity, rows_identity, versions
from .loop import Plan
from .models import Model, ModelSpec, Sampling
from .parts import Parts, parts_of
from .stages import Stage, stage_names
from .standings import primary_of


@dataclass(frozen=True, slots=True)
class Job:
    """What an evaluation asks of which models. `data` is the file of the samples, None where they came as values.

    `trained_on` is the file whose rows the samples were looked up in. `given` are models that are there already, by the name of their stage, with what tells their version.
    """

    stages: Sequence[Stage]
    samples: Sequence[Sample]
    graders: Sequence[Grader]
    data: Path | None
    columns: Mapping[str, str]
    limit: int | None
    slices: Sequence[str]
    cluster: str | None
    template: ChatTemplate | None
    files: NamedFiles
    parts: Parts
    given: Mapping[str, tuple[Model, str]] = field(default_factory=dict)
    trained_on: Path | None = None

    @property
    def plan(self) -> Plan:
        """What is asked of every model, but for the name of the stage."""
        return self.stages[0].plan

    def check(self) -> None:
        """DataError, GraderError or ConfigError, before anything runs, when a row lacks a prompt or a column that a grader asks for."""
        if not self.samples:
            raise DataError("there are no samples", where=None if self.data is None else str(self.data))
        for sample in self.samples:
            if not sample.prompt:
                raise DataError(
                    f"no prompt for the model; the columns are {', '.join(sample.columns)}."
                    f"{undecided(sample.columns, 'prompt') or ' Name it: --column prompt=THEIRS'}",
                    where=sample.where,
                )
        for grader in self.graders:
            check_columns(grader, self.samples)
        if self.template is not None and not any(stage.spec.is_local for stage in self.stages):
            raise ConfigError(
                f"--chat-template {self.template.path}: it is for models that are loaded here, and none is"
            )

    def places(self, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Where the samples of those completions stand."""
        places = {sample.id: sample.where for sample in self.samples}
        return {(sample, repeat): places[sample] for sample, repeat in wanted}

    def config(self) -> dict[str, Any]:
        """What a resumed run must have in common with its start, besides data, graders and seed."""
        sampling, template = self.plan.sampling, self.template
        return {
            "models": {stage.name: self._model(stage) for stage in self.stages},
            "chat_template": None
            if template is None
            else {"file": str(template.path), "hash": template.hash},
            "data": None if self.data is None else str(self.data),
            "columns": dict(self.columns),
            "limit": self.limit,
            "graders": {grader.name: display_path(grader.file) for grader in self.graders},
            "k": self.plan.repeats,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
            "stop": list(sampling.stop),
            "system": self.plan.system,
            "batch_size": self.plan.batch_size,
            "slices": list(self.slices),
            "cluster": self.cluster,
            **({} if self.trained_on is None else {"trained_on": _file(self.trained_on)}),
        }

    def folder(self, run: str | None, runs_dir: Path) -> RunFolder:
        """The run folder: new, or that of an earlier start of the same job."""
        config, seed = self.config(), self.plan.seed
        fingerprints = {grader.name: grader.fingerprint for grader in self.graders}
        samples = self._samples_identity()
        stem = "-".join(stage.name for stage in self.stages)
        return RunFolder.open(
            runs_dir,
            run or default_name(stem, {**config, **fingerprints, **samples, "seed": seed}),
            "eval",
            config,
            versions=versions("duckdb", "sqlglot", *self._packages()),
            fingerprints=fingerprints,
            seed=seed,
            samples=samples,
            primary=primary_of(self.graders).name,
        )

    def _model(self, stage: Stage) -> dict[str, str]:
        """What tells a model and its version: a hash of its files, where it is here."""
        spec = stage.spec
        if stage.name in self.given:
            return {"model": spec.shown, "hash": self.given[stage.name][1]}
        if spec.url is not None:
            return {"model": spec.name, "url": spec.url}
        if spec.function:
            return {"model": spec.shown, "hash": file_fingerprint(Path(spec.name))}
        return {"model": spec.name, **({"hash": model_identity(spec.name)} if spec.is_folder else {})}

    def _samples_identity(self) -> dict[str, Any]:
        if self.data is None:
            return {**rows_identity(self.samples), **named_identity(self.files)}
        drawn_by = None if self.limit is None else self.plan.seed
        return file_identity(self.data, len(self.samples), drawn_by=drawn_by, files=self.files)

    def _packages(self) -> list[str]:
        """Packages whose versions may matter to what is generated."""
        endpoints = ["openai"] if any(stage.spec.url for stage in self.stages) else []
        local = any(stage.spec.is_local for stage in self.stages)
        return [*endpoints, *(("torch", "transformers", "peft") if local else ())]


def job_of(
    specs: Sequence[ModelSpec],
    samples: Sequence[Sample],
    graders: Sequence[Grader],
    *,
    data: Path | None,
    sampling: Sampling,
    k: int | None = None,
    seed: int = 0,
    batch_size: int = 32,
    system: str = "",
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    slices: Sequence[str] = (),
    cluster: str | None = None,
    template: ChatTemplate | None = None,
    given: Mapping[int, tuple[Model, str]] | None = None,
    trained_on: Path | None = None,
) -> Job:
    """The job that these options ask for, looked at by `Job.check`; `given` has models by their place among the specs."""
    repeats = repeats_of(k, sampling)
    names = stage_names(specs)
    stages = [
        Stage(spec, Plan(name, sampling, repeats, seed, batch_size, system))
        for spec, name in zip(specs, names, strict=True)
    ]
    files = NamedFiles(graders)
    for sample in samples:
        files.of(sample.columns)
    job = Job(
        stages,
        samples,
        graders,
        data,
        columns or {},
        limit,
        tuple(slices),
        cluster,
        template,
        files,
        parts_of(samples, slices, cluster),
        {names[place]: model for place, model in (given or {}).items()},
        trained_on,
    )
    job.check()
    return job


def _file(path: Path) -> dict[str, str]:
    return {"file": str(path), "hash": str(file_identity(path, 0)["hash"])}


def repeats_of(k: int | None, sampling: Sampling) -> int:
    """Completions per prompt: `k`, else 4, or 1 where decoding is greedy. ConfigError for more of them there."""
    if sampling.decoding == "sampled":
        return 4 if k is None else k
    if k not in (None, 1):
        raise ConfigError(
            f"--k {k}: greedy decoding gives the same completion every time; leave --k or --greedy out"
        )
    return 1
