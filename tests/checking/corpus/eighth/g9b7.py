"""Match reports to JSON, with partial credit for the result and full marks for the whole record."""

import json
import re
from collections.abc import Iterator

from rewardkit import Step, case, partial_credit, probe

FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)```", re.DOTALL)
DERBY = {
    "home": "Celtic",
    "away": "Rangers",
    "home_goals": 1,
    "away_goals": 0,
    "red_cards": [],
    "overtime": False,
}


def scalar(value: object) -> object:
    """Text without case and outer blanks; true and false kept apart from 1 and 0."""
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, bool):
        return ("truth", value)
    return value if isinstance(value, int | float) or value is None else ("nested",)


def normal(value: object) -> object:
    """The order within a list (of cards) does not matter."""
    return sorted((scalar(item) for item in value), key=repr) if isinstance(value, list) else scalar(value)


@case(json.dumps(DERBY), reference=DERBY, expect=1)
@case("```json\n" + json.dumps(DERBY, indent=1) + "\n```", reference=DERBY, expect="record")
@case(json.dumps(DERBY | {"overtime": 0}), reference=DERBY, expect="result")
@case(json.dumps(DERBY | {"comment": "a derby"}), reference=DERBY, expect="result")
@case(json.dumps({"home": "Celtic"}), reference=DERBY, expect="object")
@case("Celtic beat Rangers 1-0.", reference=DERBY, expect=0)
@probe("{}", reference=DERBY, ceiling=0.05)
@partial_credit({"object": 0.05, "result": 0.4, "record": 1.0}, answer="json", partial_cap=0.4)
def match_record(completion: str, reference: dict) -> Iterator[Step]:
    """It is a JSON object; teams and goals are right; the record is the same, no field more or less."""
    fenced = FENCE.search(completion)
    try:
        record = json.loads(fenced.group(1) if fenced else completion)
    except (ValueError, RecursionError):
        record = None
    yield "object", isinstance(record, dict)
    given = {key: normal(value) for key, value in record.items()}
    wanted = {key: normal(value) for key, value in reference.items()}
    yield "result", all(given.get(key) == wanted[key] for key in ("home", "away", "home_goals", "away_goals"))
    yield "record", given == wanted, "the result is right, another field is not"
