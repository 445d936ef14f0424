"""`try`: the base model and the trained one answer the same prompt, and the run's graders score both.

    bench = Bench(open_trained(Path("runs/demo")))
    tried = bench.answer(bench.sample("h10"), Sampling(temperature=0))
    [side.answers[0].text for side in tried.sides]

A typed prompt has no reference. Graders that ask for a column that it lacks are named, and not run: a score made without what it needs
would be a guess. A LoRA run loads its base once and answers for it with the adapter switched off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from rewardkit.errors import DataError, did_you_mean
from rewardkit.evaluating.answers import Answer, score_answers
from rewardkit.evaluating.huggingface import use_few_threads
from rewardkit.evaluating.models import Generation, Sampling, prompt_of
from rewardkit.grader import Grader
from rewardkit.judging.named import hosts_told
from rewardkit.judging.terms import terms
from rewardkit.runs import Result
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer
from rewardkit.scoring.items import seed_of

from .finished import Trained
from .jobs import graders_of
from .methods.policies import Policy, load_policy, quiet
from .plans import evaluation_plans
from .rows.data import read_data
from .rows.unlabelled import lacks

_FILES = ("heldout", "train", "unlabelled", "validation", "expert")
_TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer and what each grader made of it."""

    generation: Generation
    results: tuple[Result, ...]

    @property
    def text(self) -> str:
        """The answer."""
        return self.generation.text


@dataclass(frozen=True, slots=True)
class Side:
    """The answers of the base model or of the trained one; `stage` is its name in results."""

    stage: str
    answers: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A prompt answered by both. `not_run` has the graders that could not judge it, each with the columns that it lacks."""

    sample: Sample
    sampling: Sampling
    sides: tuple[Side, Side]
    not_run: Mapping[str, Sequence[str]]


class Bench:
    """Both models of a run, loaded, with its graders.

    `told` has lines for the user: where answers are sent, which graders have changed. `most_tokens` is the longest answer of the run's own
    evaluations.
    """

    def __init__(self, trained: Trained, scorer: Scorer) -> None:
        use_few_threads()
        self._trained = trained
        self._scorer = scorer
        self._graders = graders_of(trained.file)
        self.told = [*self._changed(), *hosts_told(self._graders)]
        with quiet():
            self._tuned = load_policy(trained.file, trained.model)
            self._base = self._tuned if self._tuned.is_adapter else load_policy(trained.file)
            self.most_tokens = evaluation_plans(trained.file, "try")[0].sampling.max_tokens
        self._turn = 0

    def sample(self, ident: str, columns: Mapping[str, Any] | None = None) -> Sample:
        """The held-out or training sample of that id, with `columns` in place of its own; DataError when there is none."""
        samples = read_data(self._trained.file)
        known: dict[str, Sample] = {
            sample.id: sample for name in reversed(_FILES) for sample in getattr(samples, name)
        }
        if ident not in known:
            raise DataError(f"no sample '{ident}' in the files of this run.{did_you_mean(ident, known)}")
        return replace(known[ident], columns={**known[ident].columns, **(columns or {})})

    def typed(self, prompt: str, columns: Mapping[str, Any]) -> Sample:
        """A prompt that stands in no file."""
        return Sample(_TYPED, prompt, dict(columns))

    def answer(self, sample: Sample, sampling: Sampling, *, n: int = 1, seed: int | None = None) -> Tried:
        """`n` answers of each model, scored. Sampled ones differ from call to call, and are the same again in another session."""
        self._turn += 1
        first = self._trained.info.seed if seed is None else seed
        seeds = [seed_of(first, "try", self._turn, place) for place in range(n)]
        lacking = {grader.name: lacks(grader, [sample]) for grader in self._graders}
        able = [grader for grader in self._graders if not lacking[grader.name]]
        sides = [
            Side(stage, tuple(self._scored(stage, policy, silenced, sample, sampling, seeds, able)))
            for stage, policy, silenced in (
                ("base", self._base, self._base is self._tuned),
                (self._trained.stage, self._tuned, False),
            )
        ]
        return Tried(sample, sampling, (sides[0], sides[1]), {k: v for k, v in lacking.items() if v})

    def _scored(
        self,
        stage: str,
        policy: Policy,
        silenced: bool,
        sample: Sample,
        sampling: Sampling,
        seeds: Sequence[int],
        graders: Sequence[Grader],
    ) -> Iterator[Scored]:
        prompt = prompt_of(sample, system=self._trained.file.config.data.system)
        bare: AbstractContextManager[Any] = policy.model.disable_adapter() if silenced else nullcontext()
        with quiet(), bare:
            made = policy.as_model(stage).generate([prompt] * len(seeds), sampling, seeds)
        answers = [
            Answer(sample, repeat, one.text, seed, len(seeds))
            for repeat, (one, seed) in enumerate(zip(made, seeds, strict=True))
        ]
        results = score_answers(answers, graders, self._scorer, stage=stage, decoding=sampling.decoding)
        for repeat, one in enumerate(made):
            yield Scored(one, tuple(result for result in results if result.repeat == repeat))

    def _changed(self) -> Iterator[str]:
        known = self._trained.info.fingerprints
        for grader in self._graders:
            if known.get(grader.name) != grader.fingerprint:
                yield f"warning: {grader} has changed since the training, so its scores may differ from those of the run"


@contextmanager
def opened_bench(trained: Trained) -> Iterator[Bench]:
    """A bench whose graders run in worker processes and ask the judge of the run."""
    with terms(judge=trained.file.config.judge.model), closing(Scorer()) as scorer:
        yield Bench(trained, scorer)
