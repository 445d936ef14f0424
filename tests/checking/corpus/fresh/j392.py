"""Physics and cooking: a number with its unit, 'Answer: 250 ml'. Any unit of the same kind will do."""

import re
import unicodedata
from fractions import Fraction

from rewardkit import Unscored, case, probe, reward

UNITS: dict[str, tuple[str, Fraction, Fraction]] = {}  # name: kind, factor, offset
for _kind, _factor, _offset, _names in (
    ("length", "1", "0", "m metre metres meter meters"),
    ("length", "1000", "0", "km kilometres kilometers"),
    ("length", "0.01", "0", "cm centimetres centimeters"),
    ("length", "0.001", "0", "mm millimetres millimeters"),
    ("time", "1", "0", "s sec second seconds"),
    ("time", "60", "0", "min minute minutes"),
    ("time", "3600", "0", "h hour hours"),
    ("mass", "1", "0", "kg kilograms"),
    ("mass", "0.001", "0", "g gram grams"),
    ("volume", "0.001", "0", "l litre litres liter liters dm3 dm^3"),
    ("volume", "0.000001", "0", "ml millilitre millilitres milliliter milliliters cm3 cm^3"),
    ("speed", "1", "0", "m/s"),
    ("speed", "5/18", "0", "km/h kmh kph"),
    ("temperature", "1", "0", "k kelvin"),
    ("temperature", "1", "273.15", "\u00b0c c celsius"),
    ("temperature", "5/9", "459.67", "\u00b0f f fahrenheit"),
):
    UNITS |= {name: (_kind, Fraction(_factor), Fraction(_offset)) for name in _names.split()}
MARKER = re.compile(r"^[ \t>*_#-]*answer[*_]*[ \t]?:", re.IGNORECASE | re.MULTILINE)
QUANTITY = re.compile(
    r"([-+\u2212]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,12})?)(?:e([+-]?[0-9]{1,2}))?\s?([^\s0-9][^\s]{0,12})"
)


def read(text: str) -> tuple[str, Fraction] | None:
    """Kind and size in base units, or None."""
    text = " ".join(unicodedata.normalize("NFC", text[:80]).casefold().strip(" \t\r\n.*_`$").split())
    text = (
        text.replace("\u00b2", "2")
        .replace("\u00b3", "3")
        .replace("\u00b0 ", "\u00b0")
        .replace("degrees ", "")
    )
    found = QUANTITY.fullmatch(text)
    if found is None or found[3] not in UNITS:
        return None
    kind, factor, offset = UNITS[found[3]]
    number = Fraction(found[1].replace(",", "").replace("\u2212", "-")) * Fraction(10) ** int(found[2] or 0)
    return kind, (number + offset) * factor


@case("Answer: 250 ml", reference="250 ml", tolerance="1 ml", expect=1)
@case("Answer: 212 \u00b0F", reference="100 \u00b0C", tolerance="1 K", expect=1)
@case("Answer: 250 l", reference="250 ml", tolerance="1 ml", expect=0)
@probe("Answer: 250 ml\n300 ml", reference="250 ml", tolerance="1 ml")
@reward
def measure(completion: str, reference: str, tolerance: str) -> bool:
    """The right size in any unit of its kind, within the row's tolerance."""
    expected, slack = read(str(reference)), read(str(tolerance))
    if expected is None or slack is None or slack[0] != expected[0] or "\u00b0" in tolerance:
        raise Unscored(
            "reference and tolerance have to be quantities of one kind, a difference in temperature in K"
        )
    text = completion.partition("</think>")[2] if "think>" in completion else completion
    _, *answers = MARKER.split(text)
    answer, _, rest = answers[0].strip().partition("\n") if len(answers) == 1 else ("", "", "")
    found = read(answer) if len(answer) <= 80 and not any(map(str.isdigit, rest)) else None
    return found is not None and found[0] == expected[0] and abs(found[1] - expected[1]) <= slack[1]
