"""What judging would cost, before anybody is asked: every question is made, and those whose verdict is kept are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ..evaluating.answers import Answer, score_all
from ..grader import Grader
from ..scoring import Scorer
from .spending import Ledger, Spent
from .terms import terms


def estimate(graders: Sequence[Grader], windows: Iterable[Sequence[Answer]]) -> Spent:
    """About what judges would be asked for the scores of these answers, a list at a time, and what it would cost.

    Four characters are reckoned as a token, and a verdict with its reason as 60. What depends on a verdict, as what a gate lets through, is
    reckoned as if the verdict were missing. Graders that ask no judge are not called.
    """
    asking = [grader for grader in graders if grader.asks_a_judge]
    with TemporaryDirectory() as folder:
        ledger = Path(folder) / "judge_calls.jsonl"
        with terms(verdicts="estimate", ledger=ledger), Scorer(workers=1) as scorer:
            for window in windows if asking else ():
                score_all(window, asking, scorer, stage="estimate", decoding="given")
        return Ledger(ledger).spent()
