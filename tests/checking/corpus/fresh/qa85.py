"""Contact data from an e-mail's signature as one JSON object. What the signature does not say is null, and the key is there all the same."""

import json
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

FIELDS = ("name", "company", "phone", "city", "years_with_company", "remote")


def distinct(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def parse(completion: str) -> object:
    """The value that the completion consists of, with or without a code fence; None when it is no JSON."""
    text = completion.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```") and len(text) >= 6:
        text = text[3:-3].removeprefix("json").removeprefix("JSON")
    try:
        return json.loads(text, object_pairs_hook=distinct)
    except (ValueError, RecursionError):
        return None


def same(got: object, want: object) -> bool:
    """Texts up to spacing, numbers by value, true and false as such."""
    if isinstance(got, str) and isinstance(want, str):
        return " ".join(got.split()) == " ".join(want.split())
    if isinstance(got, bool) or isinstance(want, bool) or got is None or want is None:
        return got is want
    return isinstance(got, int | float) and isinstance(want, int | float) and got == want


ANN = {
    "name": "Ann Lee",
    "company": "Fjord AS",
    "phone": None,
    "city": "Bergen",
    "years_with_company": 3,
    "remote": True,
}


@case(json.dumps(ANN), reference=ANN, expect=1)
@case(f"```json\n{json.dumps(dict(reversed(ANN.items())), indent=2)}\n```", reference=ANN, expect=1)
@case(json.dumps(ANN | {"phone": "555"}), reference=ANN, expect=[0.6, 0.6])
@case(json.dumps(ANN | {"remote": 1}), reference=ANN, expect=[0.4, 0.59])
@case(json.dumps({key: value for key, value in ANN.items() if value is not None}), reference=ANN, expect=0)
@probe(json.dumps(dict.fromkeys(FIELDS)), ceiling=0.05, reference=ANN)
@order("{}", json.dumps(ANN | {"city": None}), json.dumps(ANN), reference=ANN)
@partial_credit({"keys": 0.05, "stated": 0.6, "exact": 1.0}, answer="json")
def signature(completion: str, reference: dict) -> Iterator[Step]:
    """A little for the right keys, more for the share of the stated fields, everything when nothing is wrong or made up."""
    if not isinstance(reference, dict) or set(reference) != set(FIELDS):
        raise Unscored("the reference has other fields")
    stated = [field for field in FIELDS if reference[field] is not None]
    if not stated:
        raise Unscored("the reference states nothing")
    answer = parse(completion)
    yield (
        "keys",
        isinstance(answer, dict) and set(answer) == set(FIELDS),
        "not one object with exactly the keys asked for",
    )
    right = [field for field in stated if same(answer[field], reference[field])]
    yield "stated", len(right) / len(stated), "not every stated field is right"
    yield (
        "exact",
        all(same(answer[field], reference[field]) for field in FIELDS),
        "a field is wrong or made up",
    )
