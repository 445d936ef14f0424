"""Structured data out of discharge letters. What the letter does not say is null in the reference."""

import json

from rewardkit import Unscored, case, reward

LETTER = {"drug": "metoprolol", "dose_mg": 47.5, "allergy": None, "follow_up_weeks": 6}


def same(given: object, wanted: object) -> bool:
    if isinstance(wanted, str):
        return isinstance(given, str) and given.strip().casefold() == wanted.strip().casefold()
    return not isinstance(given, bool) and given == wanted


@case(
    '{"drug": "Metoprolol", "dose_mg": 47.5, "allergy": null, "follow_up_weeks": 6}',
    reference=LETTER,
    expect=1,
)
@case(
    '{"drug": "metoprolol", "dose_mg": 95, "allergy": null, "follow_up_weeks": 6}',
    reference=LETTER,
    expect=(0.6, 0.7),
)
@case('{"drug": null, "dose_mg": null, "allergy": null, "follow_up_weeks": null}', reference=LETTER, expect=0)
@case("Metoprolol 47.5 mg, see you in six weeks", reference=LETTER, expect=0)
@reward(answer="json")
def letter_fields(completion: str, reference: dict) -> float:
    """Share of the documented fields that were read correctly."""
    stated = {field: value for field, value in reference.items() if value is not None}
    if not stated:
        raise Unscored("nothing is stated in this letter")
    try:
        answer = json.loads(completion.strip().removeprefix("```json").removesuffix("```"))
    except (ValueError, RecursionError):
        return 0.0
    if not isinstance(answer, dict) or not set(answer) <= set(reference):
        return 0.0
    return sum(same(answer.get(field), value) for field, value in stated.items()) / len(stated)
