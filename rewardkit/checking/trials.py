"""A trial: completions of one row with a relation that their scores must keep. Every check of a grader is a plan of trials.

Findings are trials that broke twice. That makes each of them a thing that can be printed, counted and run again by its id.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from ..grader import Grader
from ..scores import Score
from ..scoring import Item
from ..scoring.items import seed_of
from ..scoring.surroundings import Surroundings
from .expectations import Expected
from .findings import Severity
from .known_rows import KnownRow, reference_columns
from .levels import DEFAULT, Level
from .results import Finding, Skipped

_NO_RANGE = 1e6


class Call(NamedTuple):
    """One completion to be scored for a row; `surroundings` of its worker, None: as they are here. `judge`: how a stand-in for its judge behaves."""

    row: KnownRow
    completion: str
    surroundings: Surroundings | None = None
    judge: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Completions of one row, and what their scores must be.

    `provable`: a breach cannot be a coincidence. `guessed`: what is expected is a guess (that a bare reference is right, that a
    remark makes an answer wrong), so a breach warns at most. `declared`: the author wrote it, so it is reported by itself. `sound`: the contract counts for its calls too.
    `answers`: the other row that the completion is right for. `surroundings`: those of the worker that scores it. `judges`: how a stand-in
    for its judge behaves for each completion, in order. `alone`: the row of the first completion, where `row` is the same one in a batch.
    """

    check: str
    row: KnownRow
    completions: tuple[str, ...]
    expected: Expected
    where: str = ""
    provable: bool = True
    guessed: bool = False
    declared: bool = False
    sound: bool = True
    answers: KnownRow | None = None
    surroundings: Surroundings | None = None
    judges: tuple[str, ...] = ()
    alone: KnownRow | None = None

    @property
    def calls(self) -> list[Call]:
        """What has to be scored for it, in order: each completion, and for a comparison with other surroundings both of them."""
        judges = self.judges or ("",) * len(self.completions)
        rows = (self.alone or self.row, *(self.row,) * (len(self.completions) - 1))
        calls = [
            Call(row, text, self.surroundings, judge)
            for row, text, judge in zip(rows, self.completions, judges, strict=True)
        ]
        home = Call(self.row, self.completions[-1], "judge" if self.judges else None, judges[-1])
        return [home, *calls] if self.compares else calls

    @property
    def compares(self) -> bool:
        """Whether its completions are scored here as well, to be compared with."""
        return self.surroundings not in (None, "judge") and self.expected.kind in ("same", "as_before")

    def replay_id(self, grader: Grader, check: str = "") -> str:
        """Eight hexadecimal digits that name this trial in every run over the same rows."""
        identity = (grader.name, check or self.check, self.row.id, *self.completions, *self.judges)
        text = "\x1f".join(identity).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=4).hexdigest()


Role: TypeAlias = Literal["whole", "part", "penalty"]
"""What a grader is in this run: by itself, a part of a combination, or what a combination takes marks off for."""


@dataclass(frozen=True, slots=True)
class Material:
    """What checks plan from: the grader, its rows, the seed of every choice among them, the grader's role in the run, and how much to try."""

    grader: Grader
    rows: Sequence[KnownRow]
    seed: int
    role: Role = "whole"
    level: Level = DEFAULT

    @property
    def reference_free(self) -> bool:
        """Whether the score cannot, or need not, depend on a reference."""
        grader = self.grader
        asks = reference_columns(grader) or "prompt" in grader.wants
        return grader.options.reference_free or not (asks or any(row.compared for row in self.rows))

    @property
    def foreign(self) -> bool:
        """Whether it is a function of another library, which declares nothing."""
        low, high = self.grader.options.range
        return high - low >= _NO_RANGE

    @property
    def sound_rows(self) -> list[KnownRow]:
        """The rows whose reference can be used."""
        return [row for row in self.rows if not row.broken]

    @property
    def span(self) -> tuple[float, float]:
        """The lowest score and the one that counts as solved; 0 for the lowest where a foreign function declares no range."""
        low, _ = self.grader.options.range
        solved = self.grader.options.solved_at
        return (min(0.0, solved - 1.0), solved) if self.foreign else (low, solved)

    def choose(self, rows: Sequence[KnownRow], most: int) -> list[KnownRow]:
        """At most that many rows, or what the level makes of it; the same ones for the same seed, in their order."""
        most = max(1, round(most * self.level.rows))
        if len(rows) <= most:
            return list(rows)
        chosen = random.Random(self.seed).sample(range(len(rows)), most)
        return [rows[index] for index in sorted(chosen)]

    def different_rows(
        self, most: int, useful: Callable[[KnownRow], object] = lambda row: True
    ) -> list[KnownRow]:
        """At most that many usable rows, no two with the same reference; those that are not `useful` stand in nobody's way."""
        different: dict[str, KnownRow] = {}
        for row in filter(useful, self.sound_rows):
            different.setdefault(row.key, row)
        return self.choose(list(different.values()), most)

    def together(self, row: KnownRow, completion: str) -> tuple[str, ...]:
        """The completions that are graded with this one, itself among them: more than one only for a grader of groups."""
        return (row.together if self.grader.in_groups else ()) or (completion,)

    def items(self, row: KnownRow, completions: Sequence[str], group: str) -> list[Item]:
        """What the scorer is given for completions that are graded together."""
        seed = seed_of(self.seed, row.id)
        return [Item(text, row.columns, seed, group, len(completions)) for text in completions]

    def stays_under(self, note: str = "") -> Expected:
        """What a wrong answer may earn: less than `pass_at`, and no more than `partial_cap`."""
        cap = self.grader.options.partial_cap
        if cap is not None and cap < self.grader.options.solved_at:
            return Expected("at_most", high=cap, note=note or "partial_cap")
        return Expected("below", high=self.grader.options.solved_at, note=note)


def finding_of(
    material: Material,
    trial: Trial,
    scores: Sequence[Score],
    index: int,
    severity: Severity,
    *,
    check: str = "",
    similar: int = 0,
) -> Finding:
    """The finding of a trial whose completion number `index` broke it."""
    asked = material.grader.wants
    seen = {name: value for name, value in trial.row.columns.items() if name in asked}
    return Finding(
        id=check or trial.check,
        severity=severity,
        row=trial.row.id,
        completion=trial.completions[min(index, len(trial.completions) - 1)],
        score=scores[index],
        expected=trial.expected.text(scores, index),
        seed=material.seed,
        replay=trial.replay_id(material.grader, check),
        where=trial.where or trial.row.where,
        columns={**trial.row.compared, **seen},
        against=_against(trial, scores, index),
        similar=similar,
        coincidence=severity == "warn" and not trial.guessed and not trial.provable,
    )


def _against(trial: Trial, scores: Sequence[Score], index: int) -> str | None:
    """The completion before the one that broke an order between them, or the best of those before."""
    if trial.expected.kind == "not_above" and index > 0:
        return trial.completions[max(range(index), key=lambda place: scores[place].value or 0.0)]
    if trial.expected.kind == "as_before":
        return trial.completions[0]
    ordered = trial.expected.kind in ("rises", "keeps", "not_raised", "less", "not_both")
    return trial.completions[index - 1] if ordered and index > 0 else None


Planned: TypeAlias = Iterator[Trial | Skipped]
Planner: TypeAlias = Callable[[Material], Planned]
