"""Balancing equations: checked by counting atoms, so the order within a side and the writing of the arrow are free."""

import math
import re
import unicodedata
from collections import Counter

from rewardkit import Unscored, case, order, probe, reward

ARROW = re.compile(r"<?[-=\u2013\u2014\u2212]{1,3}>|=|[\u2192\u27f6\u21cc\u27f9]")
TERM = re.compile(r"([1-9][0-9]{0,2})?([A-Z(][A-Za-z0-9()]{0,39})")
WATER = {"left": ["H2", "O2"], "right": ["H2O"]}


def sides(line: str) -> list[dict[str, int]] | None:
    """Coefficients by formula, left and right; None when the line is no equation."""
    text = re.sub(
        r"\\(?:long)?rightarrow(?![a-z])|\\to(?![a-z])", "\u2192", unicodedata.normalize("NFKC", line)
    )
    text = re.sub(r"[\s_{}$*`]|\\(?:mathrm|text|ce|boxed)\b|\((?:s|l|g|aq)\)", "", text).rstrip(".;")
    halves = (
        [[TERM.fullmatch(term) for term in half.split("+")] for half in ARROW.split(text)]
        if len(text) <= 300
        else []
    )
    if len(halves) != 2 or any(
        None in half or len({term[2] for term in half}) < len(half) for half in halves
    ):
        return None
    return [{term[2]: int(term[1] or 1) for term in half} for half in halves]


def atoms(table: dict[str, int]) -> Counter[str]:
    """The atoms of one side; brackets are at most one deep."""
    total: Counter[str] = Counter()
    for formula, times in table.items():
        flat = re.sub(r"\(([A-Za-z0-9]*)\)([0-9]{0,3})", lambda group: group[1] * int(group[2] or 1), formula)
        for element, number in re.findall(r"([A-Z][a-z]?)([0-9]{0,3})", flat):
            total[element] += int(number or 1) * times
    return total


def right(equation: list[dict[str, int]] | None, species: list[set[str]]) -> bool:
    if equation is None or [set(table) for table in equation] != species:
        return False
    left, made = equation
    return atoms(left) == atoms(made) and math.gcd(*left.values(), *made.values()) == 1


@case("Equation: 2 H2 + O2 -> 2 H2O", reference=WATER, expect=1)
@case("O is short on the left.\n**Equation:** O₂(g) + 2H₂(g) → 2H₂O(l)", reference=WATER, expect=1)
@case("Equation: H2 + O2 -> H2O", reference=WATER, expect=0)
@case("Equation: 4 H2 + 2 O2 -> 4 H2O", reference=WATER, expect=0)
@probe("Equation: not 2 H2 + O2 -> 2 H2O", reference=WATER)
@probe("Equation: H2 + O2 -> H2O\nEquation: 2 H2 + O2 -> 2 H2O", reference=WATER)
@order("hydrogen burns", "2 H2 + O2 = 2 H2O", reference=WATER)
@reward(answer="text", timeout=2)
def balanced(completion: str, reference: dict[str, list[str]]) -> bool:
    """The given substances on either side, as many atoms of each kind left and right, in the smallest whole numbers."""
    species = [set(reference.get(side) or ()) for side in ("left", "right")]
    if not all(species):
        raise Unscored("a side of the reaction is empty")
    lines = [line.strip(" \t*_`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)equation\s*:", line)]
    found = named or [re.sub(r"(?i)^(?:the )?answer(?: is)?:? ", "", line) for line in lines if line]
    return bool(found) and all(right(sides(line), species) for line in found)
