"""Conversions between metric prefixes, as in a lab book: the result in the unit that the question names."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, order, probe, reward

WORDS = {
    "megawatt": "MW",
    "milliwatt": "mW",
    "kilowatt": "kW",
    "millimolar": "mM",
    "micromolar": "µM",
    "microlitre": "µL",
    "millilitre": "mL",
}
POWERS = {"G": 9, "M": 6, "k": 3, "": 0, "m": -3, "µ": -6, "n": -9}
NUMBER = r"[-−]?(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,18})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,2})?"
QUANTITY = re.compile(rf"(?<![0-9.,A-Za-z−-])({NUMBER}) ?([A-Za-zµμ]{{1,12}})(?![\w/·^])")


def symbol(unit: str) -> str:
    """The SI symbol; case matters in it (mW is no MW), not in the word. Spellings of micro and of litre are one."""
    unit = WORDS.get(unit.lower().removesuffix("s"), unit).replace("μ", "µ").replace("l", "L")
    return "µ" + unit[1:] if len(unit) > 1 and unit[0] == "u" else unit


def quantities(text: str) -> list[tuple[str, Decimal]]:
    """Each quantity in watt, molar, litre, gram, volt or joule: its unit as written, and its value without the prefix."""
    text = " ".join(re.sub(r"[*_`$]", "", text).split())
    found = []
    for number, written in QUANTITY.findall(text):
        unit = symbol(written)
        if unit[:-1] in POWERS and unit[-1] in "WMLgVJ":
            value = Decimal(number.replace(",", "").replace("−", "-"))
            found.append((unit, value.scaleb(POWERS[unit[:-1]])))
    return found


@case("0.25 MW", reference="0.25 MW", expect=1)
@case("250 kW = 0.250 megawatts", reference="0.25 MW", expect=1)
@case("0.25 mW", reference="0.25 MW", expect=0)
@case("250 kW", reference="0.25 MW", expect=0)
@case("0.25", reference="0.25 MW", expect=0)
@case("1,500 ul", reference="1500 µL", expect=1)
@case("7 mM", reference="seven", expect="unscored")
@order("0.25 W", "0.25 MW", reference="0.25 MW")
@probe("0.25 MW or 0.25 mW", reference="0.25 MW")
@reward(answer="text")
def converted(completion: str, reference: str) -> bool:
    """The quantity is given in the unit of the reference, and no other quantity in the answer contradicts it."""
    expected = quantities(reference)
    if len(expected) != 1:
        raise Unscored(f"no quantity: {reference!r}")
    answer = completion.rpartition("</think>")[2].partition("<think>")[0]
    if re.search(r"\b(?:not|wrong|never)\b", answer.lower()):
        return False
    (unit, value), found = expected[0], quantities(answer)
    return any(u == unit for u, _ in found) and all(v == value and u[-1] == unit[-1] for u, v in found)
