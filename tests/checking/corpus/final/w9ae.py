"""Lengths: a distance with its unit, in whichever unit the writer likes."""

import math
import re

from rewardkit import case, probe, reward

METRES = {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0, "Km": 1000.0, "KM": 1000.0}
WORDS = {"millimet": 0.001, "centimet": 0.01, "met": 1.0, "kilomet": 1000.0}
QUANTITY = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,300})((?:\.[0-9]{1,300})?)\s*([A-Za-z]{1,12})")
LEAD_IN = re.compile(r"(?:so |thus )?(?:it is|it's|that is|the \w{1,20} is|=|≈)\s*", re.IGNORECASE)


def unit_of(word: str) -> float | None:
    stem = re.fullmatch(r"((?:milli|centi|kilo)?met)(?:er|re)s?", word.lower())
    return WORDS[stem[1]] if stem else METRES.get(word)


def to_metres(text: str) -> float | None:
    """A text that is one length and nothing else, in metres."""
    text = text.replace("*", "").replace("`", "").strip().rstrip(".")
    lead_in = LEAD_IN.match(text)
    found = QUANTITY.fullmatch(text[lead_in.end() :] if lead_in else text)
    unit = unit_of(found[4]) if found else None
    if found is None or unit is None:
        return None
    return float(found[1] + found[2].replace(",", "") + found[3]) * unit


@case("12 rounds of 400 m each.\nAnswer: 4.8 km", reference="4.8 km", expect=1)
@case("The distance is **4,800 metres**.", reference="4.8 km", expect=1)
@case("Answer: 480 m", reference="4.8 km", expect=0)
@case("4.8", reference="4.8 km", expect=0)
@case("", reference="4.8 km", expect=0)
@probe("4.8 km or 48 km", reference="4.8 km")
@reward(answer="text")
def distance(completion: str, reference: str) -> bool:
    """The length after the last `Answer:` (or the whole text, where it has none) equals the reference."""
    answer = re.split(r"answer\W{0,3}:", completion, flags=re.IGNORECASE)[-1]
    given, wanted = to_metres(answer), to_metres(reference)
    return given is not None and wanted is not None and math.isclose(given, wanted, rel_tol=1e-9)
