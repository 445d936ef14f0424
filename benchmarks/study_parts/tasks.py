"""A task of the study: questions with answers, an imperfect teacher for its base models, and the ways its labels can be written.

    task = task_named("sql")
    train, validation, heldout = task.train(12, seed=0), task.validation(), task.heldout()

Questions are drawn once under a fixed seed and split by kind in four pools that share no prompt: held-out (measured once, chooses nothing), validation and
choosing (settings are chosen on them), training. What a base model is pre-trained on leaves out all four.
"""

from __future__ import annotations

import hashlib
import json
import random
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

ROOT = Path(__file__).resolve().parents[2]
GRADERS = ROOT / "benchmarks" / "study_parts" / "graders.py"
STORE = ROOT / ".bench" / "study"
CHOOSING_SEEDS = 100  # training rows of this seed and above come from the pool on which settings are chosen

Gold = Literal["own", "expert", "answer"]
Pool = Literal["heldout", "validation", "choosing", "train"]
Pair = tuple[str, str]

_SHARES: dict[Pool, float] = {"heldout": 0.62, "validation": 0.08, "choosing": 0.07, "train": 0.23}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of one kind: its reference for the grader, further columns of its row, and the answer as each hand would write it."""

    prompt: str
    kind: str
    reference: Any
    golds: Mapping[str, str]
    columns: Mapping[str, Any] = field(default_factory=dict)

    def row(self, name: str, gold: str | None = None) -> dict[str, Any]:
        """The row of a data file; with `gold`, the answer to imitate in that hand."""
        row = {"id": name, "prompt": self.prompt, "kind": self.kind, "reference": self.reference}
        return {**row, **self.columns, **({"gold": self.golds[gold]} if gold else {})}


class Task(ABC):
    """What a task has to give; everything is a function of seeds."""

    name: str
    few_kinds: tuple[str, ...]
    """The kinds of the training prompts where prompts are of few kinds."""
    completion_tokens: int
    graders: ClassVar[Mapping[str, str]]
    """Targets of graders: "partial", which measures as well, "exact", "bare" for a model that was taught to write the bare answer, and others to learn from."""

    @abstractmethod
    def draw(self) -> list[Question]:
        """All questions of the study, of different prompts; the same at each call."""

    @abstractmethod
    def pairs(self, count: int, seed: int, harm: str, forbidden: set[str]) -> list[Pair]:
        """(prompt, answer of the imperfect teacher); `harm` names how often it errs: "usual", "more" or "nearly always"."""

    def heldout(self) -> list[Question]:
        return self._pools()["heldout"]

    def validation(self) -> list[Question]:
        return self._pools()["validation"]

    def train(self, n: int, seed: int, *, few: bool = False) -> list[Question]:
        """`n` questions spread over the kinds, in an order that the seed decides; other ones for another seed."""
        pool = self._pools()["choosing" if seed >= CHOOSING_SEEDS else "train"]
        rng = random.Random(f"{self.name} {seed}")
        kinds = _by_kind(question for question in pool if not few or question.kind in self.few_kinds)
        for questions in kinds.values():
            rng.shuffle(questions)
        names = list(kinds)
        rng.shuffle(names)
        chosen: list[Question] = []
        while len(chosen) < n and any(kinds.values()):
            chosen += [kinds[name].pop() for name in names if kinds[name]]
        if len(chosen) < n:
            raise ValueError(f"{self.name}: {n} training questions asked for, {len(chosen)} there")
        return chosen[:n]

    def identity(self) -> str:
        """What the held-out questions are: figures measured on others do not belong together."""
        text = json.dumps([[q.prompt, q.reference] for q in self.heldout()], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def prompts(self) -> set[str]:
        """The prompts of all pools."""
        return {question.prompt for pool in self._pools().values() for question in pool}

    def _pools(self) -> dict[Pool, list[Question]]:
        if self.name not in _POOLS:
            _POOLS[self.name] = _split(self._drawn())
        return _POOLS[self.name]

    def _drawn(self) -> list[Question]:
        """Drawn once and kept in the store: the draw takes up to a minute."""
        file = STORE / f"{self.name}.jsonl"
        if not file.is_file():
            lines = "".join(json.dumps(_as_json(q), ensure_ascii=False) + "\n" for q in self.draw())
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".tmp")
            unfinished.write_text(lines, encoding="utf-8")
            unfinished.rename(file)
        return [Question(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def task_named(name: str) -> Task:
    """ "sql" or "orders"."""
    from .orders import Orders
    from .sql import TextToSql

    return {"sql": TextToSql, "orders": Orders}[name]()


def few_kinds_of(name: str) -> tuple[str, ...]:
    """The kinds that are trained on where prompts are of few kinds."""
    return task_named(name).few_kinds


_POOLS: dict[str, dict[Pool, list[Question]]] = {}


def _as_json(question: Question) -> dict[str, Any]:
    return {
        "prompt": question.prompt,
        "kind": question.kind,
        "reference": question.reference,
        "golds": dict(question.golds),
        "columns": dict(question.columns),
    }


def _by_kind(questions: Iterable[Question]) -> dict[str, list[Question]]:
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        kinds[question.kind].append(question)
    return dict(kinds)


def _split(questions: Sequence[Question]) -> dict[Pool, list[Question]]:
    """Each kind cut by `_SHARES`; questions of a kind were drawn at random, so their order decides nothing."""
    pools: dict[Pool, list[Question]] = {pool: [] for pool in _SHARES}
    for kind in _by_kind(questions).values():
        start, upto = 0, 0.0
        for pool, share in _SHARES.items():
            upto += share
            end = round(upto * len(kind))
            pools[pool] += kind[start:end]
            start = end
    return pools
