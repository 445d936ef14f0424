"""Balance a chemical equation with the smallest whole numbers."""

import re
from collections import Counter
from math import gcd

from rewardkit import case, probe, reward

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TERM = re.compile(r"([0-9]{0,3}) ?([A-Z][A-Za-z0-9()]{0,40})")
PART = re.compile(r"([A-Z][a-z]?)([0-9]{0,3})|(\()|\)([0-9]{0,3})")


def atoms(formula: str) -> Counter[str]:
    """How many atoms of each element a formula has; round brackets may nest."""
    stack: list[Counter[str]] = [Counter()]
    for element, count, opening, times in PART.findall(formula):
        if element:
            stack[-1][element] += int(count or 1)
        elif opening:
            stack.append(Counter())
        elif len(stack) > 1:
            group = stack.pop()
            for name, number in group.items():
                stack[-1][name] += number * int(times or 1)
    return stack[0]


def side(text: str) -> dict[str, int]:
    """Formula -> coefficient; empty when a term cannot be read."""
    terms = [TERM.fullmatch(term.strip()) for term in text.split("+")]
    return {term[2]: int(term[1] or 1) for term in terms if term} if all(terms) else {}


def total(terms: dict[str, int]) -> Counter[str]:
    amount: Counter[str] = Counter()
    for formula, coefficient in terms.items():
        for element, number in atoms(formula).items():
            amount[element] += coefficient * number
    return amount


def sides(equation: str) -> list[dict[str, int]]:
    return [side(part) for part in re.split(r"->|→|=", equation.translate(SUBSCRIPTS))]


@case("2 H2 + O2 -> 2 H2O", reference="2 H2 + O2 -> 2 H2O", expect=1)
@case("O₂ + 2 H₂ → 2 H₂O", reference="2 H2 + O2 -> 2 H2O", expect=1)
@case("4 H2 + 2 O2 -> 4 H2O", reference="2 H2 + O2 -> 2 H2O", expect=0)
@case("H2 + O2 -> H2O", reference="2 H2 + O2 -> 2 H2O", expect=0)
@probe("H2O -> H2O", reference="2 H2 + O2 -> 2 H2O")
@reward(answer="free")
def balanced(completion: str, reference: str) -> bool:
    """The same substances on the same sides, the same atoms left and right, coefficients without a common factor."""
    got, wanted = sides(completion.strip().rstrip(".")), sides(reference)
    if [set(part) for part in got] != [set(part) for part in wanted]:
        return False
    coefficients = [number for part in got for number in part.values()]
    return gcd(*coefficients) <= 1 and total(got[0]) == total(got[1])
