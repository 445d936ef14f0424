"""Materials that a work order names, as a JSON list or one a line. Missing and invented ones cost alike (F1)."""

import json
import re

from rewardkit import Unscored, case, order, probe, reward

DOOR = ["hinges", "wood screws", "varnish"]


def _items(completion: str) -> list[str]:
    text = completion.rpartition("</think>")[2].strip().removeprefix("```json").strip("`").strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = re.split(r"[,;\n]", text)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return []
    plain = [
        " ".join(re.sub(r"^\s*(?:[-*•]|[0-9]{1,3}[.)])\s", "", name[:200]).casefold().split())
        for name in found
    ]
    return [name for name in (name.strip(" .\"'*") for name in plain) if name]


@case('["hinges", "wood screws", "varnish"]', reference=DOOR, expect=1)
@case("- Varnish\n- Hinges\n- Wood screws", reference=DOOR, expect=1)
@case('["hinges", "wood screws"]', reference=DOOR, expect=[0.7, 0.8])
@case("no materials", reference=DOOR, expect=0)
@order('["hinges"]', '["hinges", "varnish"]', json.dumps(DOOR), reference=DOOR)
@order(
    json.dumps([*DOOR, "glue", "paint", "nails"]),
    json.dumps([*DOOR, "glue"]),
    json.dumps(DOOR),
    reference=DOOR,
)
@probe(json.dumps([*DOOR, *DOOR]), reference=DOOR, ceiling=0.9)
@reward(answer="list")
def work_materials(completion: str, reference: list[str]) -> float:
    """F1 over the items; an item given twice counts as one that is not there."""
    gold = {item.casefold() for item in reference}
    if not gold:
        raise Unscored("the work order has no materials on record")
    said = _items(completion)
    hits = len(gold & set(said))
    return 2 * hits / (len(said) + len(gold))
