"""SFT alone at its best: every point of the [sft_alone] grid is trained, the one that does best on the validation file is kept.

The held-out data takes no part. What was tried, and how each did, stays in checkpoints/sft_alone.json; a point that is there is not
trained again after a kill.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

from rewardkit.evaluating.answers import ItemScorer
from rewardkit.evaluating.loop import Plan
from rewardkit.grader import Grader
from rewardkit.runs import files
from rewardkit.samples import Sample

from ..drawing import draw
from ..ranks import Ranks
from ..reporting import LinesOnly, Reporter
from ..settings.config import RunFile
from .sft import train_sft

STAGE = "sft_alone"


@dataclass(frozen=True, slots=True)
class Point:
    """One setting and what it reached on the validation prompts: shares solved."""

    learning_rate: float
    num_train_epochs: float
    greedy: float
    sampled: float

    @property
    def changes(self) -> dict[str, float]:
        """The keys of [sft] that it overrides."""
        return _changes(self.learning_rate, self.num_train_epochs)


def choose(
    run: RunFile,
    expert: Sequence[Sample],
    validation: Sequence[Sample],
    grader: Grader,
    record: Path,
    work: Path,
    *,
    plans: tuple[Plan, Plan],
    scorer: ItemScorer,
    reporter: Reporter,
    ranks: Ranks,
) -> Point:
    """The point with the highest sum of greedy and sampled share solved (`plans`); of equals the first in the grid."""
    grid = run.config.sft_alone
    assert grid is not None
    settings = list(product(grid.learning_rate, grid.num_train_epochs))
    known = ranks.first(lambda: _read(record))
    for done, (rate, epochs) in enumerate(settings):
        reporter.progress("sft_alone settings", done, len(settings))
        if (rate, epochs) in known:
            continue
        changes = {**_changes(rate, epochs), "save_strategy": "no"}
        lines_only = LinesOnly(reporter)  # only the grid's progress is shown
        policy = train_sft(
            run, expert, work, phase=STAGE, folder=None, reporter=lines_only, ranks=ranks, changes=changes
        )
        model = policy.as_model(STAGE)
        greedy, sampled = (
            draw(model, validation, grader, plan, scorer, ranks).solved(grader.options.solved_at)
            for plan in plans
        )
        known[rate, epochs] = Point(rate, epochs, greedy, sampled)
        ranks.first(lambda: files.write_json(record, [asdict(point) for point in known.values()]))
    reporter.progress("sft_alone settings", len(settings), len(settings))
    return max((known[key] for key in settings), key=lambda point: point.greedy + point.sampled)


def _changes(rate: float, epochs: float) -> dict[str, float]:
    """`max_steps` of [sft], if it is set, would override the epochs."""
    return {"learning_rate": rate, "num_train_epochs": epochs, "max_steps": -1}


def _read(record: Path) -> dict[tuple[float, float], Point]:
    if not record.is_file():
        return {}
    points = [Point(**point) for point in json.loads(record.read_text(encoding="utf-8"))]
    return {(point.learning_rate, point.num_train_epochs): point for point in points}
