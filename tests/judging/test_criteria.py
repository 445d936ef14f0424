"""What verdicts earn, and which criteria make no rubric."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import GraderError
from rewardkit.judging.criteria import Criterion, check_criteria, total

CITES = Criterion("cites", "Names the section.", points=2)
INVENTS = Criterion("invents", "States what is not there.", points=-3)
TONE = Criterion("tone", "How polite it is.", points=2, choices=("rude", "plain", "warm"))


@pytest.mark.parametrize(
    ("verdicts", "score"),
    [
        ({"cites": "met", "invents": "unmet", "tone": "warm"}, 1.0),
        ({"cites": "met", "invents": "unmet", "tone": "plain"}, 0.75),
        ({"cites": "unmet", "invents": "unmet", "tone": "rude"}, 0.0),
        ({"cites": "met", "invents": "met", "tone": "warm"}, 0.25),
        ({"cites": "unmet", "invents": "met", "tone": "rude"}, 0.0),
    ],
)
def test_points_earned_over_those_that_could_be(verdicts: dict[str, str], score: float) -> None:
    assert total((CITES, INVENTS, TONE), verdicts) == score


def test_what_is_required_and_not_fully_met_leaves_nothing() -> None:
    tone = Criterion("tone", "How polite.", choices=("rude", "plain", "warm"), required=True)
    assert total((CITES, tone), {"cites": "met", "tone": "plain"}) == 0.0
    assert total((CITES, tone), {"cites": "met", "tone": "warm"}) == 1.0


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["met", "unmet"]), min_size=3))
def test_a_better_verdict_never_lowers_the_score(verdicts: dict[str, str]) -> None:
    criteria = tuple(Criterion(name, "x", points=points) for name, points in (("a", 1), ("b", 5), ("c", -2)))
    before = total(criteria, verdicts)
    assert 0 <= before <= 1
    for criterion in criteria:
        better = {**verdicts, criterion.id: "met" if criterion.points > 0 else "unmet"}
        assert total(criteria, better) >= before


def test_a_missing_verdict_or_one_that_is_not_allowed_is_no_score() -> None:
    with pytest.raises(KeyError):
        total((CITES, INVENTS), {"cites": "met"})
    with pytest.raises(ValueError, match="'maybe' is no verdict on 'cites'; allowed: unmet, met"):
        total((CITES,), {"cites": "maybe"})


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ((), "a rubric needs criteria"),
        ((INVENTS,), "no criterion has positive points"),
        ((CITES, CITES), "criterion 'cites' is there twice"),
        ((Criterion("2nd", "x"),), "criterion id '2nd' must be a letter"),
        ((Criterion("a", " "),), "criterion 'a' needs a text"),
        ((Criterion("a", "x", points=0),), "points=0 must be finite and not 0"),
        ((Criterion("a", "x", points=math.inf),), "points=inf must be finite"),
        ((Criterion("a", "x", points=True),), "points=True must be a number"),
        ((Criterion("a", "x", choices=("only",)),), "must be two or more that differ"),
        ((Criterion("a", "x", choices=("Yes", "yes")),), "must be two or more that differ"),
        ((CITES, Criterion("a", "x", points=-1, required=True)), "a harm cannot be required"),
    ],
)
def test_what_makes_no_rubric_is_refused_with_its_place(
    criteria: tuple[Criterion, ...], message: str
) -> None:
    with pytest.raises(GraderError, match=f"^r.toml:3: .*{message}"):
        check_criteria(criteria, "r.toml:3")
