"""The example of claim notes: what its README says of its files and scores is so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rewardkit import Grader, Scorer, collect, read_samples
from rewardkit.cases import Case, Probe
from rewardkit.scoring import item_of

FOLDER = Path(__file__).parents[2] / "examples" / "claims"
GRADERS = {grader.name: grader for grader in collect([str(FOLDER)])}


def scores_of(grader: Grader) -> list[float]:
    samples = read_samples(FOLDER / "answers.csv")
    with Scorer(workers=1) as scorer:
        scores = scorer.score(grader, [item_of(sample, sample.columns["completion"]) for sample in samples])
    return [float(score) for score in scores]


def test_every_typical_mistake_gets_the_score_that_the_readme_gives() -> None:
    expected = [1, 1, 0.6, 0.2, 1, 0.6, 0.2, 0.8, 0.75, 0, 1, 0]
    assert scores_of(GRADERS["claim"]) == pytest.approx(expected)


def test_a_flawless_answer_is_one_with_full_marks() -> None:
    assert scores_of(GRADERS["flawless"]) == [float(score == 1) for score in scores_of(GRADERS["claim"])]


@pytest.mark.parametrize("name", GRADERS)
def test_the_cases_and_probes_of_the_toml_file_hold(name: str) -> None:
    for mark in GRADERS[name].marks:
        assert isinstance(mark, Case | Probe)
        score = float(GRADERS[name].score(mark.completion, **mark.columns))
        assert score == pytest.approx(mark.expect) if isinstance(mark, Case) else score <= mark.ceiling + 1e-9


@pytest.mark.parametrize(("file", "count"), [("train.csv", 16), ("held_out.csv", 12)])
def test_every_reference_earns_full_marks(file: str, count: int) -> None:
    samples = read_samples(FOLDER / file)
    assert len(samples) == count
    for sample in samples:
        assert GRADERS["claim"].score(sample.reference, reference=sample.reference).value == 1


def test_training_and_held_out_notes_share_nothing() -> None:
    train, held_out = read_samples(FOLDER / "train.csv"), read_samples(FOLDER / "held_out.csv")
    assert not {s.prompt for s in train} & {s.prompt for s in held_out}
    assert not {s.id for s in train} & {s.id for s in held_out}


def test_a_blind_answer_earns_what_the_readme_warns_of() -> None:
    blind = json.dumps({"coverage": "excluded", "amount": 0, "reason": "?"})
    samples = [*read_samples(FOLDER / "train.csv"), *read_samples(FOLDER / "held_out.csv")]
    mean = sum(float(GRADERS["claim"].score(blind, reference=s.reference)) for s in samples) / len(samples)
    assert 0.3 < mean < 0.4
