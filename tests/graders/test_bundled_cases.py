"""Every case, order and probe of the bundled graders, those beside the code and those in NAME.cases.jsonl."""

from __future__ import annotations

from itertools import pairwise

import pytest

from rewardkit import Grader, Score, collect
from rewardkit.cases import Case, Mark, Order, Probe

NAMES = ("label", "number", "exact_text", "choice", "json_fields", "format_tags")
MARKS = [(grader, mark) for grader in collect(NAMES) for mark in grader.marks]


@pytest.mark.parametrize(("grader", "mark"), MARKS, ids=[f"{g.name}-{i}" for i, (g, _) in enumerate(MARKS)])
def test_what_the_author_wrote_beside_the_grader_holds(grader: Grader, mark: Mark) -> None:
    if isinstance(mark, Case):
        assert _meets(grader.score(mark.completion, **mark.columns), mark.expect), mark
    elif isinstance(mark, Probe):
        score = grader.score(mark.completion, **mark.columns)
        assert float(score) <= mark.ceiling + 1e-9, mark
    elif isinstance(mark, Order):
        scores = [float(grader.score(text, **mark.columns)) for text in mark.completions]
        assert all(worse < better for worse, better in pairwise(scores)), mark


def _meets(score: Score, expect: object) -> bool:
    if expect == "unscored":
        return score.cause == "bad_reference"
    return score.value is not None and score.value == pytest.approx(expect, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_each_grader_has_cases_probes_an_order_and_the_four_headings(name: str) -> None:
    (grader,) = collect([name])
    assert {Case, Probe, Order} <= {type(mark) for mark in grader.marks}
    source = grader.file.read_text(encoding="utf-8")
    for heading in ("\nWhat it rewards\n", "\nHow it can be gamed\n", "\nKnown problems\n", "\nExample\n"):
        assert heading in source
