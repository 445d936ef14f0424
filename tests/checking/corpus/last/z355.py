"""Electrical ratings from data sheets: value and unit, in any SI prefix. Prefixes are case-sensitive: mW is not MW."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, probe, reward

PREFIX = {
    "": 0,
    "n": -9,
    "u": -6,
    "\u00b5": -6,
    "\u03bc": -6,
    "m": -3,
    "k": 3,
    "K": 3,
    "M": 6,
    "G": 9,
    "T": 12,
}
WORDS = {
    "nano": "n",
    "micro": "u",
    "milli": "m",
    "kilo": "k",
    "mega": "M",
    "giga": "G",
    "tera": "T",
    "kil": "k",
    "meg": "M",
    "": "",
}
SPELT = {
    "watt": "W",
    "watts": "W",
    "volt": "V",
    "volts": "V",
    "ampere": "A",
    "amperes": "A",
    "amps": "A",
    "amp": "A",
    "hertz": "Hz",
    "ohm": "\u03a9",
    "ohms": "\u03a9",
}
VALUE = re.compile(
    r"([+-]?)([0-9]{1,9}(?:\.[0-9]{1,9})?|[0-9]{1,3}(?:[, ][0-9]{3}){1,3}(?:\.[0-9]{1,9})?)\s*([a-zA-Z\u00b5\u03bc\u03a9\u2126]{1,14})"
)
LEAD = re.compile(
    r"\A(?:the )?(?:answer|rating|rated (?:power|voltage|current|frequency|resistance|value)|value)\s*(?:is|:|=)\s*",
    re.IGNORECASE,
)


def quantity(text: str) -> tuple[Decimal, str] | None:
    """The value in the base unit, and the base unit."""
    text = re.sub(r"\s+", " ", text).strip(" *_`.$")
    text = LEAD.sub("", text).strip(" *_`.$").replace("−", "-")
    match = VALUE.fullmatch(text)
    if match is None:
        return None
    number = Decimal(match[1] + re.sub(r"[^0-9.]", "", match[2]))
    unit = match[3].replace("\u2126", "\u03a9")  # the ohm sign and the letter look the same
    for symbol in ("W", "V", "A", "Hz", "\u03a9"):
        prefix = unit[: len(unit) - len(symbol)]
        if unit.lower().endswith(symbol.lower()) and prefix in PREFIX:
            return number.scaleb(PREFIX[prefix]), symbol
    for word, symbol in SPELT.items():
        prefix = unit[: len(unit) - len(word)]
        prefix = WORDS.get(prefix.lower(), prefix)
        if unit.lower().endswith(word) and prefix in PREFIX:
            return number.scaleb(PREFIX[prefix]), symbol
    return None


@case("450 MW", reference="450 MW", expect=1)
@case("0.45 GW", reference="450 MW", expect=1)
@case("The rated power is 450,000 kW.", reference="450 MW", expect=1)
@case("450 megawatts", reference="450 MW", expect=1)
@case("450 mW", reference="450 MW", expect=0)
@case("450 MV", reference="450 MW", expect=0)
@case("450", reference="450 MW", expect=0)
@case("-450 MW", reference="450 MW", expect=0)
@case("4.7 kΩ", reference="4700 Ω", expect=1)
@case("450 MW", reference="large", expect="unscored")
@probe("450 MW or 500 MW", reference="450 MW")
@probe("not 450 MW", reference="450 MW")
@reward(answer="number")
def rating(completion: str, reference: str) -> bool:
    """The same quantity, whatever prefix it is written with."""
    truth = quantity(reference) if isinstance(reference, str) else None
    if truth is None:
        raise Unscored(f"no quantity: {reference!r}")
    return len(completion) <= 200 and quantity(completion) == truth
