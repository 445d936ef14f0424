"""Named entities as a JSON list of {"text", "type"}."""

import json

from rewardkit import case, reward

LINE = "Ada Byron met Charles Babbage in London."
PEOPLE = [["Ada Byron", "PER"], ["Charles Babbage", "PER"], ["London", "LOC"]]


def read_entities(completion: str) -> set[tuple[str, str]] | None:
    try:
        entries = json.loads(completion)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return {(str(entry.get("text", "")).strip(), str(entry.get("type", "")).upper()) for entry in entries}


@case(
    '[{"text": "Ada Byron", "type": "PER"}, {"text": "Charles Babbage", "type": "PER"}, {"text": "London", "type": "LOC"}]',
    prompt=LINE,
    reference=PEOPLE,
    expect=1,
)
@case('[{"text": "London", "type": "LOC"}]', prompt=LINE, reference=PEOPLE, expect=[0.3, 0.35])
@case(
    '[{"text": "London", "type": "LOC"}, {"text": "Paris", "type": "LOC"}]',
    prompt=LINE,
    reference=PEOPLE,
    expect=[0.1, 0.2],
)
@case("[]", prompt=LINE, reference=PEOPLE, expect=0)
@case("Ada Byron, London", prompt=LINE, reference=PEOPLE, expect=0)
@reward(answer="json")
def entities(completion: str, prompt: str, reference: list) -> float:
    """Share of the entities that were found, less a fifth for each one that was made up."""
    found = read_entities(completion)
    if found is None:
        return 0.0
    wanted = {(text, kind) for text, kind in reference}
    made_up = sum(text not in prompt for text, _ in found)
    return max(0.0, len(found & wanted) / len(wanted) - 0.2 * made_up)
