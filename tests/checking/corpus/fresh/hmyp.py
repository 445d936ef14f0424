"""Lab reports to lines such as `Sodium: 140 mmol/L`, one analyte a line."""

import re

from rewardkit import Unscored, case, order, reward

REPORT = re.compile(r"^(?:[A-Z][a-z]*(?:[ -]?[A-Za-z0-9]+)*: [0-9]+(?:\.[0-9]+)? [A-Za-z/%0-9^]+\n?)+$")
VALUES = {"Sodium": "140 mmol/L", "C-reactive protein": "12 mg/L"}


@case("Sodium: 140 mmol/L\nC-reactive protein: 12 mg/L", reference=VALUES, expect=1)
@case("C-reactive protein: 12 mg/L\nSodium: 140 mmol/L\n", reference=VALUES, expect=1)
@case("Sodium: 140\nC-reactive protein: 12", reference=VALUES, expect=0)
@case("Sodium: 140 mmol/L", reference=VALUES, expect=0.5)
@order("All fine.", "Sodium: 140 mmol/L", "Sodium: 140 mmol/L\nC-reactive protein: 12 mg/L", reference=VALUES)
@reward(answer="text", format_strict=True)
def lab_lines(completion: str, reference: dict[str, str]) -> float:
    """Nothing unless every line has the form; then the share of analytes with the right value, out of all that either side has."""
    if not reference:
        raise Unscored("an empty report")
    if not REPORT.match(completion.strip()):
        return 0.0
    lines = [line.split(": ", 1) for line in completion.strip().splitlines()]
    given = {analyte: value for analyte, value in lines}
    if len(given) < len(lines):
        return 0.0
    right = sum(given.get(analyte) == value for analyte, value in reference.items())
    return right / len(given.keys() | reference.keys())
