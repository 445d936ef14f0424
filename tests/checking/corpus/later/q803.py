"""A physical quantity with its unit; any metric unit of the same kind will do."""

import re

from rewardkit import case, order, probe, reward

UNITS = {
    "m": ("length", 1.0), "mm": ("length", 1e-3), "cm": ("length", 1e-2), "km": ("length", 1e3),
    "g": ("mass", 1e-3), "mg": ("mass", 1e-6), "kg": ("mass", 1.0), "t": ("mass", 1e3),
    "s": ("time", 1.0), "ms": ("time", 1e-3), "min": ("time", 60.0), "h": ("time", 3600.0),
    "J": ("energy", 1.0), "kJ": ("energy", 1e3), "MJ": ("energy", 1e6),
}  # fmt: skip
NAMES = {"meter": "m", "metre": "m", "millimeter": "mm", "millimetre": "mm", "centimeter": "cm", "centimetre": "cm", "kilometer": "km", "kilometre": "km", "gram": "g", "milligram": "mg", "kilogram": "kg", "tonne": "t", "second": "s", "sec": "s", "millisecond": "ms", "minute": "min", "min": "min", "hour": "h", "hr": "h", "joule": "J", "kilojoule": "kJ", "megajoule": "MJ"}  # fmt: skip
QUANTITY = re.compile(
    r"(?:(?!.*\bnot\b)[^0-9=:\n]{0,60}(?:\bis\b|=|:|≈))?\s*(?:about |approximately |≈ ?|~ ?)?"
    r"([-+−]?[0-9]{1,20}(?:\.[0-9]{1,20})?)(?:[eE]([-+−]?[0-9]{1,2})| ?(?:x|×|\*|\\times|\\cdot) ?10\^?\{?([-+−]?[0-9]{1,2})\}?)? ?([A-Za-z]{1,12})"
)


def read(text: str) -> tuple[str, float] | None:
    """(kind, value in the base unit), or None when the text is not one quantity."""
    text = re.sub(r"\\(?:text|mathrm)\{([A-Za-z]+)\}", r" \1", text.replace("\\,", " "))
    text = " ".join(re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))|\*\*|[$`]", "", text).split()).rstrip(". ")
    found = QUANTITY.fullmatch(text) if len(text) <= 200 else None
    if not found:
        return None
    number, short, long, name = found.groups()
    power = int((short or long or "0").replace("−", "-"))
    unit = name if name in UNITS else NAMES.get(name.lower().removesuffix("s"))
    if unit is None:
        return None
    kind, factor = UNITS[unit]
    return kind, float(number.replace("−", "-")) * 10.0**power * factor


@case("12.5 m", reference="12.5 m", expect=1)
@case("The span is 1,250 cm.", reference="12.5 m", expect=1)
@case("1.25e-2 kilometres", reference="12.5 m", expect=1)
@case("1.25 × 10^1 m", reference="12.5 m", expect=1)
@case("12.5 km", reference="12.5 m", expect=0)
@case("12.5", reference="12.5 m", expect=0)
@order("13 m", "12.55 m", reference="12.5 m")
@probe("12.5 m or 12.5 cm", reference="12.5 m")
@reward
def quantity(completion: str, reference: str) -> bool:
    """Full marks when the reply is one quantity of the same kind, within one part in a hundred of the reference."""
    got, wanted = read(completion), read(reference)
    return got is not None and got[0] == wanted[0] and abs(got[1] - wanted[1]) <= 0.01 * abs(wanted[1])
