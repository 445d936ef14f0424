"""A judge beside people: the figures are those of the plain functions, what is left out is counted, bars, and the worst disagreements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.judging.agreement import cohen_kappa, krippendorff_alpha, raw_agreement
from rewardkit.judging.calibration import Calibration, CriterionCalibration, calibrate
from rewardkit.judging.criteria import Criterion, total
from rewardkit.judging.detection import auroc, sensitivity, specificity
from rewardkit.judging.labels import VerdictLabel
from rewardkit.judging.pooling import Key
from rewardkit.samples import Sample

CITES = Criterion("cites", "Names the section of the policy.", points=2)
TONE = Criterion("tone", "How polite it is.", choices=("rude", "plain", "warm"))
INVENTS = Criterion("invents", "States what the policy does not say.", points=-3)
CRITERIA = (CITES, TONE, INVENTS)

Answers = dict[Key, list[Mapping[str, str]]]


def label(sample: str, verdicts: Mapping[str, str], rater: str = "ana", completion: str = "Sorry!", note: str = "") -> VerdictLabel:  # fmt: skip
    return VerdictLabel(
        Sample(sample, f"Question {sample}", {}, None, f"labels.jsonl:{sample}"),
        completion,
        rater,
        verdicts,
        note,
    )


def answers(judged: Mapping[str, Iterable[Mapping[str, str]]]) -> Answers:
    return {(sample, "Sorry!"): list(repeats) for sample, repeats in judged.items()}


def crowd(size: int, *, right: float, seed: int = 0) -> tuple[list[VerdictLabel], Answers]:
    """Three raters who err one time in ten, and a judge that is right that often and else says the opposite; one completion a sample."""
    random = np.random.default_rng(seed)
    labels, judged = [], {}
    for number in range(size):
        truth = {each.id: int(random.integers(len(each.verdicts))) for each in CRITERIA}

        def say(chance: float, truth: dict[str, int] = truth) -> dict[str, str]:
            return {
                each.id: each.verdicts[truth[each.id] if random.random() < chance else -1 - truth[each.id]]
                for each in CRITERIA
            }

        labels += [label(str(number), say(0.9), rater) for rater in ("ana", "ben", "eva")]
        judged[str(number)] = [say(right)]
    return labels, answers(judged)


def of(calibration: Calibration, name: str) -> CriterionCalibration:
    return next(criterion for criterion in calibration.criteria if criterion.id == name)


LABELS, JUDGED = crowd(80, right=0.8)
FOUND = calibrate(CRITERIA, LABELS, JUDGED)


def majority(sample: str) -> dict[str, str]:
    """The verdicts of two raters of three or more, worked out apart: the crowd has two answers to each question."""
    given = [each.verdicts for each in LABELS if each.sample.id == sample]
    return {each.id: sorted((v[each.id] for v in given), key=each.verdicts.index)[1] for each in CRITERIA}


def both(criterion: Criterion) -> tuple[list[int], list[int]]:
    """The verdicts of people and of the judge as numbers."""
    place, name = criterion.verdicts.index, criterion.id
    people = [place(majority(sample)[name]) for sample, _ in JUDGED]
    return people, [place(answer[name]) for (answer,) in JUDGED.values()]


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda each: each.id)
def test_each_figure_is_that_of_the_plain_function(criterion: Criterion) -> None:
    people, judge = both(criterion)
    name = criterion.id
    found = of(FOUND, name)
    assert (found.n, found.raters) == (80, 3)
    assert found.agreement.value == pytest.approx(raw_agreement(people, judge))
    weights = "quadratic" if name == "tone" else "none"
    assert found.kappa.value == pytest.approx(cohen_kappa(people, judge, weights=weights), abs=1e-9)
    assert found.kappa.low is not None
    assert found.kappa.low < (found.kappa.value or 0)
    if name == "tone":
        assert (found.sensitivity.value, found.specificity.value) == (None, None)
    else:
        assert found.sensitivity.value == pytest.approx(sensitivity(people, judge))
        assert found.specificity.value == pytest.approx(specificity(people, judge))


def test_alpha_is_among_the_people_and_with_the_judge_as_one_more() -> None:
    codes = {rater: [] for rater in ("ana", "ben", "eva", "judge")}  # type: dict[str, list[int]]
    for each in LABELS:
        codes[each.rater].append(TONE.verdicts.index(each.verdicts["tone"]))
    codes["judge"] = [TONE.verdicts.index(answer["tone"]) for (answer,) in JUDGED.values()]
    found = of(FOUND, "tone")
    people = [codes[rater] for rater in ("ana", "ben", "eva")]
    assert found.alpha_people.value == pytest.approx(krippendorff_alpha(people, level="ordinal"), abs=1e-9)
    everyone = krippendorff_alpha(list(codes.values()), level="ordinal")
    assert found.alpha_with_judge.value == pytest.approx(everyone, abs=1e-9)


def test_the_score_by_the_judge_is_compared_with_that_by_the_people() -> None:
    pairs = [
        (total(CRITERIA, majority(sample)), total(CRITERIA, answer))
        for (sample, _), (answer,) in JUDGED.items()
    ]
    people_totals, judge_totals = np.array(pairs).T
    found = FOUND.total
    assert found.n == 80
    assert found.difference.value == pytest.approx(np.abs(people_totals - judge_totals).mean())
    assert found.bias.value == pytest.approx((judge_totals - people_totals).mean())
    assert found.correlation.value == pytest.approx(np.corrcoef(people_totals, judge_totals)[0, 1])
    assert found.passed == (people_totals >= 1).sum()
    assert found.auroc.value == pytest.approx(auroc(people_totals >= 1, judge_totals))
    lower = calibrate(CRITERIA, LABELS, JUDGED, pass_at=0.5).total
    assert lower.passed == (people_totals >= 0.5).sum() > found.passed


def test_ties_and_missing_verdicts_are_left_out_and_counted() -> None:
    labels = [
        label("1", {"cites": "met"}),
        label("1", {"cites": "unmet"}, "ben"),  # people tie
        label("2", {"cites": "met"}),  # the judge's repeats tie
        label("3", {"cites": "met"}),  # the judge gave no verdict on it
        label("4", {"cites": "met"}),  # the judge was not asked
        label("5", {"cites": "met"}),
        label("6", {}),  # taken back
        label("7", {"tone": "warm"}),
    ]
    met, unmet = {"cites": "met"}, {"cites": "unmet"}
    judged = answers(
        {"1": [met], "2": [met, unmet], "3": [{"tone": "warm"}], "5": [met, unmet, met], "9": [unmet]}
    )
    found = calibrate(CRITERIA, labels, judged)
    cites = of(found, "cites")
    assert (cites.n, cites.ties, cites.unsettled, cites.unjudged) == (1, 1, 1, 2)
    assert (cites.agreement.value, cites.kappa.value, cites.steady) == (1.0, None, 0.0)
    assert (found.completions, found.judged, found.total.n) == (6, 4, 0)


def test_the_middle_of_the_judges_repeats_counts() -> None:
    repeats = [{"tone": "rude"}, {"tone": "warm"}, {"tone": "warm"}, {"tone": "plain"}, {"tone": "plain"}]
    found = calibrate(CRITERIA, [label("1", {"tone": "plain"})], answers({"1": repeats}))
    assert of(found, "tone").agreement.value == 1.0


def test_a_judge_that_always_says_the_same_is_shown_for_what_it_is() -> None:
    judged = {key: [{**answer, "cites": "met"}] for key, (answer,) in JUDGED.items()}
    cites = of(calibrate(CRITERIA, LABELS, judged, min_kappa=0.6), "cites")
    assert cites.kappa.value == 0.0
    assert (cites.sensitivity.value, cites.specificity.value) == (1.0, 0.0)
    assert cites.constant is not None
    assert cites.agreement.value in (cites.constant[1], pytest.approx(1 - cites.constant[1]))
    assert cites.bar is not None
    assert cites.bar.outcome == "not met"


def test_people_who_all_say_the_same_leave_kappa_open() -> None:
    labels = [label(str(number), {"cites": "met"}) for number in range(60)]
    judged = answers({str(number): [{"cites": "met"}] for number in range(60)})
    cites = of(calibrate(CRITERIA, labels, judged, min_kappa=0.6), "cites")
    assert (cites.agreement.value, cites.kappa.value) == (1.0, None)
    assert cites.bar is not None
    assert cites.bar.outcome == "too few to say"


@pytest.mark.parametrize(
    ("size", "right", "min_kappa", "outcome"),
    [
        (200, 0.95, 0.5, "met"),
        (200, 0.6, 0.6, "not met"),
        (200, 0.85, 0.6, "too few to say"),  # the interval holds the bar
        (40, 1.0, 0.1, "too few to say"),  # the interval is above it, but 40 are too few to trust
        (40, 0.3, 0.6, "not met"),
    ],
)
def test_a_bar_is_met_not_met_or_open(size: int, right: float, min_kappa: float, outcome: str) -> None:
    labels, judged = crowd(size, right=right, seed=1)
    found = calibrate((CITES,), _only(labels, "cites"), judged, min_kappa=min_kappa)
    (cites,) = found.criteria
    assert cites.bar is not None
    assert (cites.bar.outcome, found.outcome) == (outcome, outcome)
    assert found.too_few == (size < 50)


def _only(labels: Iterable[VerdictLabel], name: str) -> list[VerdictLabel]:
    return [
        VerdictLabel(each.sample, each.completion, each.rater, {name: each.verdicts[name]}) for each in labels
    ]


def test_bars_may_be_set_for_some_criteria_and_the_worst_speaks_for_all() -> None:
    found = calibrate(CRITERIA, LABELS, JUDGED, min_kappa={"cites": 0.01, "invents": 0.999})
    assert [criterion.bar and criterion.bar.outcome for criterion in found.criteria] == [
        "met",
        None,
        "not met",
    ]
    assert found.outcome == "not met"
    assert FOUND.outcome is None


@pytest.mark.parametrize(
    ("min_kappa", "message"),
    [
        ({"cite": 0.6}, "min_kappa names 'cite', which is no criterion; allowed: cites, tone, invents. Did you mean 'cites'?"),
        (0, "min_kappa=0 must be a number above 0 and up to 1"),
        (1.5, "min_kappa=1.5 must be a number above 0 and up to 1"),
        (True, "min_kappa=True must be a number"),
    ],
)  # fmt: skip
def test_a_bar_that_cannot_be_is_refused(min_kappa: float | dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        calibrate(CRITERIA, LABELS, JUDGED, min_kappa=min_kappa)
    assert message in str(error.value)


def test_a_verdict_of_the_judge_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(ValueError, match="'maybe' is no verdict on 'cites'"):
        calibrate(CRITERIA, [label("1", {"cites": "met"})], answers({"1": [{"cites": "maybe"}]}))


def test_the_worst_disagreements_come_first_and_the_surest_people_before_others() -> None:
    best = {"cites": "met", "tone": "warm", "invents": "unmet"}
    labels = [
        label("near", best),
        label("far", best, note="clear case"),
        label("sure", best),
        label("sure", best, "ben"),
        label("equal", best),
        label("part", {"cites": "met"}),
    ]
    judged = answers(
        {
            "near": [{**best, "tone": "plain"}],
            "far": [{**best, "cites": "unmet"}],
            "sure": [{**best, "cites": "unmet"}],
            "equal": [best],
            "part": [{**best, "cites": "unmet"}],
        }
    )
    found = calibrate(CRITERIA, labels, judged).worst
    assert [each.sample for each in found] == ["sure", "far", "near", "part"]
    assert found[1].verdicts == {"cites": ("met", "unmet")}
    assert (found[1].people_total, found[1].judge_total) == (1.0, pytest.approx(1 / 3))
    assert (found[1].prompt, found[1].completion, found[1].notes) == (
        "Question far",
        "Sorry!",
        {"ana": "clear case"},
    )
    assert found[3].difference is None
    assert len(calibrate(CRITERIA, labels, judged, most=2).worst) == 2


def test_several_completions_of_a_sample_are_one_cluster() -> None:
    labels, judged = crowd(12, right=0.8)
    copies = [
        VerdictLabel(each.sample, f"{each.completion} {copy}", each.rater, each.verdicts)
        for copy in range(5)
        for each in labels
    ]
    copied = {
        (sample, f"{text} {copy}"): said for (sample, text), said in judged.items() for copy in range(5)
    }
    once, often = (
        calibrate((CITES,), *pair).criteria[0].kappa for pair in ((labels, judged), (copies, copied))
    )
    assert (often.n, once.n) == (60, 12)
    assert (often.value, often.low, often.high) == pytest.approx((once.value, once.low, once.high))


def test_the_object_for_json_holds_every_figure_and_no_nan() -> None:
    found = json.loads(
        json.dumps(calibrate(CRITERIA, LABELS, JUDGED, min_kappa=0.6).as_json(), allow_nan=False)
    )
    assert set(found) == {
        "completions", "judged", "samples", "raters", "too_few", "outcome", "criteria", "total", "worst"
    }  # fmt: skip
    assert found["criteria"][0]["bar"] == {"min_kappa": 0.6, "outcome": of(calibrate(CRITERIA, LABELS, JUDGED, min_kappa=0.6), "cites").bar.outcome}  # type: ignore[union-attr]  # fmt: skip
    assert set(found["criteria"][0]["kappa"]) == {"value", "low", "high", "n"}
    json.dumps(calibrate(CRITERIA, [], {}).as_json(), allow_nan=False)


small_labels, small_judged = crowd(14, right=0.7, seed=3)


@given(st.permutations(small_labels), st.permutations(["ana", "ben", "eva"]))
@settings(max_examples=8, deadline=None)
def test_neither_the_order_of_labels_nor_the_names_of_raters_change_a_value(
    labels: list[VerdictLabel], names: list[str]
) -> None:
    renamed = dict(zip(["ana", "ben", "eva"], names, strict=True))
    shuffled = [VerdictLabel(x.sample, x.completion, renamed[x.rater], x.verdicts) for x in labels]
    one, other = (calibrate(CRITERIA, each, small_judged) for each in (small_labels, shuffled))
    for a, b in zip(one.criteria, other.criteria, strict=True):
        for figure in ("agreement", "kappa", "alpha_people", "alpha_with_judge", "sensitivity"):
            assert getattr(b, figure).value == pytest.approx(getattr(a, figure).value, abs=1e-9)
        assert (b.n, b.ties, b.constant) == (a.n, a.ties, a.constant)
    assert other.total.difference.value == pytest.approx(one.total.difference.value, abs=1e-9)
