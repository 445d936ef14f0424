"""Scale a recipe to another number of guests: JSON object, ingredient -> amount in the recipe's unit."""

import json
import math

from rewardkit import Unscored, case, order, probe, reward

CREPES = {"flour": 375, "milk": 750, "eggs": 4.5, "butter": 45}


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = {name.strip().casefold(): value for name, value in pairs}
    if len(table) < len(pairs):
        raise ValueError("an ingredient stands there twice")
    return table


def amounts(text: str) -> dict[str, float] | None:
    """What stands between the first and the last brace, on lines of its own or after a colon, if that is one flat object of numbers."""
    text = text.replace("\u00a0", " ")
    start, end = text.find("{"), text.rfind("}")
    before, after = (
        text[: max(start, 0)].rpartition("\n")[2].strip(),
        text[end + 1 :].partition("\n")[0].strip(" \t\r`."),
    )
    if after or (before and not before.endswith((":", "`", "json"))):
        return None
    try:
        table = json.loads(text[start : end + 1], object_pairs_hook=_object)
        if not all(type(value) in (int, float) for value in table.values()):
            return None
        return {name: float(value) for name, value in table.items()}
    except (ValueError, AttributeError, OverflowError, RecursionError):
        return None


@case('{"flour": 375, "milk": 750.0, "eggs": 4.5, "butter": 45}', reference=CREPES, expect=1)
@case(
    'Times 1.5:\n```json\n{"Butter": 45, "Eggs": 4.5, "Flour": 3.75e2, "Milk": 750}\n```',
    reference=CREPES,
    expect=1,
)
@case('{"flour": 375, "milk": 500, "eggs": 4.5, "butter": 45}', reference=CREPES, expect=0.75)
@case('{"flour": 375, "milk": 750, "eggs": 4.5, "butter": 45, "sugar": 15}', reference=CREPES, expect=0.8)
@case('{"flour": 750, "milk": 375, "eggs": 45, "butter": 4.5}', reference=CREPES, expect=0)
@case("{}", reference=CREPES, expect=0)
@probe('{"flour": 375, "flour": 250, "milk": 750, "eggs": 4.5, "butter": 45}', reference=CREPES)
@probe(json.dumps(CREPES) + " or " + json.dumps(CREPES), reference=CREPES)
@order("375", '{"flour": 375}', json.dumps(CREPES), reference=CREPES)
@reward(answer="json", timeout=2)
def scaled_recipe(completion: str, reference: dict[str, float]) -> float:
    """Share of the ingredients, the recipe's and the answer's together, whose amount is right to one percent."""
    wanted = amounts(json.dumps(reference))
    if not wanted:
        raise Unscored("no amounts in the reference")
    given = amounts(completion)
    if given is None:
        return 0.0
    right = sum(
        name in given and math.isclose(given[name], amount, rel_tol=0.01) for name, amount in wanted.items()
    )
    return right / len(wanted.keys() | given.keys())
