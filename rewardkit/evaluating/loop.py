"""The eval loop: draw k completions of every sample from a model, score them, keep both in a run folder.

    plan = Plan("base", Sampling(temperature=1.0, max_tokens=64), repeats=4, seed=0)
    results = evaluate(model, samples, graders, plan, folder, scorer)

Samples times repeats are cut into batches once, and a batch is seeded from the identity of its rows. So neither a kill nor a
resume changes what is drawn: a batch that is not all in the folder is generated again whole. Several stages and decodings share
one folder; the seeds do not depend on the stage, so equal weights give equal completions. For a grader of groups a batch holds all
repeats of its samples: see `whole_groups`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rewardkit.runs import Result, ResultKey, RunFolder

from ..collecting import check_columns
from ..errors import ConfigError, GuardStop
from ..grader import Grader
from ..guard import Guard
from ..named_files import NamedFiles
from ..samples import Sample
from ..scoring.items import seed_of
from .answers import Answer, ItemScorer, OnProgress, batches, key_of, score_all
from .faults import keep
from .generations import Generated, GenerationLog
from .models import Generation, Model, Sampling, prompt_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What one call of `evaluate` draws: `repeats` completions per sample (greedy decoding takes 1), in batches of `batch_size`.

    `stage` is the name of the results: the model's name in eval; base, sft, rft, raft or sft_alone in training.
    """

    stage: str
    sampling: Sampling = field(default_factory=Sampling)
    repeats: int = 4
    seed: int = 0
    batch_size: int = 32
    system: str = ""

    def __post_init__(self) -> None:
        if self.repeats < 1 or self.batch_size < 1:
            raise ConfigError(f"repeats={self.repeats} and batch_size={self.batch_size} must be 1 or more")
        if self.sampling.decoding == "greedy" and self.repeats != 1:
            raise ConfigError(
                f"greedy decoding gives the same completion every time: repeats={self.repeats} must be 1"
            )


@dataclass(frozen=True, slots=True)
class Unit:
    """One completion that a plan asks for."""

    sample: Sample
    repeat: int
    seed: int


def planned(samples: Sequence[Sample], plan: Plan) -> list[Sequence[Unit]]:
    """The batches of a plan: all repeats of a sample follow one another, in the order of the samples."""
    units = [
        Unit(sample, repeat, seed_of(plan.seed, sample.id, repeat))
        for sample in samples
        for repeat in range(plan.repeats)
    ]
    return list(batches(units, plan.batch_size))


def whole_groups(plan: Plan, graders: Sequence[Grader]) -> Plan:
    """The plan with batches that hold all repeats of their samples, where a grader grades those together."""
    if not any(grader.in_groups for grader in graders):
        return plan
    return replace(plan, batch_size=-(-plan.batch_size // plan.repeats) * plan.repeats)


def evaluate(
    model: Model,
    samples: Sequence[Sample],
    graders: Sequence[Grader],
    plan: Plan,
    folder: RunFolder,
    scorer: ItemScorer,
    on_progress: OnProgress | None = None,
    *,
    guard: Guard | None = None,
    files: NamedFiles | None = None,
) -> list[Result]:
    """Generate and score what the folder lacks; returns all results of the plan, sample by sample.

    Raises GraderError before the first call when a grader asks for a column that a sample lacks, and GuardStop when a completion
    could not be had, or too many of the new scores are unscored: what is there of the batch is kept, and the same call again goes on
    from there. DataError, without keeping the scores of that batch, when one of the `files` that the samples name has changed. `on_progress` hears how many completions are done, first of all of those that were done before, and how many there will be.
    """
    for grader in graders:
        check_columns(grader, samples)
    plan = whole_groups(plan, graders)
    run = _Run(model, graders, plan, folder, scorer, guard, files)
    report = on_progress or (lambda done, total: None)
    work = [batch for batch in planned(samples, plan) if not run.is_done(batch)]
    total = len(samples) * plan.repeats
    count = total - sum(len(batch) for batch in work)
    report(count, total)
    for batch in work:
        run.fill(batch)
        count += len(batch)
        report(count, total)
    return _in_order(folder.iter_results(), samples, graders, plan)


def is_finished(samples: Sequence[Sample], graders: Sequence[Grader], plan: Plan, folder: RunFolder) -> bool:
    """Whether the folder has all results of the plan."""
    done, decoding = folder.done_keys(), plan.sampling.decoding
    return all(
        key_of(sample, repeat, grader, plan.stage, decoding) in done
        for sample in samples
        for repeat in range(plan.repeats)
        for grader in graders
    )


def retry_unscored(
    samples: Sequence[Sample],
    graders: Sequence[Grader],
    plan: Plan,
    folder: RunFolder,
    scorer: ItemScorer,
    *,
    guard: Guard | None = None,
    files: NamedFiles | None = None,
) -> int:
    """Score again, from the completions that the folder has, what an earlier call could not score; returns how many those were.

    Raises GuardStop, after writing what came of it, when too many of them are unscored again.
    """
    decoding = plan.sampling.decoding
    failed = {result.key for result in folder.iter_results() if result.value is None}
    completions = _completions(folder, plan)
    answers = [
        Answer(unit.sample, unit.repeat, completions[unit.sample.id, unit.repeat], unit.seed, plan.repeats)
        for batch in planned(samples, plan)
        for unit in batch
        if (unit.sample.id, unit.repeat) in completions
    ]
    done = {key for key in folder.done_keys() if key not in failed}
    scored = score_all(answers, graders, scorer, stage=plan.stage, decoding=decoding, done=done)
    if files is not None:
        files.check()
    again = {each.result.key for each in scored}
    dropped = folder.drop_results(lambda result: result.value is None and result.key in again)
    keep(scored, folder)
    if guard is not None:
        guard.look(each.result for each in scored)
    return dropped


class _Run:
    """One call of `evaluate` and what it knows of its folder."""

    def __init__(
        self,
        model: Model,
        graders: Sequence[Grader],
        plan: Plan,
        folder: RunFolder,
        scorer: ItemScorer,
        guard: Guard | None,
        files: NamedFiles | None,
    ) -> None:
        self.model = model
        self.graders = graders
        self.plan = plan
        self.folder = folder
        self.scorer = scorer
        self.guard = guard
        self.files = files
        self.log = GenerationLog(folder.path, folder.rank)
        self.done = folder.done_keys()
        self.completions = _completions(folder, plan)

    def is_done(self, batch: Sequence[Unit]) -> bool:
        return all(key in self.done for unit in batch for key in self._keys(unit))

    def fill(self, batch: Sequence[Unit]) -> None:
        """Generate what the batch lacks, score it, keep it. A completion that the folder has already stays as it is."""
        lacking = [unit for unit in batch if (unit.sample.id, unit.repeat) not in self.completions]
        asked = batch if self.model.whole_batches and lacking else lacking
        drawn = self._draw(asked)
        scored = score_all(
            self._answers(batch, drawn),
            self.graders,
            self.scorer,
            stage=self.plan.stage,
            decoding=self.plan.sampling.decoding,
            done=self.done,
        )
        if self.files is not None:
            self.files.check()
        self._keep(drawn)
        keep(scored, self.folder)
        self._stop_on_failures(drawn)
        if self.guard is not None:
            self.guard.look(each.result for each in scored)

    def _answers(self, batch: Sequence[Unit], drawn: Mapping[tuple[str, int], Generation]) -> list[Answer]:
        """The completions of the batch that could be had."""
        answers = []
        for unit in batch:
            generation = drawn.get((unit.sample.id, unit.repeat))
            text = self.completions.get((unit.sample.id, unit.repeat))
            if text is None and generation is not None and not generation.error:
                text = generation.text
            if text is not None:
                answers.append(Answer(unit.sample, unit.repeat, text, unit.seed, self.plan.repeats))
        return answers

    def _draw(self, units: Sequence[Unit]) -> dict[tuple[str, int], Generation]:
        if not units:
            return {}
        prompts = [prompt_of(unit.sample, system=self.plan.system) for unit in units]
        generations = self.model.generate(prompts, self.plan.sampling, [unit.seed for unit in units])
        return {
            (unit.sample.id, unit.repeat): generation
            for unit, generation in zip(units, generations, strict=True)
        }

    def _keep(self, drawn: Mapping[tuple[str, int], Generation]) -> None:
        """Write the lengths before the results: a completion whose results are there is never without its length."""
        stage, decoding = self.plan.stage, self.plan.sampling.decoding
        self.log.append(
            Generated(
                stage=stage,
                decoding=decoding,
                sample=sample,
                repeat=repeat,
                tokens=made.tokens,
                finish=made.finish,
            )
            for (sample, repeat), made in drawn.items()
            if not made.error
        )
        self.log.append_failures(
            {"stage": stage, "decoding": decoding, "sample": sample, "repeat": repeat, "error": made.error}
            for (sample, repeat), made in drawn.items()
            if made.error
        )

    def _stop_on_failures(self, drawn: Mapping[tuple[str, int], Generation]) -> None:
        failed = [(sample, made.error) for (sample, _), made in drawn.items() if made.error]
        if failed:
            sample, error = failed[0]
            prompts = len({sample for sample, _ in failed})
            of_prompts = f"{prompts} prompt{'s' if prompts > 1 else ''}"
            raise GuardStop(
                f"{self.model.name} gave no completion for {len(failed)} of {len(drawn)} requests ({of_prompts}), first for sample "
                f"'{sample}': {error}. Nothing was scored for them; what is done is kept in {self.folder.path}, and the same command goes on from there."
            )

    def _keys(self, unit: Unit) -> list[ResultKey]:
        decoding = self.plan.sampling.decoding
        return [
            key_of(unit.sample, unit.repeat, grader, self.plan.stage, decoding) for grader in self.graders
        ]


def _completions(folder: RunFolder, plan: Plan) -> dict[tuple[str, int], str]:
    """The completions that the folder has for this plan."""
    place = (plan.stage, plan.sampling.decoding)
    return {
        (row.sample, row.repeat): row.completion
        for row in folder.iter_results()
        if (row.stage, row.decoding) == place
    }


def _in_order(
    results: Iterable[Result], samples: Sequence[Sample], graders: Sequence[Grader], plan: Plan
) -> list[Result]:
    decoding = plan.sampling.decoding
    place = (plan.stage, decoding)
    by_key = {result.key: result for result in results if (result.stage, result.decoding) == place}
    return [
        by_key[key_of(sample, repeat, grader, plan.stage, decoding)]
        for sample in samples
        for repeat in range(plan.repeats)
        for grader in graders
    ]
