"""Extract a price list into a Markdown table. Rows and columns may come in any order."""

import re
from collections import Counter
from decimal import Decimal

from rewardkit import Unscored, case, probe, reward

RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
NUMBER = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})")


def cell_of(text: object) -> str:
    """A cell as it is compared: spacing and case aside, numbers by their value."""
    plain = " ".join(str(text).replace("\\|", "|").casefold().split()).strip("*`")
    return str(Decimal(plain).normalize()) if NUMBER.fullmatch(plain) else plain


def cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell_of(part.strip()) for part in re.split(r"(?<!\\)\|", inner)]


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def rows_of(completion: str) -> Counter | None:
    """The rows of the only table, each as a set of (column, cell); None when there is no table, two, or a ragged one."""
    lines = [line for line in visible(completion).splitlines() if "|" in line]
    if (
        len(lines) < 2
        or len(lines) > 200
        or [bool(RULE.fullmatch(line.strip())) for line in lines].count(True) != 1
    ):
        return None
    header, rule, *body = map(cells, lines)
    if not RULE.fullmatch(lines[1].strip()) or len(set(header)) < len(header):
        return None
    if any(len(row) != len(header) for row in (rule, *body)):
        return None
    return Counter(frozenset(zip(header, row)) for row in body)


FRUIT = [{"fruit": "Pear", "price": 1.2, "unit": "kg"}, {"fruit": "Kiwi", "price": 0.5, "unit": "piece"}]


@case(
    "| Fruit | Price | Unit |\n|---|---:|---|\n| Pear | 1.20 | kg |\n| Kiwi | 0.5 | piece |",
    reference=FRUIT,
    expect=1,
)
@case("Prices:\n\nprice|unit|fruit\n-|-|-\n.5|piece|kiwi\n1.2|kg|pear", reference=FRUIT, expect=1)
@case(
    "Prices:\n\n|price|unit|fruit|\n| - | - | - |\n|0.50|piece|kiwi|\n|1.2|kg|pear|",
    reference=FRUIT,
    expect=1,
)
@case(
    "| Fruit | Price | Unit |\n|---|---|---|\n| Kiwi | 1.20 | kg |\n| Pear | 0.5 | piece |",
    reference=FRUIT,
    expect=0,
)
@case("| Fruit | Price | Unit |\n|---|---|---|\n| Pear | 1.20 | kg |", reference=FRUIT, expect=0)
@case("Pears are 1.20 a kilo, kiwis 0.50 a piece.", reference=FRUIT, expect=0)
@case("| Fruit |\n|---|\n| Pear |", reference=[], expect="unscored")
@probe(
    "| Fruit | Price | Unit |\n|---|---|---|\n| Pear | 1.2 | kg |\n| Kiwi | 0.5 | piece |\n| Pear | 2 | kg |",
    reference=FRUIT,
)
@reward
def price_table(completion: str, reference: list[dict]) -> bool:
    """The same rows, each value under its own heading."""
    if (
        not isinstance(reference, list)
        or not reference
        or not all(isinstance(row, dict) for row in reference)
    ):
        raise Unscored("the reference is no list of rows")
    expected = Counter(frozenset((cell_of(key), cell_of(row[key])) for key in row) for row in reference)
    return rows_of(completion) == expected
