"""Properties that hold for every bundled grader and any text: finite, in range, deterministic, never an error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit import Grader, collect
from rewardkit.graders.json_answer import json_fields_grader
from rewardkit.graders.label import label_grader

LABELS = ("covered", "excluded", "not covered")
CLAIM = {"coverage": "covered", "amount": 12.5}
REFERENCES: dict[str, Any] = {
    "label": "covered",
    "number": "42",
    "exact_text": "Lisbon",
    "choice": "B",
    "json_fields": CLAIM,
    "format_tags": None,
}
GRADERS = {grader.name: grader for grader in collect(list(REFERENCES))}

# Pieces that the graders look for, so that random texts reach their inner branches.
PIECES = [
    "42",
    "1,200",
    "-",
    "\u2212",
    "%",
    " or ",
    "not ",
    "Answer: ",
    "#### ",
    "\\boxed{",
    "}",
    "{",
    '"amount"',
    ":",
    "12.5",
    ",",
]
PIECES += [
    "covered",
    "excluded",
    "<think>",
    "</think>",
    "<answer>",
    "</answer>",
    "B",
    "A) ",
    "\n",
    "```",
    "json\n",
    "e5",
    "\ud800",
    "\x00",
    "NaN",
]
odd_text = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=25).map("".join)


def score(grader: Grader, completion: str, reference: Any) -> float:
    columns = {} if "reference" not in grader.wants else {"reference": reference}
    return float(grader.score(completion, **columns))


@pytest.mark.parametrize("name", REFERENCES)
@given(text=odd_text)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text_gets_the_same_score_in_range_twice(name: str, text: str) -> None:
    first = score(GRADERS[name], text, REFERENCES[name])
    assert 0.0 <= first <= 1.0
    assert score(GRADERS[name], text, REFERENCES[name]) == first


@given(reference=st.integers(-(10**12), 10**12), places=st.integers(0, 6))
@settings(deadline=None, derandomize=True)
def test_a_number_earns_full_marks_in_every_notation(reference: int, places: int) -> None:
    for text in (f"{reference}", f"{reference:,}", f"{reference:.{places}f}", f"${reference:,}."):
        assert score(GRADERS["number"], f"So it is {text}", str(reference)) == 1


@given(
    reference=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-1e9, max_value=1e9),
    off=st.integers(1, 10**6),
)
@settings(deadline=None, derandomize=True)
def test_another_number_earns_nothing(reference: Any, off: int) -> None:
    assert score(GRADERS["number"], f"Answer: {reference + off}", str(reference)) == 0


@given(text=st.text(min_size=1).filter(lambda t: bool(t.strip()) and "<" not in t))
@settings(deadline=None, derandomize=True)
def test_a_reference_text_earns_full_marks(text: str) -> None:
    assert score(GRADERS["exact_text"], text, text) == 1


@given(right=st.sampled_from(LABELS), named=st.sets(st.sampled_from(LABELS)), before=st.text(max_size=20))
@settings(deadline=None, derandomize=True)
def test_naming_several_labels_never_pays(right: str, named: set[str], before: str) -> None:
    grader = label_grader(labels=LABELS, tag="answer")
    shotgun = f"{before}<answer>{', '.join(sorted(named))}</answer>"
    assert score(grader, shotgun, right) == float(named == {right})


json_values = st.one_of(
    st.booleans(),
    st.none(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
json_objects = st.dictionaries(
    st.text(min_size=1, max_size=6), json_values | st.lists(json_values, max_size=3), min_size=1, max_size=5
)


@given(reference=json_objects)
@settings(deadline=None, derandomize=True)
def test_a_reference_object_earns_full_marks_in_any_layout(reference: dict[str, Any]) -> None:
    turned = dict(reversed(reference.items()))
    for text in (json.dumps(reference), json.dumps(turned, indent=2), f"```json\n{json.dumps(turned)}\n```"):
        assert score(GRADERS["json_fields"], text, reference) == 1


@given(reference=json_objects, extra=st.integers(1, 5))
@settings(deadline=None, derandomize=True)
def test_keys_that_nobody_asked_for_always_cost(reference: dict[str, Any], extra: int) -> None:
    more = {**reference, **{f"not asked {i}": i for i in range(extra)}}
    assert score(GRADERS["json_fields"], json.dumps(more), reference) < 1


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1e6, max_value=1e6))
@settings(deadline=None, derandomize=True)
def test_a_tolerance_is_a_bound_and_not_a_rounding(amount: Any) -> None:
    grader = json_fields_grader(fields={"amount": {"type": "number", "tolerance": 0.01}})
    near, far = (
        f'{{"amount": {amount + amount.__class__("0.01")}}}',
        f'{{"amount": {amount + amount.__class__("0.0101")}}}',
    )
    assert (score(grader, near, {"amount": str(amount)}), score(grader, far, {"amount": str(amount)})) == (
        1,
        0,
    )
