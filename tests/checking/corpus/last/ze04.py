"""Migration plans: in which order can the tables be loaded? Every order that respects the foreign keys is right."""

import json
import re
from graphlib import CycleError, TopologicalSorter

from rewardkit import Unscored, case, probe, reward

FENCE = re.compile(r"\A```[a-z]*\s*\n(.*?)\n\s*```\Z", re.DOTALL)
BULLET = re.compile(r"\A(?:[0-9]{1,3}[.)]|[-*•])\s+")
SHOP = {
    "tables": ["orders", "customers", "lines", "products"],
    "after": [["orders", "customers"], ["lines", "orders"], ["lines", "products"]],
}


def steps(text: str) -> list[str] | None:
    """The tables that are named, from a JSON list, a numbered list or one line with commas or arrows."""
    match = FENCE.match(text.strip())
    text = (match[1] if match else text).strip()
    if text.startswith("["):
        try:
            names = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else None
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = (
        re.split(r"\s*(?:,|->|→|=>)\s*", lines[0])
        if len(lines) == 1
        else [BULLET.sub("", line) for line in lines]
    )
    return [part.strip(" `*.\"'") for part in parts]


@case("customers, products, orders, lines", reference=SHOP, expect=1)
@case("products -> customers -> orders -> lines", reference=SHOP, expect=1)
@case("1. customers\n2. orders\n3. products\n4. lines", reference=SHOP, expect=1)
@case('["customers", "orders", "products", "lines"]', reference=SHOP, expect=1)
@case("orders, customers, products, lines", reference=SHOP, expect=0)
@case("customers, products, orders", reference=SHOP, expect=0)
@case("customers, customers, products, orders, lines", reference=SHOP, expect=0)
@case("customers", reference={"tables": ["a", "b"], "after": [["a", "b"], ["b", "a"]]}, expect="unscored")
@probe("orders, customers, lines, products, orders, customers, products, lines", reference=SHOP)
@probe("[]", reference=SHOP)
@reward(answer="list")
def load_order(completion: str, reference: dict) -> bool:
    """Each table once, none before a table that it points to."""
    try:
        tables = {table.lower() for table in reference["tables"]}
        after = [(late.lower(), early.lower()) for late, early in reference["after"]]
        graph = {table: {early for late, early in after if late == table} for table in tables}
        usable = len(tables) > 1 and set(TopologicalSorter(graph).static_order()) == tables
    except (TypeError, KeyError, ValueError, AttributeError, CycleError):
        usable = False
    if not usable:
        raise Unscored("the reference is no set of tables that can be ordered")
    found = steps(completion)
    names = [name.strip().lower() for name in found or []]
    if len(names) != len(tables) or set(names) != tables:
        return False
    place = {name: number for number, name in enumerate(names)}
    return all(place[early] < place[late] for late, early in after)
