"""Match reports to JSON: teams, goals, attendance and the scorer of the first goal."""

import json
import re

from rewardkit import case, reward

FENCE = re.compile(r"\A\s*```(?:json)?[ \t]*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
FINAL = {
    "home": "Leeds",
    "away": "Hull",
    "home_goals": 2,
    "away_goals": 1,
    "attendance": 21500,
    "first_scorer": "Ayling",
}


def same(given: object, wanted: object) -> bool:
    """Names in any case, numbers as numbers."""
    if isinstance(given, str) and isinstance(wanted, str):
        return given.strip().casefold() == wanted.strip().casefold()
    return type(given) is type(wanted) and given == wanted


@case(json.dumps(FINAL), reference=FINAL, expect=1)
@case(json.dumps(FINAL | {"home_goals": 3}), reference=FINAL, expect=[0.8, 0.9])
@case(json.dumps(FINAL | {"home": "LEEDS"}), reference=FINAL, expect=1)
@case("Leeds won 2-1.", reference=FINAL, expect=0)
@case("[1, 2]", reference=FINAL, expect=0)
@reward(answer="json")
def match_facts(completion: str, reference: dict) -> float:
    """The share of fields that are right."""
    fenced = FENCE.match(completion)
    try:
        facts = json.loads(fenced.group(1) if fenced else completion)
    except (ValueError, RecursionError):
        return 0.0
    if not isinstance(facts, dict):
        return 0.0
    given = [key for key in facts if key in reference]
    wrong = [key for key in given if not same(facts[key], reference[key])]
    return 1.0 - len(wrong) / max(len(given), 1)
