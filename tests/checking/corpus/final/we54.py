"""Tables as CSV with a header: the rows that a question asks for."""

import csv
import re
from collections import Counter

from rewardkit import case, probe, reward

STOCK = "item,qty\nbolt,40\nnut,40\nbolt,40\n"


def cell(text: str) -> str:
    text = text.strip()
    return text.rstrip("0").rstrip(".") if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text


def read_table(text: str) -> Counter | None:
    """The rows with their numbers, each as its cells by column; None where the text is no table."""
    fenced = re.findall(r"```(?:csv)?[ ]*\n(.*?)```", text, re.DOTALL)
    body = (fenced[0] if len(fenced) == 1 else text).strip()
    try:
        rows = [row for row in csv.reader(body.splitlines(), skipinitialspace=True) if row]
    except csv.Error:
        return None
    if not rows:
        return None
    header = [name.strip().casefold() for name in rows[0]]
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        return None
    return Counter([frozenset((name, "") for name in header)]) + Counter(
        frozenset(zip(header, map(cell, row), strict=True)) for row in rows[1:]
    )


@case("item,qty\nbolt,40\nbolt,40\nnut,40", reference=STOCK, expect=1)
@case("```csv\nqty,item\n40.0,nut\n40,bolt\n40,bolt\n```", reference=STOCK, expect=1)
@case("item,qty\nbolt,40\nnut,40", reference=STOCK, expect=0)
@case("item,qty\n40,bolt\n40,nut\n40,bolt", reference=STOCK, expect=0)
@case("item,qty", reference="item,qty\n", expect=1)
@case("bolt, nut", reference=STOCK, expect=0)
@probe("", reference="item,qty\n")
@reward(answer="text")
def table(completion: str, reference: str) -> bool:
    """The same rows under the same headings, each as often; in any order, columns too."""
    given = read_table(completion)
    return given is not None and given == read_table(reference)
