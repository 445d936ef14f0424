"""One training of the study, by the trainer's own stages, and its measurement.

The stages are called one by one and not through `rewardkit.trainer.run`: that would answer the held-out questions with the base model and with the warm start
in each of some hundred runs, sample for a preflight and write a report, which together cost more than the training. The configuration is that of a RUN.toml all the
same: it is written, read and checked as any, and `rewardkit train` takes it.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rewardkit.errors import ConfigError

from .bases import folder_of
from .clock import Clock
from .grid import Cell
from .measured import Measured
from .methods import BUDGET, METHODS, Method, tables_of
from .tasks import STORE, Question, Task, task_named

EVAL_BATCH = 136
EVAL_TOKENS = 128  # for a model that writes bare answers, whose rows may be many
MAJORITY_OF = 8

Rows = list[dict[str, Any]]


def train_and_measure(
    cell: Cell, point: Mapping[str, Mapping[str, Any]], *, measure_on: str = "heldout", budget: int = BUDGET, most: int | None = None
) -> dict[str, Any]:  # fmt: skip
    """The figures of one cell; `measure_on` "validation" is for choosing settings. `most` questions, for a quick look."""
    task, method = task_named(cell.task), METHODS[cell.method]
    questions = (task.heldout() if measure_on == "heldout" else task.validation())[:most]
    with tempfile.TemporaryDirectory(prefix="study-") as folder, Clock() as clock, _quiet():
        found = _Trained(task, method, cell, point, Path(folder), budget, questions)
        policy = found.train()
        clock.lap("train")
        measured = found.measure(policy)
        clock.lap("measure")
    return {**measured.as_json(), "generated": found.generated, "steps": found.steps, "cpu": clock.laps}


class _Trained:
    """A cell in a work folder: its files, its training, its measurement."""

    def __init__(
        self, task: Task, method: Method, cell: Cell, point: Mapping[str, Mapping[str, Any]], folder: Path, budget: int, questions: Sequence[Question]
    ) -> None:  # fmt: skip
        self._task, self._method, self._cell, self._folder = task, method, cell, folder
        self._questions = questions
        self._budget = budget
        self._rows = task.train(cell.n, cell.seed, few=cell.few)
        self.generated = 0
        self.steps: list[dict[str, float]] = []
        tokens = EVAL_TOKENS if method.gold == "answer" and method.reward is None else task.completion_tokens
        tables = tables_of(
            method, cell.scaling or "ours", point, cell.n, task.completion_tokens, budget=budget
        )
        self._write(tables, tokens)

    def train(self) -> Any:
        """The policy after all stages."""
        from rewardkit.trainer.methods.policies import load_policy

        method, run = self._method, self._run()
        policy = None
        if method.gold == "majority":
            self._imitate_majority(run)
            run = self._run()
        if method.gold:
            policy = self._sft(run)
        if method.reward:
            policy = self._reinforce(run, policy)
        return policy or load_policy(run)

    def measure(self, policy: Any) -> Measured:
        """Greedy once and sampled once, by the grader with partial credit or, for bare answers, by their own."""
        from rewardkit.collecting import collect_grader
        from rewardkit.trainer.drawing import draw
        from rewardkit.trainer.plans import evaluation_plans
        from rewardkit.trainer.ranks import Ranks

        bare = self._method.gold == "answer" and self._method.reward is None
        grader = collect_grader(self._task.graders["bare" if bare else "partial"])
        run, samples = self._run(), self._job(self._run()).samples.heldout
        model = policy.as_model("study")
        drawn = [
            [result.value for result in draw(model, samples, grader, plan, _scorer(), Ranks()).results]
            for plan in evaluation_plans(run, "study")
        ]
        greedy, sampled = (tuple(value is not None and value >= 1 for value in values) for values in drawn)
        means = [float(np.mean([value for value in values if value is not None])) for values in drawn]
        unscored = sum(value is None for values in drawn for value in values)
        return Measured(greedy, sampled, means[0], means[1], unscored)

    def _sft(self, run: Any) -> Any:
        from rewardkit.trainer.methods.sft import train_sft
        from rewardkit.trainer.ranks import Ranks
        from rewardkit.trainer.reporting import Silent

        samples = self._job(run).samples.expert
        work = self._folder / "sft-steps"
        return train_sft(run, samples, work, phase="sft", folder=None, reporter=Silent(), ranks=Ranks())

    def _reinforce(self, run: Any, start: Any) -> Any:
        """GRPO or RAFT from the warm start, if there is one; the base model where RAFT accepted nothing."""
        from rewardkit.trainer.folders import open_folder
        from rewardkit.trainer.methods.policies import save_policy
        from rewardkit.trainer.ranks import Ranks
        from rewardkit.trainer.reporting import Silent

        job, work, begun = self._job(run), self._folder / "steps", None
        work.mkdir()
        if start is not None:
            begun = self._folder / "sft"
            save_policy(start, begun)
        with open_folder(job, self._folder / "run", Ranks()) as folder:
            policy = self._train()(
                run, job.samples.train, job.grader, begun, work,
                folder=folder, scorer=_scorer(), reporter=Silent(), ranks=Ranks(),
            )  # fmt: skip
            self._keep_steps(folder.path)
        return policy

    def _train(self) -> Any:
        if not self._method.raft:
            from rewardkit.trainer.methods.grpo import train_grpo

            return train_grpo
        from rewardkit.trainer.methods.raft import train_raft

        def trained(*arguments: Any, **named: Any) -> Any:
            try:
                return train_raft(*arguments, **named)
            except ConfigError:
                return None  # the settings are valid, so it is this: no completion was accepted in any round

        return trained

    def _keep_steps(self, path: Path) -> None:
        """Reward and share of saturated groups of each step, and how many completions were generated."""
        lines = (path / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        kept = ("reward", "saturated", "true_reward")
        self.steps = [{key: round(line[key], 4) for key in kept if key in line} for line in found]
        self.generated += found[-1].get("generated", self._budget)

    def _imitate_majority(self, run: Any) -> None:
        """Write as gold what the base model answers most often, of several samples."""
        from rewardkit.evaluating.models import Sampling, prompt_of
        from rewardkit.trainer.methods.policies import load_policy

        samples = self._job(run).samples.train
        prompts = [prompt_of(sample) for sample in samples for _ in range(MAJORITY_OF)]
        seeds = [self._cell.seed * 1000 + place for place in range(len(prompts))]
        sampling = Sampling(max_tokens=self._task.completion_tokens, temperature=1.0)
        model = load_policy(run).as_model("base")
        texts = [made.text for made in model.generate(prompts, sampling, seeds)]
        chunks = [texts[place : place + MAJORITY_OF] for place in range(0, len(texts), MAJORITY_OF)]
        golds = [Counter(text for text in chunk if text.strip()).most_common(1)[0][0] for chunk in chunks]
        self._write_rows("expert", [{**row.row(f"expert-{i}"), "gold": gold} for i, (row, gold) in enumerate(zip(self._rows, golds, strict=True))])  # fmt: skip
        self.generated += len(texts)

    def _write(self, tables: Mapping[str, Mapping[str, Any]], tokens: int) -> None:
        """RUN.toml and its data files."""
        method, gold = self._method, self._method.gold
        hand = "own" if gold == "majority" else gold
        self._write_rows("train", [row.row(f"train-{i}") for i, row in enumerate(self._rows)])
        self._write_rows("heldout", [row.row(f"heldout-{i}") for i, row in enumerate(self._questions)])
        if hand:
            self._write_rows("expert", [row.row(f"expert-{i}", hand) for i, row in enumerate(self._rows)])
        data = {
            "train": "train.jsonl",
            "heldout": "heldout.jsonl",
            **({"expert": "expert.jsonl"} if hand else {}),
        }
        top = {
            "name": "cell",
            "model": str(folder_of(self._cell.task, self._cell.base)),
            "grader": self._task.graders[method.reward or "partial"],
            "seed": self._cell.seed,
            **({"method": "raft"} if method.raft else {}),
        }
        evaluation = {"k": 1, "batch_size": EVAL_BATCH, "max_tokens": tokens}
        guard, record = {"checks": False}, {"rollouts": False}
        text = toml_of(top, {"data": data, **tables, "eval": evaluation, "guard": guard, "record": record})
        (self._folder / "run.toml").write_text(text, encoding="utf-8")

    def _write_rows(self, name: str, rows: Rows) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (self._folder / f"{name}.jsonl").write_text(text, encoding="utf-8")

    def _run(self) -> Any:
        from rewardkit.trainer.settings.config import load_config

        options: dict[str, Any] = {"control": self._method.control} if self._method.control else {}
        return load_config(self._folder / "run.toml", **options)

    def _job(self, run: Any) -> Any:
        from rewardkit.trainer.jobs import prepare

        return prepare(run, untested=True)


def toml_of(top: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> str:
    """A RUN.toml; JSON's way to write texts, numbers and booleans is TOML's too."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in top.items()]
    for table, keys in tables.items():
        lines += ["", f"[{table}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items())]
    return "\n".join(lines) + "\n"


@contextmanager
def _quiet() -> Iterator[None]:
    from rewardkit.evaluating.huggingface import free_memory
    from rewardkit.trainer.methods.policies import quiet

    with quiet():
        yield
    free_memory()


@cache
def _scorer() -> Any:
    """One worker process for all cells of this process. Scores are kept on disk: trained models give many of the same answers, and a grade costs 20 ms."""
    from rewardkit.scoring import Scorer
    from rewardkit.scoring.cache import ScoreCache

    return Scorer(workers=1, cache=ScoreCache(STORE / "scores.sqlite"))
